// What the model here can do: what it cannot is not offered.

import { useEffect, useState } from '/web/vendor/htm-preact.js';
import { abilities } from '/web/api.js';

let known = { capture: true, steer: true, melody: true, continuation: true };

/** What it can; until that is known all is offered, and the service refuses what cannot be done. */
export function useAbilities() {
  const [can, setCan] = useState(known);
  useEffect(() => {
    abilities().then((found) => setCan(known = found), () => {});
  }, []);
  return can;
}
