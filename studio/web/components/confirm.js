// Asking before something goes: a native dialog, which takes the focus and gives it back.

import { html, useEffect, useRef } from '/web/vendor/htm-preact.js';

/** Shown while it has a `title`; `answer` gets whether it shall be done, rather than what `keep` says. */
export function Confirm({ title, does, keep, answer, children }) {
  const dialog = useRef();
  useEffect(() => {
    if (title && !dialog.current.open) dialog.current.showModal();
    if (!title && dialog.current.open) dialog.current.close();
  }, [title]);
  return html`
    <dialog ref=${dialog} onClose=${() => answer(false)} aria-labelledby="confirm">
      <h2 id="confirm">${title}</h2>
      ${children}
      <p class="row">
        <button type="button" onClick=${() => answer(false)} autofocus>${keep}</button>
        <button type="button" onClick=${() => answer(true)}>${does}</button>
      </p>
    </dialog>
  `;
}
