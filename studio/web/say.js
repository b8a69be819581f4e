// What screen readers are told: states politely, failures at once, each of them one time.

const said = new Map();

function put(place, words) {
  const region = document.getElementById(place);
  if (said.get(place) === words) return;
  said.set(place, words);
  region.textContent = words;
}

export const say = (words) => put('polite', words);
export const alarm = (words) => put('urgent', words);

/** Forget what was said last, so that the same words are said again where they are news. */
export function hush() {
  for (const place of ['polite', 'urgent']) put(place, '');
}
