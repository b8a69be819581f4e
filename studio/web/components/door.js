// The way into a studio that has a key: it is asked for once.

import { html, useState } from '/web/vendor/htm-preact.js';
import { enter } from '/web/api.js';
import { Trouble } from '/web/components/trouble.js';

export function Door({ opened }) {
  const [problem, setProblem] = useState(null);
  const send = (event) => {
    event.preventDefault();
    setProblem(null);
    enter(new FormData(event.target).get('key')).then(opened, setProblem);
  };
  return html`
    <h1 tabindex="-1">This studio is locked</h1>
    <p>Whoever runs it has its access key. This browser is let in for 30 days then, or until you log out.</p>
    <${Trouble} problem=${problem} id="key-problem" />
    <form onSubmit=${send}>
      <label for="key">Access key</label>
      <input
        id="key" name="key" type="password" required autocomplete="current-password"
        aria-describedby=${problem ? 'key-problem' : undefined} aria-invalid=${Boolean(problem)}
      />
      <p><button class="main">Open the studio</button></p>
    </form>
  `;
}
