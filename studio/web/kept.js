// What somebody has typed or chosen and not yet sent: it outlives a reload.

import { useState } from '/web/vendor/htm-preact.js';

/** As `useState`, for this tab; `initial` is what nothing was kept instead of. */
export function useKept(name, initial) {
  const [value, setValue] = useState(() => {
    const held = sessionStorage.getItem(name);
    return held === null ? initial : JSON.parse(held);
  });
  const keep = (next) => {
    sessionStorage.setItem(name, JSON.stringify(next)); // at once: the page may be gone a moment later
    setValue(next);
  };
  return [value, keep];
}
