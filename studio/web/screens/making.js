// While a piece is made: where it stands, and its sound as soon as there is some.

import { html, useEffect, useRef, useState } from '/web/vendor/htm-preact.js';
import { isOver, jobSound } from '/web/api.js';
import { useAccent } from '/web/components/accent.js';
import { Trouble } from '/web/components/trouble.js';
import { Cancel, Silent, useJob } from '/web/components/work.js';
import { go } from '/web/navigate.js';
import { elapsed, jobInWords, sentence } from '/web/words.js';

export default function Making({ id, query }) {
  const [found, problem, silent] = useJob(id);
  useAccent(query.get('playlist'));
  const [passed, setPassed] = useState(0);
  const [listening, setListening] = useState(false);
  const audio = useRef();

  useEffect(() => {
    const timer = setInterval(() => setPassed((before) => before + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  const done = found?.state === 'completed';
  useEffect(() => {
    // Whoever listens already is not torn away from it.
    if (done && !listening) go(`/studio/${found.result}`, { replace: true });
  }, [done, listening]);

  const progress = found?.progress ?? 0;
  const began = found?.started_at ? (Date.now() - new Date(found.started_at)) / 1000 : passed;
  const left = progress > 0.05 ? (began / progress) * (1 - progress) : null;
  const others = found?.position > 1 ? `${found.position} others come first` : 'One other comes first';
  const stand = [
    ...(found?.state === 'queued' ? [found.position > 0 ? others : 'It is next'] : []),
    ...(found?.step ? ['It learns this once, and that can take some minutes'] : []),
    `${elapsed(began)} passed${left === null ? '' : `, about ${elapsed(left)} to go`}`,
  ].join('. ');
  const bad = ['failed', 'cancelled'].includes(found?.state);
  return html`
    <h1 tabindex="-1">${found ? jobInWords(found) : problem ? 'Nothing to play' : 'One moment'}</h1>
    <${Trouble} problem=${problem} id="making-problem" />
    <${Silent} silent=${silent} />
    ${found && !isOver(found) && html`
      <label for="done">${stand}</label>
      <progress id="done" max="1" value=${found.state === 'queued' || found.step ? undefined : progress} />
    `}
    ${!bad && html`<p class="sound">${(progress > 0 || listening) && html`
        <audio ref=${audio} controls autoplay src=${jobSound(id)} preload="none" aria-label="The piece while it is made"
          onPlay=${() => setListening(true)} onEnded=${() => setListening(false)} onPause=${() => setListening(false)} />
    `}</p>`}
    ${done && html`<p><a class="main" href="/studio/${found.result}">Open it in the studio</a></p>`}
    ${bad && html`<p>${sentence(found.reason)}</p><p><a class="main" href="/prompt?${query}">Ask again</a></p>`}
    <p><${Cancel} found=${found}>Cancel<//></p>
  `;
}
