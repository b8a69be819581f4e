// What went wrong: in words, with what to do, and with the focus where somebody waits for it.

import { html, useEffect, useRef } from '/web/vendor/htm-preact.js';
import { sentence } from '/web/words.js';

/** Do what may fail: `setProblem` gets why, and null where it does not. */
export async function attempt(setProblem, work) {
  setProblem(null);
  try {
    return await work();
  } catch (error) {
    setProblem(error);
    return null;
  }
}

/** A failure that follows from what somebody did; it takes the focus. */
export function Trouble({ problem, id }) {
  const place = useRef();
  useEffect(() => {
    if (problem) place.current.focus();
  }, [problem]);
  if (!problem) return null;
  return html`
    <div class="trouble" role="group" aria-labelledby="${id}-title" tabindex="-1" ref=${place}>
      <h2 id="${id}-title">That did not work</h2>
      <p id=${id}>${sentence(problem.message)}</p>
      ${problem.remedy && html`<p>${sentence(problem.remedy)}</p>`}
    </div>
  `;
}
