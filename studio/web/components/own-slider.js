// A slider of one's own: made from pairs of words that say what lies at its two ends.

import { html, useEffect, useState } from '/web/vendor/htm-preact.js';
import { makeSlider, newKey, removeSlider } from '/web/api.js';
import { attempt, Trouble } from './trouble.js';
import { Cancel, useJob } from './work.js';
import { say } from '/web/say.js';
import { jobInWords } from '/web/words.js';

const EMPTY = [['', ''], ['', '']];

/** `own` are those there are; `changed` is called when there are others. */
export function OwnSlider({ own, changed }) {
  const [label, setLabel] = useState('');
  const [pairs, setPairs] = useState(EMPTY);
  const [making, setMaking] = useState(null);
  const [problem, setProblem] = useState(null);
  const [found] = useJob(making, { result: true });

  const made = found?.state === 'completed';
  useEffect(() => {
    if (!made) return;
    say(`The slider ${label} is there`);
    setLabel('');
    setPairs(EMPTY);
    changed();
  }, [made]);

  const edit = (place, end, value) => setPairs(pairs.map((pair, at) => (at === place ? pair.with(end, value) : pair)));
  const submit = (event) => {
    event.preventDefault();
    const name = label.toLowerCase().replace(/[^a-z0-9]+/g, '-').slice(0, 40) || 'own';
    attempt(setProblem, async () => setMaking((await makeSlider({ name, label, pairs }, newKey())).id));
  };
  const remove = (one) => attempt(setProblem, async () => {
    await removeSlider(one.name);
    say(`Removed ${one.label}`);
    changed();
  });
  return html`
    <details>
      <summary>A slider of your own</summary>
      <p>Say what lies at its two ends, in pairs that differ in nothing else: "clean guitar" and "gritty guitar".</p>
      <${Trouble} problem=${problem} id="own-problem" />
      <form onSubmit=${submit}>
        <label for="own-label">What it is called</label>
        <input id="own-label" required maxlength="60" value=${label} autocomplete="off" onInput=${(event) => setLabel(event.target.value)} />
        ${pairs.map((pair, place) => html`
          <fieldset key=${place}>
            <legend>Pair ${place + 1}</legend>
            <div class="numbers">
              ${['Left end', 'Right end'].map((words, end) => html`
                <label key=${end}>${words}
                  <input required maxlength="500" value=${pair[end]} autocomplete="off" onInput=${(event) => edit(place, end, event.target.value)} />
                </label>
              `)}
            </div>
          </fieldset>
        `)}
        <p class="row">
          <button type="button" onClick=${() => setPairs([...pairs, ['', '']])}>Add a pair</button>
          <button type="submit">Make the slider</button>
          <${Cancel} found=${found}>Cancel<//>
        </p>
      </form>
      <p aria-live="off">${found && !made ? `${jobInWords(found)}${found.reason ? `: ${found.reason}` : ' ...'}` : ''}</p>
      ${own.length > 0 && html`
        <ul class="list">
          ${own.map((one) => html`
            <li key=${one.name}>${one.label} <button type="button" class="quiet" aria-label="Remove the slider ${one.label}" onClick=${() => remove(one)}>Remove</button></li>
          `)}
        </ul>
      `}
    </details>
  `;
}
