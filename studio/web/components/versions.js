// The versions of a piece as a tree: what was made from what, and what is different about it.

import { html } from '/web/vendor/htm-preact.js';
import { ago, difference } from '/web/words.js';

/** The trees of what was made from what, the newest first; what came from one that is gone is a root. */
export function forest(creations) {
  const known = new Set(creations.map((one) => one.id));
  const below = (parent) => creations
    .filter((one) => one.parent === parent.id)
    .sort((one, other) => one.created_at.localeCompare(other.created_at))
    .map((one) => tree(one, parent));
  const tree = (one, parent) => ({ ...one, words: parent ? difference(one, parent) : one.title, variants: below(one) });
  return creations.filter((one) => !known.has(one.parent)).map((one) => tree(one, null));
}

/** A tree's creations in the order in which it is read. */
export const inOrder = (tree) => [tree, ...tree.variants.flatMap(inOrder)];

export function Branch({ one, current }) {
  return html`
    <li>
      <a href="/studio/${one.id}" dir="auto" aria-current=${one.id === current ? 'true' : undefined}>
        ${one.words}${one.favourite ? ' ★' : ''}
      </a>
      <span class="faint"> ${ago(one.created_at)}</span>
      ${one.variants.length > 0 && html`
        <ul>${one.variants.map((variant) => html`<${Branch} key=${variant.id} one=${variant} current=${current} />`)}</ul>
      `}
    </li>
  `;
}

const MANY = 20;

/** More than fit on a screen show when they are asked for. */
export function Versions({ trees, current }) {
  const count = trees.flatMap(inOrder).length;
  const list = html`<ul class="tree">${trees.map((one) => html`<${Branch} key=${one.id} one=${one} current=${current} />`)}</ul>`;
  return html`
    <section aria-labelledby="versions-title">
      <h2 id="versions-title">Versions</h2>
      ${count > MANY ? html`<details><summary>All ${count} versions</summary>${list}</details>` : list}
    </section>
  `;
}
