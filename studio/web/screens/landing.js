// The start: one way in, and what was made before.

import { html, useEffect, useState } from '/web/vendor/htm-preact.js';
import { changeCreation, creations, removeCreation } from '/web/api.js';
import { Trouble } from '/web/components/trouble.js';
import { say } from '/web/say.js';
import { ago } from '/web/words.js';

export function Landing() {
  const [found, setFound] = useState(null);
  const [search, setSearch] = useState('');
  const [favourites, setFavourites] = useState(false);
  const [problem, setProblem] = useState(null);

  const load = () => creations({ search, favourites }).then(setFound, setProblem);
  useEffect(() => {
    const timer = setTimeout(load, 200);
    return () => clearTimeout(timer);
  }, [search, favourites]);

  const change = async (work, words) => {
    try {
      await work;
      await load();
      say(words);
    } catch (error) {
      setProblem(error);
    }
  };
  const list = found?.creations ?? [];
  return html`
    <h1 tabindex="-1">Music that sounds like you</h1>
    <p class="lead">Give the studio a playlist you love, say a few words, and listen to something new.</p>
    <p class="row">
      <a class="main" href="/playlist">Start with a playlist</a>
      <a href="/playlist?example">Try the example</a>
    </p>
    <${Trouble} problem=${problem} id="landing-problem" />
    ${(list.length > 0 || search || favourites) && html`
      <section aria-labelledby="made">
        <h2 id="made">What you made</h2>
        <form class="row" role="search" onSubmit=${(event) => event.preventDefault()}>
          <label for="search">Search</label>
          <input id="search" type="search" value=${search} onInput=${(event) => setSearch(event.target.value)} />
          <label class="check">
            <input type="checkbox" checked=${favourites} onChange=${(event) => setFavourites(event.target.checked)} />
            Favourites only
          </label>
        </form>
        ${list.length === 0 && html`<p>Nothing of what you made is like that.</p>`}
        <ul class="list">
          ${list.map((one) => html`
            <li key=${one.id}>
              <a href="/studio/${one.id}">${one.title}</a>
              <span class="faint"> ${ago(one.created_at)}</span>
              <span class="tools">
                <button
                  type="button" class="quiet" aria-pressed=${one.favourite} aria-label="Favourite: ${one.title}"
                  onClick=${() => change(changeCreation(one.id, { favourite: !one.favourite }),
                    one.favourite ? 'No favourite any more' : 'Now a favourite')}
                >${one.favourite ? '★' : '☆'}</button>
                <button
                  type="button" class="quiet" aria-label="Remove: ${one.title}"
                  onClick=${() => change(removeCreation(one.id), `Removed ${one.title}`)}
                >Remove</button>
              </span>
            </li>
          `)}
        </ul>
      </section>
    `}
  `;
}
