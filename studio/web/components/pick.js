// A button that has files chosen.

import { html, useRef } from '/web/vendor/htm-preact.js';

/** `take` gets those that were chosen; what else is given is the button's. */
export function Pick({ id, accept, multiple, take, children, ...button }) {
  const field = useRef();
  return html`
    <input
      ref=${field} id=${id} type="file" accept=${accept} multiple=${multiple} class="unseen" tabindex="-1" aria-hidden="true"
      onChange=${(event) => event.target.files.length && take([...event.target.files])}
    />
    <button type="button" ...${button} onClick=${() => field.current.click()}>${children}</button>
  `;
}
