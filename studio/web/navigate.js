// Going from screen to screen without loading the page again.

const CHANGED = 'screen';

/** Go to another screen; with `replace` the one that is left is not gone back to. */
export function go(path, { replace = false } = {}) {
  history[replace ? 'replaceState' : 'pushState']({ moved: true }, '', path);
  window.dispatchEvent(new Event(CHANGED));
}

/** Give the focus to what has an `id`, where what had it is gone. */
export function recover(id) {
  setTimeout(() => { // once the screen is as it is now
    if (document.activeElement === document.body) document.getElementById(id)?.focus();
  });
}

/** Call back whenever the address changes; returns what ends that. */
export function onNavigate(changed) {
  const click = (event) => {
    const link = event.target.closest?.('a[href]');
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
    const screen = link?.origin === location.origin && !link.hash && !link.target && !link.download;
    if (!screen || !plain || event.defaultPrevented) return;
    event.preventDefault();
    go(link.pathname + link.search);
  };
  document.addEventListener('click', click);
  window.addEventListener('popstate', changed);
  window.addEventListener(CHANGED, changed);
  return () => {
    document.removeEventListener('click', click);
    window.removeEventListener('popstate', changed);
    window.removeEventListener(CHANGED, changed);
  };
}
