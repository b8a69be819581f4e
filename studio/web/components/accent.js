// The colour of the playlist that is played with; the style sheet has one for when there is none.

import { useEffect } from '/web/vendor/htm-preact.js';
import { playlist as load } from '/web/api.js';

/** Show the accent of a playlist while the screen is there. */
export function useAccent(playlist) {
  useEffect(() => {
    if (!playlist) return undefined;
    const style = document.documentElement.style;
    let gone = false;
    const show = ({ accent }) => {
      if (gone || !accent) return;
      style.setProperty('--accent-light', accent.light);
      style.setProperty('--accent-dark', accent.dark);
    };
    // A colour only: the playlist may be gone, and what was made with it is still there.
    load(playlist).then(show, () => {});
    return () => {
      gone = true;
      style.removeProperty('--accent-light');
      style.removeProperty('--accent-dark');
    };
  }, [playlist]);
}
