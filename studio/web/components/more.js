// More of a piece: other takes of it, how it goes on, and how it is without what steers it.

import { html, useState } from '/web/vendor/htm-preact.js';

const TAKES = 4;
const ON = [[10, '10 seconds'], [20, '20 seconds'], [30, 'half a minute']];

const NOTHING = { playlist: null, strength: null, sliders: {}, steer: null, aggregate: null };

/** `change` is asked for a variant, `goesOn` says whether one can be longer; `without` plays the one that nothing steers, if that is there. */
export function More({ piece, goesOn, without, change }) {
  const [seconds, setSeconds] = useState(10);
  return html`
    <section aria-labelledby="more-title">
      <h2 id="more-title">More of it</h2>
      <p class="row">
        <button type="button" onClick=${() => change({ takes: TAKES })}>Four more takes</button>
        ${piece.made.steering.length > 0 && html`
          <button type="button" onClick=${() => (without ? without() : change(NOTHING))}>Hear it without steering</button>
        `}
      </p>
      ${goesOn ? html`<p class="row">
        <label for="on">Go on for</label>
        <select id="on" value=${seconds} onChange=${(event) => setSeconds(Number(event.target.value))}>
          ${ON.map(([value, words]) => html`<option key=${value} value=${value}>${words}</option>`)}
        </select>
        <button type="button" onClick=${() => change({ continues: piece.piece, duration_s: seconds })}>Go on</button>
      </p>` : html`<p class="faint">The model here cannot go on from a piece.</p>`}
    </section>
  `;
}
