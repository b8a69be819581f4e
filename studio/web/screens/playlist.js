// Which music it shall sound like: an address, files, or a playlist that is known.

import { html, useEffect, useRef, useState } from '/web/vendor/htm-preact.js';
import { describers as loadDescribers, isOver, newKey, playlists, submitImpression, submitPlaylist, upload } from '/web/api.js';
import { useAbilities } from '/web/components/abilities.js';
import { useConsent } from '/web/components/consent.js';
import { Files, hasList } from '/web/components/files.js';
import { attempt, Trouble } from '/web/components/trouble.js';
import { Cancel, Silent, useJob } from '/web/components/work.js';
import { useKept } from '/web/kept.js';
import { go } from '/web/navigate.js';
import { jobInWords, quickTitle, sentence, STEPS } from '/web/words.js';

const TRACK = {
  waiting: 'waits', downloaded: 'fetched', preprocessed: 'prepared', extracted: 'listened to', failed: 'left out',
};

const WAYS = [
  ['closely', 'Listen closely (minutes)', 'The model hears every song, and music leans towards what it heard.'],
  ['local', 'Quick impression (seconds)', 'The model hears nothing: you start from a few words, and from where sliders stand.'],
  ['gemini', 'Quick impression by Gemini', 'The same by Google, which is sent clips of your songs, and knows any genre. You are asked first.'],
];

export default function Playlist({ query }) {
  const id = query.get('job');
  return id ? html`<${Progress} id=${id} />` : html`<${Choice} example=${query.has('example')} />`;
}

/** A name for songs that have none in common: when they came. */
const nameOf = (date) => `songs-${date.toISOString().slice(0, 16).replace('T', '-').replace(':', '')}`;

function Choice({ example }) {
  const [typed, setSource] = useKept('source', '');
  const source = typed || (example ? 'example' : '');
  const [wish, setWay] = useKept('way', 'closely');
  const [describers, setDescribers] = useState(['local']);
  const can = useAbilities();
  const [dialog, consented] = useConsent();
  const [known, setKnown] = useState([]);
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const [sent, setSent] = useState(0);
  const keys = useRef(new Map());

  useEffect(() => {
    playlists().then(setKnown, setProblem);
    loadDescribers().then(setDescribers, setProblem);
  }, []);
  const ways = WAYS.filter(([one]) => (one === 'closely' ? can.capture : describers.includes(one)));
  const way = (ways.find(([one]) => one === wish) ?? ways[0])[0];

  const start = async (find, name) => {
    setBusy(true);
    const found = await attempt(setProblem, async () => {
      const from = await find();
      const asked = `${way} ${from}`;
      keys.current.set(asked, keys.current.get(asked) ?? newKey());
      const key = keys.current.get(asked);
      return consented((agreed) => (way === 'closely'
        ? submitPlaylist(from, name, key)
        : submitImpression(from, way, agreed, key)));
    });
    if (found) go(`/playlist?job=${found.id}`);
    else setBusy(false);
  };
  const submit = (event) => {
    event.preventDefault();
    start(async () => source.trim());
  };
  const send = (files) => {
    if (files.length) start(() => upload(files, setSent), hasList(files) ? undefined : nameOf(new Date()));
  };
  return html`
    <h1 tabindex="-1">Which music shall it sound like?</h1>
    <${Trouble} problem=${problem} id="playlist-problem" />
    <form onSubmit=${submit}>
      <label for="source">Address of a playlist</label>
      <input
        id="source" required value=${source} autocomplete="off" inputmode="url" placeholder="https://"
        aria-describedby=${problem ? 'playlist-problem' : 'source-help'} onInput=${(event) => setSource(event.target.value)}
      />
      <p class="faint" id="source-help">None at hand? Write <kbd>example</kbd> for the one that comes along.</p>
      <fieldset>
        <legend>How shall it listen?</legend>
        ${!can.capture && html`<p class="faint">The model here does not show what it hears, so it cannot listen closely.</p>`}
        ${ways.map(([value, words, more]) => html`
          <label class="check" key=${words}>
            <input
              type="radio" name="way" checked=${way === value} onChange=${() => setWay(value)}
              aria-labelledby=${value} aria-describedby="${value}-more"
            />
            <span><span id=${value}>${words}</span> <span class="faint" id="${value}-more">${more}</span></span>
          </label>
        `)}
      </fieldset>
      <p><button type="submit" class="main" disabled=${busy}>${busy ? 'One moment ...' : 'Listen to it'}</button></p>
    </form>
    <${Files} take=${send} sent=${sent} busy=${busy} />
    ${known.length > 0 && html`
      <section aria-labelledby="known">
        <h2 id="known">Playlists that are known already</h2>
        <ul class="list">
          ${known.map((one) => html`
            <li key=${one.name}>
              <a dir="auto" href="/prompt?playlist=${encodeURIComponent(one.name)}">${one.name}</a>
              <span class="faint"> ${one.tracks.length} ${one.tracks.length === 1 ? 'track' : 'tracks'}</span>
            </li>
          `)}
        </ul>
      </section>
    `}
    ${dialog}
  `;
}

function Progress({ id }) {
  const [found, problem, silent] = useJob(id);
  const at = STEPS.findIndex(([state]) => state === found?.state);
  const heard = found?.tracks.filter((track) => ['extracted', 'failed'].includes(track.state)).length;
  const over = found && isOver(found);
  const quick = found?.kind === 'impression';
  const title = quick ? `${quickTitle(found.name)} of your music` : 'Listening to your music';
  const next = `/prompt?${new URLSearchParams({ [quick ? 'impression' : 'playlist']: found?.result ?? '' })}`;
  return html`
    <h1 tabindex="-1">${found && over ? jobInWords(found) : title}</h1>
    <${Trouble} problem=${problem} id="job-problem" />
    <${Silent} silent=${silent} />
    ${found && !quick && !['failed', 'cancelled'].includes(found.state) && html`
      <ol class="steps">
        ${STEPS.map(([state, words], place) => html`
          <li key=${state} aria-current=${place === at ? 'step' : undefined} class=${place < at ? 'done' : ''}>
            ${words}${place < at ? html`<span class="unseen"> (done)</span>` : ''}
          </li>
        `)}
      </ol>
    `}
    ${found && !over && html`
      <label for="heard">${found.tracks.length ? `${heard} of ${found.tracks.length} tracks` : 'Looking for the tracks'}</label>
      <progress id="heard" max=${found.tracks.length || 1} value=${found.tracks.length ? heard : undefined} />
    `}
    ${found?.state === 'completed' && html`
      <p><a class="main" href=${next}>Say what to play</a></p>
    `}
    ${['failed', 'cancelled'].includes(found?.state) && html`
      ${found.state === 'failed' && html`<p>${sentence(found.reason)}</p>`}
      <p>What was finished is kept: the same again takes up where this ended.</p>
      <p><a class="main" href="/playlist">Choose again</a></p>
    `}
    <p><${Cancel} found=${found}>Cancel<//></p>
    ${found?.step && html`<p class="faint">${sentence(found.step)}</p>`}
    ${found?.tracks.length > 0 && html`
      <h2>Tracks</h2>
      <ul class="list">
        ${found.tracks.map((track, place) => html`
          <li key=${place}>
            <bdi>${track.title}</bdi> <span class="faint">${TRACK[quick && track.state === 'extracted' ? 'downloaded' : track.state]}${track.reason ? `: ${track.reason}` : ''}</span>
          </li>
        `)}
      </ul>
    `}
  `;
}
