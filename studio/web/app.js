// The router: each screen has its address, and back, forward and reload work. A screen's script is
// fetched when the screen is first shown.

import { html, render, useEffect, useLayoutEffect, useState } from '/web/vendor/htm-preact.js';
import { leave, onLocked, session } from '/web/api.js';
import { Door } from '/web/components/door.js';
import { Help, useShortcuts } from '/web/components/shortcuts.js';
import { Theme } from '/web/components/theme.js';
import { alarm, hush } from '/web/say.js';
import { go, onNavigate } from '/web/navigate.js';

const SCREENS = [
  [/^\/$/, 'Resonance', () => import('/web/screens/landing.js')],
  [/^\/playlist$/, 'Choose your music', () => import('/web/screens/playlist.js')],
  [/^\/prompt$/, 'Say what to play', () => import('/web/screens/prompt.js')],
  [/^\/making\/([\w-]+)$/, 'Making your music', () => import('/web/screens/making.js')],
  [/^\/studio\/([\w-]+)$/, 'Your music', () => import('/web/screens/dashboard.js')],
  [/$/, 'Resonance', async () => ({ default: Nowhere })],
];

// A studio that is silent is asked again by the screens.
const { wants_key: hasKey, open } = await session().catch(() => ({}));

function Nowhere() {
  return html`
    <h1 tabindex="-1">There is nothing here</h1>
    <p><a href="/">To the start</a></p>
  `;
}

function Silent() {
  return html`
    <h1 tabindex="-1">The studio does not answer</h1>
    <p>See that it runs. <button type="button" onClick=${() => location.reload()}>Try again</button></p>
  `;
}

/** What the address shows. */
async function look() {
  const { pathname: path, search } = location;
  const [pattern, title, load] = SCREENS.find(([known]) => known.test(path));
  const { default: Screen } = await load().catch(() => ({ default: Silent }));
  return { path, id: path.match(pattern)[1], query: new URLSearchParams(search), title, Screen };
}

const first = await look();

function App() {
  const [shown, setShown] = useState(first);
  const [helping, setHelping] = useState(false);
  const [locked, setLocked] = useState(hasKey && !open);
  const turn = (wanted) => {
    go(location.pathname + location.search, { replace: true }); // the heading that comes is news
    setLocked(wanted);
  };
  useEffect(() => onLocked(() => turn(true)), []);
  useEffect(() => onNavigate(async () => {
    const { href } = location;
    const found = await look();
    if (location.href === href) setShown(found); // else somebody has gone on
  }), []);
  useShortcuts({ '?': () => setHelping(true) });

  const { path, id, query, title, Screen } = locked ? { ...shown, title: 'Locked', Screen: Door } : shown;

  useLayoutEffect(() => {
    document.title = title === 'Resonance' ? title : `${title} - Resonance`;
    hush();
    // On the first screen the reader starts at the top by itself.
    if (window.history.state?.moved) document.querySelector('h1')?.focus();
  }, [path, locked]);

  return html`
    <header class="column">
      <nav aria-label="Main"><a href="/" class="brand">Resonance</a></nav>
      <button type="button" class="quiet" onClick=${() => setHelping(true)}>Keys</button>
      ${hasKey && !locked && html`
        <button type="button" class="quiet" onClick=${() => leave().then(() => turn(true), (problem) => alarm(problem.message))}>Log out</button>
      `}
      <${Theme} />
    </header>
    <main id="main" class="column" tabindex="-1">
      <${Screen} key=${locked || path} id=${id} query=${query} opened=${() => turn(false)} />
    </main>
    <${Help} open=${helping} close=${() => setHelping(false)} />
  `;
}

render(html`<${App} />`, document.getElementById('app'));
