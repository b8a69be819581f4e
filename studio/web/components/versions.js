// The versions of a piece as a tree: what was made from what.

import { html } from '/web/vendor/htm-preact.js';
import { ago } from '/web/words.js';

/** All creations of one family, from its first. */
export function family(creations, id) {
  const byId = new Map(creations.map((one) => [one.id, one]));
  let root = id;
  while (byId.get(root)?.parent && byId.has(byId.get(root).parent)) root = byId.get(root).parent;
  const below = (parent) => creations
    .filter((one) => one.parent === parent)
    .sort((one, other) => one.created_at.localeCompare(other.created_at));
  const tree = (one) => ({ ...one, variants: below(one.id).map(tree) });
  return byId.has(root) ? tree(byId.get(root)) : null;
}

/** A tree's creations in the order in which it is read. */
export const inOrder = (tree) => (tree ? [tree, ...tree.variants.flatMap(inOrder)] : []);

function Branch({ one, current }) {
  return html`
    <li>
      <a href="/studio/${one.id}" aria-current=${one.id === current ? 'true' : undefined}>
        ${one.title}${one.favourite ? ' ★' : ''}
      </a>
      <span class="faint"> ${ago(one.created_at)}</span>
      ${one.variants.length > 0 && html`
        <ul>${one.variants.map((variant) => html`<${Branch} key=${variant.id} one=${variant} current=${current} />`)}</ul>
      `}
    </li>
  `;
}

export function Versions({ tree, current }) {
  if (!tree) return null;
  return html`
    <section aria-labelledby="versions-title">
      <h2 id="versions-title">Versions</h2>
      <ul class="tree"><${Branch} one=${tree} current=${current} /></ul>
    </section>
  `;
}
