// A piece: listen, compare, change, keep.

import { html, useEffect, useRef, useState } from '/web/vendor/htm-preact.js';
import {
  cancelJob, changeCreation, creation as load, family, makeVariant, refine, share, sliders as loadSliders, sound,
} from '/web/api.js';
import { useAbilities } from '/web/components/abilities.js';
import { useAccent } from '/web/components/accent.js';
import { Advanced } from '/web/components/advanced.js';
import { Chat } from '/web/components/chat.js';
import { useConsent } from '/web/components/consent.js';
import { Details } from '/web/components/details.js';
import { More } from '/web/components/more.js';
import { OwnSlider } from '/web/components/own-slider.js';
import { Player } from '/web/components/player.js';
import { Remaking, useJobsOf } from '/web/components/remaking.js';
import { Shared } from '/web/components/shared.js';
import { useShortcuts } from '/web/components/shortcuts.js';
import { Slider } from '/web/components/slider.js';
import { attempt, Trouble } from '/web/components/trouble.js';
import { forest, inOrder, Versions } from '/web/components/versions.js';
import { useKept } from '/web/kept.js';
import { go } from '/web/navigate.js';
import { say } from '/web/say.js';
import { answerInWords, bare, sameBut } from '/web/words.js';

const AUTO = 'switch-automatically';
const LONG = 60; // of a title: it is no headline any more

export default function Dashboard({ id }) {
  const [piece, setPiece] = useState(null);
  const [all, setAll] = useState(null);
  const [known, setKnown] = useState(null);
  const [problem, setProblem] = useState(null);
  const [moved, setMoved] = useKept(`sliders of ${id}`, null);
  const [history, setHistory] = useKept(`words to ${id}`, []);
  const [jobs, replaceJobs] = useJobsOf(id);
  const [automatic, setAutomatic] = useState(localStorage.getItem(AUTO) === 'yes');
  const [link, setLink] = useState(null);
  const player = useRef();
  const asked = useRef(new Map());
  const over = useRef(new Set());
  const latest = useRef(null);
  const can = useAbilities();
  const [dialog, consented] = useConsent(true);
  useAccent(piece?.request.playlist);
  const sliders = moved ?? piece?.request.sliders ?? {};

  const look = () => family(id).then((found) => {
    setAll(found);
    return found;
  }, (problem) => {
    setAll([]);
    setProblem(problem);
  });
  const count = () => loadSliders().then(setKnown, (problem) => {
    setKnown([]);
    setProblem(problem);
  });
  useEffect(() => {
    load(id).then(setPiece, setProblem);
    look();
    count();
  }, [id]);
  // All at once: nothing that is there moves away when something comes.
  const ready = Boolean(piece && all && known);
  useEffect(() => {
    if (!ready) return;
    document.title = `${piece.title} - Resonance`;
    say(piece.title); // the heading that has the focus was another
  }, [ready]);

  // What has ended makes room for what is asked for now.
  const make = (change, ...gone) => attempt(setProblem, async () => {
    const job = await consented((agreed) => makeVariant(id, change, agreed));
    if (!job) return null;
    asked.current.set(job.id, change);
    replaceJobs([...over.current, ...gone], [job.id]);
    return job.id;
  });
  // A change is asked for at once; the one before it is of no use any more.
  const remake = async (change) => {
    const before = latest.current;
    const next = await make(change, before);
    if (!next) return;
    latest.current = next;
    if (before && !over.current.has(before)) cancelJob(before).catch(() => {});
  };
  const regenerate = (next) => {
    setMoved(next);
    return remake({ sliders: next });
  };
  const ended = async (job) => {
    over.current.add(job.id);
    if (job.state !== 'completed' || job.creations.includes(id)) return;
    const made = job.creations;
    const found = await look();
    const twin = bare(found?.find((one) => one.id === made[0])?.request) && !bare(piece.request);
    if (automatic && made.length === 1 && !twin) go(`/studio/${made[0]}`);
    else if (twin) say('Without steering is ready. Compare plays it.');
    else say(made.length === 1
      ? 'A new version is ready. It is in the list of versions.'
      : `${made.length} new takes are ready. They are in the list of versions.`);
  };
  const drop = (job) => {
    replaceJobs([job], []);
    document.getElementById('change').focus(); // what had the focus is gone
  };

  const move = (name, value) => regenerate({ ...sliders, [name]: value });
  const ask = async (words) => {
    const answer = await refine(id, words, sliders, history);
    setHistory(answer.history);
    if (answer.changes.length || answer.undone || answer.reset) await regenerate(answer.positions);
    return answerInWords(answer);
  };
  const trees = forest(all ?? []);
  const order = trees.flatMap(inOrder).map((one) => one.id);
  const step = (by) => {
    const next = order[order.indexOf(id) + by];
    if (next) go(`/studio/${next}`);
  };
  const tab = (place) => document.getElementById(`slider-${known?.[place]?.name}`)?.focus();
  useShortcuts({
    ' ': () => player.current?.toggle(),
    ArrowLeft: () => player.current?.skip(-5),
    ArrowRight: () => player.current?.skip(5),
    '[': () => step(-1),
    ']': () => step(1),
    a: () => player.current?.compare(),
    c: () => document.getElementById('chat')?.focus(),
    d: () => document.getElementById('download')?.click(),
    ...Object.fromEntries([...'1234567'].map((key, place) => [key, () => tab(place)])),
  });

  if (!ready) {
    return html`<h1 tabindex="-1">${problem ? 'Nothing to play' : 'One moment'}</h1><${Trouble} problem=${problem} id="piece-problem" />`;
  }
  const { made } = piece;
  const parent = all.find((one) => one.id === piece.parent);
  const steered = made.steering.length > 0;
  const twin = steered && all.find((one) => bare(one.request) && sameBut(one.request, piece.request));
  const others = [
    ...(parent && parent.id !== twin?.id ? [{ id: parent.id, words: 'the version before' }] : []),
    ...(twin ? [{ id: twin.id, words: 'it without steering' }] : []),
  ];
  const auto = (event) => {
    localStorage.setItem(AUTO, event.target.checked ? 'yes' : 'no');
    setAutomatic(event.target.checked);
  };
  const favourite = () => changeCreation(id, { favourite: !piece.favourite })
    .then((changed) => setPiece({ ...piece, ...changed }), setProblem);
  const show = (found) => {
    setLink(found);
    say('The link is there');
  };
  return html`
    <h1 tabindex="-1" dir="auto" class=${piece.title.length > LONG ? 'long' : ''}>${piece.title}</h1>
    <${Trouble} problem=${problem} id="piece-problem" />
    <${Player}
      id=${id} others=${others} seconds=${made.duration_s} steer=${steered ? made.steer : null} handle=${player}
    />
    <p class="row">
      <button type="button" aria-pressed=${piece.favourite} onClick=${favourite}>
        <span aria-hidden="true">${piece.favourite ? '★' : '☆'} </span>Favourite
      </button>
      <button type="button" onClick=${() => share(id).then(show, setProblem)}>Share</button>
      <a id="download" href=${sound(id)} download>Download</a>
      ${parent && html`<a href="/studio/${parent.id}">The version before it</a>`}
    </p>
    ${link && html`<${Shared} link=${link} fail=${setProblem} />`}
    <section class="refine" aria-labelledby="change">
      <h2 id="change" tabindex="-1">Change it</h2>
      <div class="remakes">
        ${jobs.length === 0
          ? html`<p class="faint">Each change makes a new version. This one stays as it is.</p>`
          : html`<ul class="list">${jobs.map((job) => html`
            <${Remaking}
              key=${job} id=${job} ended=${ended} drop=${() => drop(job)}
              again=${asked.current.has(job) && (() => make(asked.current.get(job), job))}
            />
          `)}</ul>`}
      </div>
      <label class="check">
        <input type="checkbox" checked=${automatic} onChange=${auto} /> Switch to a new version as soon as it is ready
      </label>
      ${known.map((one) => html`
        <${Slider}
          key=${one.name} id="slider-${one.name}" name=${one.name} label=${one.label}
          value=${sliders[one.name] ?? 0} changed=${move}
        />
      `)}
      ${can.steer
        ? html`<${OwnSlider} own=${known.filter((one) => one.own)} changed=${count} />`
        : html`<p class="faint">The model here is steered in words: it has no sliders of your own, and no recipes or layers.</p>`}
    </section>
    <${Chat} name=${id} ask=${ask} undo=${() => ask('undo')} />
    <${More} piece=${piece} goesOn=${can.continuation} without=${twin && (() => player.current.hear(twin.id))} change=${make} />
    <${Advanced} request=${piece.request} change=${(wanted) => remake({ sliders, ...wanted })} />
    <${Details} piece=${piece} />
    <${Versions} trees=${trees} current=${id} />
    ${dialog}
  `;
}
