// All that is known of a piece, and all forms in which it can be taken along.

import { html } from '/web/vendor/htm-preact.js';
import { makeAgain, sound, wholeFile } from '/web/api.js';
import { elapsed, steeringInWords } from '/web/words.js';

const FORMATS = ['wav', 'flac', 'mp3', 'opus'];

export function Details({ piece }) {
  const { id, made } = piece;
  const tempo = made.descriptors.tempo_bpm;
  return html`
    <details>
      <summary>Details</summary>
      <dl class="pairs">
        ${[
          ['Words', made.prompt],
          ['Playlist', piece.request.playlist ?? 'none'],
          ['Length', elapsed(made.duration_s)],
          ['Seed', made.seed],
          ['Tempo', tempo ? `${Math.round(tempo)} beats a minute` : 'unknown'],
          ['Model', `${made.model.id} (${made.backend})`],
          ['Sample rate', `${made.sample_rate} Hz`],
          ['Steering', steeringInWords(made)],
          ['Request', made.request_id.slice(0, 12)],
        ].map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd dir="auto">${value}</dd></div>`)}
      </dl>
      <p class="row">
        ${FORMATS.map((form) => html`<a key=${form} href=${sound(id, form)} download>${form.toUpperCase()}</a>`)}
        <a href=${wholeFile(id)} download>A page with the sound inside</a>
        <a href=${makeAgain(id)} download>With all it takes to make it again</a>
      </p>
    </details>
  `;
}
