// What somebody has typed or chosen and not yet sent: it outlives a reload.

import { useState } from '/web/vendor/htm-preact.js';

/** As `useState`, for this tab; `initial` is what nothing was kept instead of. */
export function useKept(name, initial) {
  const held = () => {
    const text = sessionStorage.getItem(name);
    return text === null ? initial : JSON.parse(text);
  };
  const [value, setValue] = useState(held);
  const keep = (wanted) => {
    const next = typeof wanted === 'function' ? wanted(held()) : wanted;
    sessionStorage.setItem(name, JSON.stringify(next)); // at once: the page may be gone a moment later
    setValue(next);
  };
  return [value, keep];
}
