// What was made, each piece with its versions; favourites are marked, and what is not wanted goes.

import { html, useState } from '/web/vendor/htm-preact.js';
import { changeCreation, removeCreation } from '/web/api.js';
import { Confirm } from './dialog.js';
import { forest, inOrder } from './versions.js';
import { recover } from '/web/navigate.js';
import { say } from '/web/say.js';
import { ago } from '/web/words.js';

/** `flat` lists versions beside their pieces, as a search finds them; `load` looks again. */
export function Library({ list, flat, load, fail }) {
  const [going, setGoing] = useState(null);
  const change = async (work, words) => {
    try {
      await work;
      await load();
      say(words);
      recover('made');
    } catch (error) {
      fail(error);
    }
  };
  const favourite = (one) => change(
    changeCreation(one.id, { favourite: !one.favourite }),
    one.favourite ? 'No favourite any more' : 'Now a favourite',
  );
  const answer = async (yes) => {
    const one = going;
    setGoing(null);
    if (!yes || !one) return;
    await change(removeCreation(one.id), `Removed ${one.name}`);
  };
  const trees = flat ? list.map((one) => ({ ...one, words: one.title, variants: [] })) : forest(list);
  return html`
    <ul class="list">
      ${trees.map((one) => html`<${Item} key=${one.id} one=${one} root=${one} favourite=${favourite} remove=${setGoing} />`)}
    </ul>
    <${Confirm} title=${going && `Remove ${going.name}?`} does="Remove it" keep="Keep it" answer=${answer}>
      <p>It leaves the list for good. Its versions stay.</p>
    <//>
  `;
}

function Item({ one, root, favourite, remove }) {
  const name = one === root ? one.title : `${root.title}: ${one.words}`;
  const below = one.variants.length;
  const branches = html`<ul>${one.variants.map((variant) => html`
    <${Item} key=${variant.id} one=${variant} root=${root} favourite=${favourite} remove=${remove} />
  `)}</ul>`;
  const count = inOrder(one).length - 1;
  return html`
    <li>
      <span class="item">
        <span class="name"><a dir="auto" href="/studio/${one.id}">${one.words}</a> <span class="faint">${ago(one.created_at)}</span></span>
        <span class="tools">
          <button
            type="button" class="quiet" aria-pressed=${one.favourite} aria-label="Favourite: ${name}"
            onClick=${() => favourite(one)}
          >${one.favourite ? '★' : '☆'}</button>
          <button type="button" class="quiet" aria-label="Remove: ${name}" onClick=${() => remove({ id: one.id, name })}>Remove</button>
        </span>
      </span>
      ${below > 0 && (one === root
        ? html`<details><summary>${count} version${count > 1 ? 's' : ''}</summary>${branches}</details>`
        : branches)}
    </li>
  `;
}
