// What screen readers are told: states politely, failures at once, one after another.

const PAUSE_MS = 150; // what is replaced sooner is not read
const waiting = { polite: [], urgent: [] };
const timers = {};

function put(place, words) {
  const line = waiting[place];
  if (document.getElementById(place).textContent === words && !line.length) line.push(''); // or it is no news
  line.push(words);
  timers[place] ??= next(place);
}

function next(place) {
  document.getElementById(place).textContent = waiting[place].shift();
  return setTimeout(() => {
    timers[place] = waiting[place].length ? next(place) : null;
  }, PAUSE_MS);
}

export const say = (words) => put('polite', words);
export const alarm = (words) => put('urgent', words);

/** Take back what was said on a screen that is left. */
export function hush() {
  for (const place of ['polite', 'urgent']) {
    waiting[place].length = 0;
    document.getElementById(place).textContent = '';
  }
}
