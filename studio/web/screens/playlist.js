// Which music it shall sound like: an address, files, or a playlist that is known.

import { html, useEffect, useRef, useState } from '/web/vendor/htm-preact.js';
import { isOver, playlists, submitPlaylist, submitSongs } from '/web/api.js';
import { Trouble } from '/web/components/trouble.js';
import { Cancel, useJob } from '/web/components/work.js';
import { go } from '/web/navigate.js';
import { stateInWords, STEPS } from '/web/words.js';

const TRACK = {
  waiting: 'waits', downloaded: 'fetched', preprocessed: 'prepared', extracted: 'listened to', failed: 'left out',
};

export function Playlist({ query }) {
  const id = query.get('job');
  return id ? html`<${Progress} id=${id} />` : html`<${Choice} example=${query.has('example')} />`;
}

/** A name for songs that have none in common: when they came. */
const nameOf = (date) => `songs-${date.toISOString().slice(0, 16).replace('T', '-').replace(':', '')}`;

function Choice({ example }) {
  const [source, setSource] = useState(example ? 'example' : '');
  const [known, setKnown] = useState([]);
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const [sent, setSent] = useState(0);
  const files = useRef();

  useEffect(() => {
    playlists().then(setKnown, setProblem);
  }, []);

  const start = async (work) => {
    setBusy(true);
    setProblem(null);
    try {
      const found = await work();
      go(`/playlist?job=${found.id}`);
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  const submit = (event) => {
    event.preventDefault();
    start(() => submitPlaylist(source.trim()));
  };
  const send = (chosen) => {
    if (chosen.length) start(() => submitSongs(chosen, nameOf(new Date()), setSent));
  };
  const drop = (event) => {
    event.preventDefault();
    send(event.dataTransfer.files);
  };
  return html`
    <h1 tabindex="-1">Which music shall it sound like?</h1>
    <${Trouble} problem=${problem} id="playlist-problem" />
    <form onSubmit=${submit}>
      <label for="source">Address of a playlist, or <kbd>example</kbd> for the one that comes along</label>
      <input
        id="source" required value=${source} autocomplete="off" inputmode="url" placeholder="https://"
        aria-describedby=${problem ? 'playlist-problem' : undefined} onInput=${(event) => setSource(event.target.value)}
      />
      <p><button type="submit" class="main" disabled=${busy}>${busy ? 'One moment ...' : 'Listen closely'}</button>
      <span class="faint"> It takes some minutes.</span></p>
    </form>
    <div class="drop" onDragOver=${(event) => event.preventDefault()} onDrop=${drop}>
      <input
        ref=${files} id="files" type="file" multiple class="unseen" tabindex="-1" aria-hidden="true"
        accept="audio/*" onChange=${(event) => send(event.target.files)}
      />
      <button type="button" disabled=${busy} onClick=${() => files.current.click()}>Choose songs</button>
      <span> or drop them here.${sent ? ` ${sent} sent.` : ''}</span>
    </div>
    ${known.length > 0 && html`
      <section aria-labelledby="known">
        <h2 id="known">Playlists that are known already</h2>
        <ul class="list">
          ${known.map((one) => html`
            <li key=${one.name}>
              <a href="/prompt?playlist=${encodeURIComponent(one.name)}">${one.name}</a>
              <span class="faint"> ${one.tracks.length} tracks</span>
            </li>
          `)}
        </ul>
      </section>
    `}
  `;
}

function Progress({ id }) {
  const [found, problem] = useJob(id);
  const at = STEPS.findIndex(([state]) => state === found?.state);
  const heard = found?.tracks.filter((track) => ['extracted', 'failed'].includes(track.state)).length;
  const over = found && isOver(found);
  return html`
    <h1 tabindex="-1">${found && over ? stateInWords(found.state) : 'Listening to your music'}</h1>
    <${Trouble} problem=${problem} id="job-problem" />
    ${found && !['failed', 'cancelled'].includes(found.state) && html`
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
      <p><a class="main" href="/prompt?playlist=${encodeURIComponent(found.result)}">Say what to play</a></p>
    `}
    ${['failed', 'cancelled'].includes(found?.state) && html`
      <p>${found.reason}</p>
      <p>What was finished is kept: the same again takes up where this ended.</p>
      <p><a class="main" href="/playlist">Choose again</a></p>
    `}
    <p><${Cancel} found=${found}>Cancel<//></p>
    ${found?.tracks.length > 0 && html`
      <h2>Tracks</h2>
      <ul class="list">
        ${found.tracks.map((track) => html`
          <li key=${track.title}>
            <span>${track.title}</span> <span class="faint">${TRACK[track.state]}${track.reason ? `: ${track.reason}` : ''}</span>
          </li>
        `)}
      </ul>
    `}
  `;
}
