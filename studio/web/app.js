// The router: each screen has its address, and back, forward and reload work.

import { html, render, useEffect, useLayoutEffect, useState } from '/web/vendor/htm-preact.js';
import { leave, onLocked, session } from '/web/api.js';
import { Door } from '/web/components/door.js';
import { Help, useShortcuts } from '/web/components/shortcuts.js';
import { Theme } from '/web/components/theme.js';
import { alarm, hush } from '/web/say.js';
import { Dashboard } from '/web/screens/dashboard.js';
import { Landing } from '/web/screens/landing.js';
import { Making } from '/web/screens/making.js';
import { Playlist } from '/web/screens/playlist.js';
import { Prompt } from '/web/screens/prompt.js';
import { go, onNavigate } from '/web/navigate.js';

const SCREENS = [
  [/^\/$/, 'Resonance', Landing],
  [/^\/playlist$/, 'Choose your music', Playlist],
  [/^\/prompt$/, 'Say what to play', Prompt],
  [/^\/making\/([\w-]+)$/, 'Making your music', Making],
  [/^\/studio\/([\w-]+)$/, 'Your music', Dashboard],
];

// A studio that is silent is asked again by the screens.
const { wants_key: hasKey, open } = await session().catch(() => ({}));

function Nowhere() {
  return html`
    <h1 tabindex="-1">There is nothing here</h1>
    <p><a href="/">To the start</a></p>
  `;
}

function App() {
  const [place, setPlace] = useState(location.pathname + location.search);
  const [helping, setHelping] = useState(false);
  const [locked, setLocked] = useState(hasKey && !open);
  const turn = (wanted) => {
    go(location.pathname + location.search, { replace: true }); // the heading that comes is news
    setLocked(wanted);
  };
  useEffect(() => onLocked(() => turn(true)), []);
  useEffect(() => onNavigate(() => setPlace(location.pathname + location.search)), []);
  useShortcuts({ '?': () => setHelping(true) });

  const path = place.split('?')[0];
  const query = new URLSearchParams(place.split('?')[1] ?? '');
  const found = SCREENS.find(([known]) => known.test(path)) ?? [/$/, 'Resonance', Nowhere];
  const [pattern, title, Screen] = locked ? [/$/, 'Locked', Door] : found;

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
      <${Screen} key=${locked || path} id=${path.match(pattern)?.[1]} query=${query} opened=${() => turn(false)} />
    </main>
    <${Help} open=${helping} close=${() => setHelping(false)} />
  `;
}

render(html`<${App} />`, document.getElementById('app'));
