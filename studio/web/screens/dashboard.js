// A piece: listen, compare, change, keep.

import { html, useEffect, useRef, useState } from '/web/vendor/htm-preact.js';
import {
  cancelJob, changeCreation, creation as load, creations, makeAgain, makeVariant, refine, share, sliders as loadSliders,
  sound, wholeFile,
} from '/web/api.js';
import { useAccent } from '/web/components/accent.js';
import { Advanced } from '/web/components/advanced.js';
import { Chat } from '/web/components/chat.js';
import { Player } from '/web/components/player.js';
import { useShortcuts } from '/web/components/shortcuts.js';
import { Slider } from '/web/components/slider.js';
import { Trouble } from '/web/components/trouble.js';
import { family, inOrder, Versions } from '/web/components/versions.js';
import { useJob } from '/web/components/work.js';
import { go } from '/web/navigate.js';
import { say } from '/web/say.js';
import { elapsed, jobInWords } from '/web/words.js';

const FORMATS = ['wav', 'flac', 'mp3', 'opus'];
const AUTO = 'switch-automatically';

/** What a text did, line by line. */
function answerInWords(answer) {
  const { changes, kept, not_understood: unclear, undone, reset } = answer;
  return [
    ...changes.map((one) => (one.before === one.after
      ? `${one.slider} is at its end already`
      : `${one.slider}: ${one.before} to ${one.after}`)),
    ...kept.map((name) => `${name} stays`),
    ...(undone ? ['The change before is taken back'] : []),
    ...(reset ? ['All sliders are where they were at first'] : []),
    ...unclear.map((words) => `Not understood: ${words}`),
  ];
}

export function Dashboard({ id }) {
  const [piece, setPiece] = useState(null);
  const [all, setAll] = useState([]);
  const [known, setKnown] = useState([]);
  const [problem, setProblem] = useState(null);
  const [sliders, setSliders] = useState({});
  const [making, setMaking] = useState(null);
  const [automatic, setAutomatic] = useState(localStorage.getItem(AUTO) === 'yes');
  const [link, setLink] = useState(null);
  const [found] = useJob(making);
  const player = useRef();
  const before = useRef([]);
  const latest = useRef(null);
  useAccent(piece?.request.playlist);

  useEffect(() => {
    load(id).then((one) => {
      setPiece(one);
      setSliders(one.request.sliders ?? {});
    }, setProblem);
    creations().then((page) => setAll(page.creations), setProblem);
    loadSliders().then(setKnown, setProblem);
  }, [id]);

  // A change is asked for at once; what was being made before it is of no use any more.
  const remake = async (change) => {
    setProblem(null);
    try {
      if (latest.current) await cancelJob(latest.current).catch(() => {});
      const job = await makeVariant(id, change);
      latest.current = job.id;
      setMaking(job.id);
    } catch (error) {
      setProblem(error);
    }
  };
  const regenerate = (next) => {
    setSliders(next);
    return remake({ sliders: next });
  };
  const ready = found?.state === 'completed' ? found.result : null;
  useEffect(() => {
    if (!ready) return;
    latest.current = null;
    if (automatic) go(`/studio/${ready}`);
    else say('A new version is ready. It is in the list of versions.');
    creations().then((page) => setAll(page.creations), setProblem);
  }, [ready]);

  const move = (name, value) => regenerate({ ...sliders, [name]: value });
  const ask = async (words) => {
    const answer = await refine(id, words, sliders, before.current);
    before.current = answer.history;
    if (answer.changes.length || answer.undone || answer.reset) await regenerate(answer.positions);
    return answerInWords(answer);
  };
  const undo = () => ask('undo');
  const tree = family(all, id);
  const order = inOrder(tree).map((one) => one.id);
  const step = (by) => {
    const next = order[order.indexOf(id) + by];
    if (next) go(`/studio/${next}`);
  };
  const tab = (place) => document.getElementById(`slider-${known[place]?.name}`)?.focus();
  useShortcuts({
    ' ': () => player.current?.toggle(),
    ArrowLeft: () => player.current?.skip(-5),
    ArrowRight: () => player.current?.skip(5),
    '[': () => step(-1),
    ']': () => step(1),
    c: () => document.getElementById('chat')?.focus(),
    d: () => document.getElementById('download')?.click(),
    ...Object.fromEntries([...'1234567'].map((key, place) => [key, () => tab(place)])),
  });

  if (!piece) {
    return html`<h1 tabindex="-1">One moment</h1><${Trouble} problem=${problem} id="piece-problem" />`;
  }
  const made = piece.made;
  const auto = (event) => {
    localStorage.setItem(AUTO, event.target.checked ? 'yes' : 'no');
    setAutomatic(event.target.checked);
  };
  const favourite = () => changeCreation(id, { favourite: !piece.favourite })
    .then((changed) => setPiece({ ...piece, ...changed }), setProblem);
  return html`
    <h1 tabindex="-1">${piece.title}</h1>
    <${Trouble} problem=${problem} id="piece-problem" />
    <${Player}
      id=${id} src=${sound(id)} other=${piece.parent && sound(piece.parent)} seconds=${made.duration_s} handle=${player}
    />
    <p class="row">
      <a id="download" href=${sound(id)} download>Download</a>
      <button type="button" aria-pressed=${piece.favourite} onClick=${favourite}>Favourite</button>
      ${piece.parent && html`<a href="/studio/${piece.parent}">The version before it</a>`}
      <button type="button" onClick=${() => share(id).then(setLink, setProblem)}>Share</button>
    </p>
    ${link && html`
      <p role="status">
        Whoever has this link can listen until ${new Date(link.until).toLocaleDateString()}:${' '}
        <a class="address" href=${link.address} target="_blank">${link.address}</a>
      </p>
    `}
    <section class="refine" aria-labelledby="change">
      <h2 id="change">Change it</h2>
      <p aria-live="off">
        ${found && !ready ? `${jobInWords(found)} ...` : ''}
        ${ready && ready !== id ? html`A new version is ready: <a href="/studio/${ready}">listen to it</a>` : ''}
      </p>
      <label class="check">
        <input type="checkbox" checked=${automatic} onChange=${auto} /> Switch to a new version as soon as it is ready
      </label>
      ${known.map((one) => html`
        <${Slider}
          key=${one.name} id="slider-${one.name}" name=${one.name} label=${one.label}
          value=${sliders[one.name] ?? 0} changed=${move}
        />
      `)}
    </section>
    <${Chat} ask=${ask} undo=${undo} />
    <${Advanced} request=${piece.request} change=${(wanted) => remake({ sliders, ...wanted })} />
    <${Versions} tree=${tree} current=${id} />
    <details>
      <summary>Details</summary>
      <dl class="pairs">
        ${[
          ['Words', made.prompt],
          ['Playlist', piece.request.playlist ?? 'none'],
          ['Length', elapsed(made.duration_s)],
          ['Seed', made.seed],
          ['Tempo', made.descriptors.tempo_bpm ? `${Math.round(made.descriptors.tempo_bpm)} beats a minute` : 'unknown'],
          ['Model', `${made.model.id} (${made.backend})`],
          ['Sample rate', `${made.sample_rate} Hz`],
          ['Steering', made.steering.length ? made.steering.map((one) => one.strength.toFixed(2)).join(', ') : 'none'],
          ['Request', made.request_id.slice(0, 12)],
        ].map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}
      </dl>
      <p class="row">
        ${FORMATS.map((form) => html`<a key=${form} href=${sound(id, form)} download>${form.toUpperCase()}</a>`)}
        <a href=${wholeFile(id)} download>A page with the sound inside</a>
        <a href=${makeAgain(id)} download>With all it takes to make it again</a>
      </p>
    </details>
  `;
}
