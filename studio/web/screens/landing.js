// The start: one way in, and what was made before.

import { html, useEffect, useState } from '/web/vendor/htm-preact.js';
import { creations, newKey, submitPlaylist, takeIn } from '/web/api.js';
import { useAbilities } from '/web/components/abilities.js';
import { Library } from '/web/components/library.js';
import { Pick } from '/web/components/pick.js';
import { attempt, Trouble } from '/web/components/trouble.js';
import { go, recover } from '/web/navigate.js';
import { say } from '/web/say.js';

const PAGE = 50;

export default function Landing() {
  const [found, setFound] = useState(null);
  const [search, setSearch] = useState('');
  const [favourites, setFavourites] = useState(false);
  const [most, setMost] = useState(PAGE);
  const [problem, setProblem] = useState(null);

  const looking = Boolean(search || favourites);
  const load = () => creations({ search, favourites, families: !looking, limit: most }).then((now) => {
    setFound(now);
    return now;
  }, setProblem);
  useEffect(() => {
    let gone = false;
    const timer = setTimeout(async () => {
      const now = await load();
      if (gone || !now) return;
      if (looking) say(now.total === 1 ? 'One piece' : `${now.total} pieces`);
      else if (most > PAGE) {
        say(`${Math.min(most, now.total)} of ${now.total}`);
        recover('older'); // the button is gone once all are there
      }
    }, found ? 200 : 0);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [search, favourites, most]);

  const bring = ([file]) => attempt(setProblem, async () => go(`/studio/${(await takeIn(file)).id}`));
  const can = useAbilities();
  const tryExample = async () => {
    if (!can.capture) return go('/playlist?example'); // where one can choose how it listens
    const job = await attempt(setProblem, () => submitPlaylist('example', undefined, newKey()));
    return job && go(`/playlist?job=${job.id}`);
  };
  const list = found?.creations ?? [];
  const shown = Math.min(most, found?.total ?? 0);
  return html`
    <h1 tabindex="-1">Music that sounds like you</h1>
    <p class="lead">Give the studio a playlist you love, say a few words, and listen to something new.</p>
    <p class="row">
      <a class="main" href="/playlist">Start with a playlist</a>
      <button type="button" onClick=${tryExample}>Try the example</button>
    </p>
    <${Trouble} problem=${problem} id="landing-problem" />
    <div class="ornament" aria-hidden="true" />
    <section aria-labelledby="made">
      <h2 id="made" tabindex="-1">What you made</h2>
      ${(list.length > 0 || looking) && html`
        <form class="row" role="search" onSubmit=${(event) => event.preventDefault()}>
          <label for="search">Search</label>
          <input id="search" type="search" value=${search} onInput=${(event) => setSearch(event.target.value)} />
          <label class="check">
            <input type="checkbox" checked=${favourites} onChange=${(event) => setFavourites(event.target.checked)} />
            Favourites only
          </label>
        </form>
      `}
      ${found && list.length === 0 && html`<p>${looking ? 'Nothing of what you made is like that.' : 'Nothing yet. Every piece that you make will be here.'}</p>`}
      <${Library} list=${list} flat=${looking} load=${load} fail=${setProblem} />
      ${found?.total > PAGE && html`
        <p class="row" id="older" tabindex="-1">
          ${found.total > shown && html`<button type="button" onClick=${() => setMost(most + PAGE)}>Show older ones</button>`}
          <span class="faint">${shown} of ${found.total}</span>
        </p>
      `}
      ${found && html`<p class="row">
        <${Pick} id="parcel" accept=".zip,application/zip" class="quiet" take=${bring}>Open a piece that was exported<//>
      </p>`}
    </section>
  `;
}
