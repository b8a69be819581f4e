// A melody that the piece follows: a file, or a recording made here.

import { html, useEffect, useState } from '/web/vendor/htm-preact.js';
import { fetchMelody, sendMelody } from '/web/api.js';
import { Pick } from './pick.js';
import { attempt, Trouble } from './trouble.js';
import { say } from '/web/say.js';
import { elapsed } from '/web/words.js';

export function Melody({ taken, take }) {
  const [problem, setProblem] = useState(null);
  const [recorder, setRecorder] = useState(null);
  const [address, setAddress] = useState('');
  useEffect(() => () => recorder?.stream.getTracks().forEach((track) => track.stop()), [recorder]);

  const send = (asked) => attempt(setProblem, async () => {
    const found = await asked;
    take(found);
    say(`A melody of ${elapsed(found.seconds)} is taken`);
  });
  const find = () => address.trim() && send(fetchMelody(address.trim()));
  const record = async () => {
    setProblem(null);
    try {
      const made = new MediaRecorder(await navigator.mediaDevices.getUserMedia({ audio: true }));
      const parts = [];
      made.addEventListener('dataavailable', (event) => parts.push(event.data));
      made.addEventListener('stop', () => {
        setRecorder(null);
        send(sendMelody(new Blob(parts, { type: made.mimeType })));
      });
      made.start();
      setRecorder(made);
      say('Recording');
    } catch {
      setProblem({ message: 'The microphone cannot be used.', remedy: 'Allow it in the browser, or choose a file' });
    }
  };
  return html`
    <p class="row">
      <button type="button" aria-pressed=${recorder !== null} onClick=${() => (recorder ? recorder.stop() : record())}>
        ${recorder ? 'Stop recording' : 'Record'}
      </button>
      <${Pick} accept="audio/*" take=${([one]) => send(sendMelody(one))}>Choose a file<//>
      ${taken && html`<button type="button" onClick=${() => take(null)}>Leave it out</button>`}
    </p>
    <label for="melody-address">Or the address of a recording</label>
    <p class="row">
      <input
        id="melody-address" value=${address} autocomplete="off" inputmode="url" placeholder="https://"
        aria-describedby=${problem ? 'melody-problem' : undefined} onInput=${(event) => setAddress(event.target.value)}
        onKeyDown=${(event) => event.key === 'Enter' && [event.preventDefault(), find()]}
      />
      <button type="button" disabled=${!address.trim()} onClick=${find}>Fetch it</button>
    </p>
    <p>${taken ? `It follows your melody of ${elapsed(taken.seconds)}.` : 'Sing, hum, whistle or play: the piece follows the tune.'}</p>
    <${Trouble} problem=${problem} id="melody-problem" />
  `;
}
