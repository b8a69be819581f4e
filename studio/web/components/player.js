// The player: the waveform is the ornament, and the native range under it is what is used.

import { html, useEffect, useImperativeHandle, useRef, useState } from '/web/vendor/htm-preact.js';
import { sound } from '/web/api.js';
import { Waveform } from './waveform.js';
import { say } from '/web/say.js';
import { position, time } from '/web/words.js';

const SKIP_S = 5;

// Who compares before the sound has begun only changes what is to be heard.
const play = (audio) => audio.play().catch((error) => {
  if (error.name !== 'AbortError') throw error;
});

/** `others` are versions to compare with: each has an `id`, and `words` for what is heard then. */
export function Player({ id, others, seconds, steer, handle }) {
  const audio = useRef();
  const [playing, setPlaying] = useState(false);
  const [looping, setLooping] = useState(false);
  const [now, setNow] = useState(0);
  const [heard, setHeard] = useState(id);
  const choices = [{ id, words: 'this version' }, ...others];
  const at = Math.max(0, choices.findIndex((one) => one.id === heard));

  useEffect(() => {
    setNow(0);
    setHeard(id);
  }, [id]);
  const hear = (next) => {
    const [place, plays] = [audio.current.currentTime, !audio.current.paused];
    audio.current.src = sound(next.id);
    audio.current.currentTime = place;
    if (plays) play(audio.current);
    setHeard(next.id);
    say(`You hear ${next.words}`);
  };
  useEffect(() => {
    if (!playing) return undefined;
    let frame;
    const follow = () => {
      setNow(audio.current.currentTime);
      frame = requestAnimationFrame(follow);
    };
    follow();
    return () => cancelAnimationFrame(frame);
  }, [playing]);

  const compare = () => hear(choices[(at + 1) % choices.length]);
  const toggle = () => (audio.current.paused ? play(audio.current) : audio.current.pause());
  const seek = (to) => {
    audio.current.currentTime = Math.max(0, Math.min(seconds, to));
    setNow(audio.current.currentTime);
  };
  const skip = (by) => seek(audio.current.currentTime + by);
  useImperativeHandle(handle, () => ({
    toggle, skip, compare: () => others.length > 0 && compare(),
    hear: (other) => hear(choices.find((one) => one.id === other)),
  }));

  return html`
    <section class="player" aria-label="Player">
      <audio
        ref=${audio} src=${sound(id)} preload="metadata" loop=${looping}
        onPlay=${() => setPlaying(true)} onPause=${() => setPlaying(false)} onEnded=${() => setPlaying(false)}
      />
      <${Waveform} id=${choices[at].id} share=${seconds ? now / seconds : 0} seconds=${seconds} steer=${at === 0 ? steer : null} />
      <label class="unseen" for="seek">Position</label>
      <input
        type="range" id="seek" min="0" max=${seconds} step="0.1" value=${now}
        style=${{ '--at': seconds ? now / seconds : 0 }} aria-valuetext=${position(now, seconds)} onInput=${(event) => seek(Number(event.target.value))}
      />
      <p class="times" aria-hidden="true"><span>${time(now)}</span><span>${time(seconds)}</span></p>
      <p class="transport">
        <button type="button" class="main" onClick=${toggle}>${playing ? 'Pause' : 'Play'}</button>
        <button type="button" onClick=${() => skip(-SKIP_S)}>Back ${SKIP_S} s</button>
        <button type="button" onClick=${() => skip(SKIP_S)}>Forward ${SKIP_S} s</button>
        <button type="button" aria-pressed=${looping} onClick=${() => setLooping(!looping)}>Repeat</button>
        ${others.length > 0 && html`<button type="button" aria-pressed=${at > 0} onClick=${compare}>Compare</button>`}
      </p>
      ${others.length > 0 && html`<p class="faint heard">You hear ${choices[at].words}.</p>`}
    </section>
  `;
}
