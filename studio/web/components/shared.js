// A link to one piece, for others.

import { html } from '/web/vendor/htm-preact.js';
import { say } from '/web/say.js';

/** `link` has the address, and until when it leads there. */
export function Shared({ link, fail }) {
  const copy = () => navigator.clipboard.writeText(link.address).then(() => say('The link is copied'), fail);
  return html`
    <p>
      Whoever has this link can listen until ${new Date(link.until).toLocaleDateString(undefined, { dateStyle: 'long' })}:${' '}
      <a class="address" href=${link.address} target="_blank">${link.address}</a>
    </p>
    ${navigator.clipboard && html`<p><button type="button" onClick=${copy}>Copy the link</button></p>`}
  `;
}
