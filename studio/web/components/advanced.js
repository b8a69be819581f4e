// How music is steered, for those who want to know: the recipe, its layers, what counts of a song.

import { html, useEffect, useState } from '/web/vendor/htm-preact.js';
import { steering } from '/web/api.js';

const MODES = {
  mean: 'all of it, alike',
  attention_weighted: 'more of what repeats, such as a chorus',
  time_select: 'only a part of it',
};
const MOST = 4;

/** `change` is asked for what was chosen: `steer` and, of a piece with a playlist, `aggregate`. */
export function Advanced({ request, change }) {
  const [choices, setChoices] = useState(null);
  const [recipe, setRecipe] = useState('');
  const [layers, setLayers] = useState({});
  const [mode, setMode] = useState('');
  const [windows, setWindows] = useState([['0', '30']]);

  useEffect(() => {
    // Without the choices there is nothing to choose; all else on the page is as it was.
    steering().then(setChoices, () => {});
  }, []);
  useEffect(() => {
    setRecipe(request.steer?.recipe ?? '');
    setLayers(request.steer?.layers ?? {});
    setMode(request.aggregate?.mode ?? '');
    if (request.aggregate?.windows_s.length) setWindows(request.aggregate.windows_s.map((one) => one.map(String)));
  }, [request]);

  const submit = (event) => {
    event.preventDefault();
    const strengths = Object.entries(layers).filter(([, value]) => value !== '');
    const some = strengths.length > 0 ? Object.fromEntries(strengths.map(([layer, value]) => [layer, Number(value)])) : null;
    const wanted = { steer: recipe || some ? { recipe: recipe || null, layers: some } : null };
    if (request.playlist) {
      wanted.aggregate = mode ? { mode, windows_s: mode === 'time_select' ? windows.map((one) => one.map(Number)) : [] } : null;
    }
    change(wanted);
  };
  const edit = (place, end, value) =>
    setWindows(windows.map((one, at) => (at === place ? one.with(end, value) : one)));
  if (!choices?.recipes.length) return null;
  return html`
    <details>
      <summary>Advanced</summary>
      <form onSubmit=${submit}>
        <label for="recipe">Recipe: how it is steered</label>
        <select id="recipe" value=${recipe} onChange=${(event) => setRecipe(event.target.value)}>
          <option value="">as usual${choices.recipe ? ` (${choices.recipe})` : ''}</option>
          ${choices.recipes.map((name) => html`<option key=${name} value=${name}>${name}</option>`)}
        </select>
        <fieldset>
          <legend>How strongly each layer is steered</legend>
          <p class="faint" id="layers-help">0 to ${MOST}, against each other. With all of them empty the recipe chooses.</p>
          <div class="numbers">
            ${choices.layers.map((layer) => html`
              <label key=${layer}>Layer ${layer}
                <input
                  type="number" min="0" max=${MOST} step="any" value=${layers[layer] ?? ''} aria-describedby="layers-help"
                  onInput=${(event) => setLayers({ ...layers, [layer]: event.target.value })}
                />
              </label>
            `)}
          </div>
        </fieldset>
        ${request.playlist && html`
          <label for="mode">What counts of each song of the playlist</label>
          <select id="mode" value=${mode} onChange=${(event) => setMode(event.target.value)}>
            <option value="">as it was listened to</option>
            ${choices.modes.map((name) => html`<option key=${name} value=${name}>${MODES[name] ?? name}</option>`)}
          </select>
        `}
        ${request.playlist && mode === 'time_select' && html`
          ${windows.map((part, place) => html`
            <p class="row" key=${place}>
              ${[`Part ${place + 1} from second`, 'to second'].map((words, end) => html`
                <label key=${end}>${words} <input type="number" min=${end} step="any" required value=${part[end]} onInput=${(event) => edit(place, end, event.target.value)} /></label>
              `)}
              ${windows.length > 1 && html`<button type="button" aria-label="Remove part ${place + 1}" onClick=${() => setWindows(windows.toSpliced(place, 1))}>Remove</button>`}
            </p>
          `)}
          <p><button type="button" onClick=${() => setWindows([...windows, ['0', '30']])}>Add a part</button></p>
        `}
        <p><button type="submit">Make a version with these</button></p>
      </form>
    </details>
  `;
}
