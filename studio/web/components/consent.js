// Asking before something leaves this machine: what it is, to whom it goes, and at what cost.

import { html, useRef, useState } from '/web/vendor/htm-preact.js';
import { Confirm } from './dialog.js';
import { say } from '/web/say.js';

let always = false; // of pieces, until the page is loaded again

/**
 * The dialog, and what has `send` called with whether somebody agreed: a second time where that is needed. It returns
 * null where they do not. With `box` they can agree to all that follows.
 */
export function useConsent(box) {
  const [asked, setAsked] = useState(null);
  const ticked = useRef();
  const consented = async (send) => {
    const from = document.activeElement;
    try {
      return await send(Boolean(box && always));
    } catch (problem) {
      if (!problem.sending) throw problem;
      const yes = await new Promise((answer) => setAsked({ sending: problem.sending, answer }));
      setAsked(null);
      if (yes) {
        always = always || Boolean(ticked.current?.checked);
        return send(true);
      }
      setTimeout(() => from.focus()); // once it is no more disabled
      say('Nothing was sent');
      return null;
    }
  };
  const dialog = html`
    <${Confirm}
      title=${asked && 'Shall this be sent?'} does="Send it" keep="Send nothing" answer=${(yes) => asked?.answer(yes)}
    >
      <p>To be sent: ${asked?.sending}.</p>
      <p>On the free tier of its services, Google may use it to improve its products.</p>
      ${box && html`<label class="check"><input type="checkbox" ref=${ticked} /> Do not ask again on this page</label>`}
    <//>
  `;
  return [dialog, consented];
}
