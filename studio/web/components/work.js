// Watching a job: its state is said once, and it can be cancelled.

import { html, useEffect, useState } from '/web/vendor/htm-preact.js';
import { cancelJob, isOver, watchJob } from '/web/api.js';
import { alarm, say } from '/web/say.js';
import { jobInWords } from '/web/words.js';

/** Follow a job by its id. Returns what is known of it, why it cannot be watched, and whether the studio is silent. */
export function useJob(id) {
  const [found, setFound] = useState(null);
  const [problem, setProblem] = useState(null);
  const [silent, setSilent] = useState(false);
  useEffect(() => {
    setFound(null);
    setProblem(null);
    setSilent(false);
    if (!id) return undefined;
    const tell = (now) => {
      setFound(now);
      const words = jobInWords(now);
      if (now.state === 'failed') alarm(`${words}: ${now.reason}`);
      else say(words);
    };
    const away = (is) => {
      setSilent(is);
      if (is) say(SILENCE);
    };
    return watchJob(id, tell, away, setProblem);
  }, [id]);
  return [found, problem, silent];
}

const SILENCE = 'The studio does not answer. It is asked again until it does.';

export const Silent = ({ silent }) => silent && html`<p class="notice">${SILENCE}</p>`;

export function Cancel({ found, children }) {
  const [asked, setAsked] = useState(false);
  const [refused, setRefused] = useState(null);
  const over = found && isOver(found);
  useEffect(() => {
    if (over && asked) document.querySelector('h1').focus(); // the button that had the focus is gone
  }, [over, asked]);
  if (!found || over) return null;
  const cancel = () => {
    setAsked(true);
    setRefused(null);
    cancelJob(found.id).catch((problem) => {
      setAsked(false);
      setRefused(problem);
      alarm(problem.message);
    });
  };
  return html`
    <button type="button" onClick=${cancel}>${asked ? 'Cancelling ...' : children}</button>
    ${refused && html`<span> ${refused.message}. ${refused.remedy}.</span>`}
  `;
}
