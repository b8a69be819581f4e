// What to play, in words.

import { html, useEffect, useState } from '/web/vendor/htm-preact.js';
import { generate, impression as load, newKey, sliders as loadSliders } from '/web/api.js';
import { useAbilities } from '/web/components/abilities.js';
import { useAccent } from '/web/components/accent.js';
import { useConsent } from '/web/components/consent.js';
import { Melody } from '/web/components/melody.js';
import { attempt, Trouble } from '/web/components/trouble.js';
import { useKept } from '/web/kept.js';
import { go } from '/web/navigate.js';
import { amount, quickTitle } from '/web/words.js';

const EXAMPLES = ['slow piano for a rainy evening', 'techno with a warm bass', 'folk songs by the fire'];
const LENGTHS = [[10, '10 seconds'], [20, '20 seconds'], [30, 'half a minute'], [60, 'one minute'], [120, 'two minutes']];
const DRAFT = 'prompt';
const FILLED = 'filled-from';

export default function Prompt({ query }) {
  const playlist = query.get('playlist');
  const taken = query.get('impression');
  useAccent(playlist);
  const [prompt, setPrompt] = useState(localStorage.getItem(DRAFT) ?? (playlist === 'example' ? EXAMPLES[0] : ''));
  const [seconds, setSeconds] = useKept('seconds', 10);
  const [seed, setSeed] = useKept('seed', '');
  const [melody, setMelody] = useKept('melody', null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(null);
  const [key] = useState(newKey);
  const can = useAbilities();
  const [dialog, consented] = useConsent(true);
  const write = (words) => {
    localStorage.setItem(DRAFT, words); // at once: the page may be gone a moment later
    setPrompt(words);
  };

  const [impression, setImpression] = useState(null);
  useEffect(() => {
    if (!taken) return;
    load(taken).then((found) => {
      setImpression(found);
      if (localStorage.getItem(FILLED) === taken) return; // what was changed of it stays
      localStorage.setItem(FILLED, taken);
      write(found.prompt);
    }, setProblem);
  }, [taken]);

  const submit = async (event) => {
    event.preventDefault();
    setBusy(true);
    const wanted = { prompt, duration_s: seconds };
    if (playlist) wanted.playlist = playlist;
    if (impression) wanted.sliders = impression.sliders;
    if (melody && can.melody) wanted.melody = melody.key;
    if (seed !== '') wanted.seed = Number(seed);
    const found = await attempt(setProblem, () => consented((agreed) => generate(wanted, agreed, key)));
    if (found) go(`/making/${found.id}?${query}`);
    else setBusy(false);
  };
  return html`
    <h1 tabindex="-1">What shall it play?</h1>
    ${taken ? html`<${Quick} impression=${impression} />` : html`<p>${playlist
      ? html`It will sound like <strong dir="auto">${playlist}</strong>. <a href="/playlist">Choose another</a>`
      : html`Without a playlist it sounds like nobody. <a href="/playlist">Choose one</a>`}</p>`}
    <${Trouble} problem=${problem} id="prompt-problem" />
    <form onSubmit=${submit}>
      <label for="prompt">A few words</label>
      <textarea
        id="prompt" required rows="3" dir="auto" value=${prompt} aria-describedby=${problem ? 'prompt-problem' : undefined}
        onInput=${(event) => write(event.target.value)} onFocus=${(event) => prompt === EXAMPLES[0] && event.target.select()}
      />
      <div class="row examples" role="group" aria-labelledby="examples">
        <span class="faint" id="examples">For example</span>
        ${EXAMPLES.map((words) => html`
          <button type="button" key=${words} onClick=${() => write(words)}>${words}</button>
        `)}
      </div>
      <label for="length">Length</label>
      <select id="length" value=${seconds} onChange=${(event) => setSeconds(Number(event.target.value))}>
        ${LENGTHS.map(([value, words]) => html`<option key=${value} value=${value}>${words}</option>`)}
      </select>
      ${can.melody ? html`<details>
        <summary>Hum or upload a melody</summary>
        <${Melody} taken=${melody} take=${setMelody} />
      </details>` : html`<p class="faint">The model here cannot follow a melody.</p>`}
      <details>
        <summary>More</summary>
        <label for="seed">Seed: the same number plays the same piece</label>
        <input
          id="seed" type="number" min="0" step="1" value=${seed} placeholder="any"
          onInput=${(event) => setSeed(event.target.value)}
        />
      </details>
      <p><button type="submit" class="main" disabled=${busy}>${busy ? 'One moment ...' : 'Make it'}</button></p>
    </form>
    ${dialog}
  `;
}

/** What a quick impression starts from, and what it is not. */
function Quick({ impression }) {
  const [labels, setLabels] = useState(new Map());
  useEffect(() => {
    // Without their labels the sliders have names.
    loadSliders().then((all) => setLabels(new Map(all.map((one) => [one.name, one.label.toLowerCase()]))), () => {});
  }, []);
  const moved = Object.entries(impression?.sliders ?? {});
  return html`
    <section aria-labelledby="quick">
      <h2 id="quick">${quickTitle(impression?.describer)}</h2>
      <p>
        The model has heard none of your songs, so music does not lean towards them. It starts from the words below, and
        from sliders: ${moved.map(([name, at]) => amount(at, labels.get(name) ?? name)).join(', ') || 'none moved'}.${' '}
        <a href="/playlist">Listen closely instead</a>
      </p>
    </section>
  `;
}
