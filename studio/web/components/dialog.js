// Native dialogs, which take the focus and give it back.

import { html, useEffect, useRef } from '/web/vendor/htm-preact.js';

/** Shown while it has a `title`. */
export function Dialog({ title, close, children }) {
  const dialog = useRef();
  useEffect(() => {
    if (title && !dialog.current.open) dialog.current.showModal();
    if (!title) dialog.current.close();
  }, [title]);
  return html`
    <dialog ref=${dialog} onClose=${close} aria-labelledby="asked">
      ${title && html`<h2 id="asked">${title}</h2>`}
      ${title && children}
    </dialog>
  `;
}

/** Asks before something goes: `answer` gets whether it shall be done, rather than what `keep` says. */
export const Confirm = ({ title, does, keep, answer, children }) => html`
  <${Dialog} title=${title} close=${() => answer(false)}>
    ${children}
    <p class="row">
      <button type="button" onClick=${() => answer(false)} autofocus>${keep}</button>
      <button type="button" onClick=${() => answer(true)}>${does}</button>
    </p>
  <//>
`;
