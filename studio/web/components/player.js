// The player: the waveform is the ornament, and the native range under it is what is used.

import { html, useEffect, useImperativeHandle, useRef, useState } from '/web/vendor/htm-preact.js';
import { peaks as load } from '/web/api.js';
import { say } from '/web/say.js';
import { position, time } from '/web/words.js';

const SKIP_S = 5;

/** `other` is what can be compared with: the version before. */
export function Player({ id, src, other, seconds, handle }) {
  const audio = useRef();
  const [playing, setPlaying] = useState(false);
  const [looping, setLooping] = useState(false);
  const [now, setNow] = useState(0);
  const [comparing, setComparing] = useState(false);

  useEffect(() => {
    setNow(0);
    setComparing(false);
  }, [src]);
  const compare = () => {
    const [at, plays] = [audio.current.currentTime, !audio.current.paused];
    audio.current.src = comparing ? src : other;
    audio.current.currentTime = at;
    if (plays) audio.current.play();
    setComparing(!comparing);
    say(comparing ? 'This version' : 'The version before');
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

  const toggle = () => (audio.current.paused ? audio.current.play() : audio.current.pause());
  const seek = (to) => {
    audio.current.currentTime = Math.max(0, Math.min(seconds, to));
    setNow(audio.current.currentTime);
  };
  const skip = (by) => seek(audio.current.currentTime + by);
  useImperativeHandle(handle, () => ({
    toggle, skip, isPlaying: () => !audio.current.paused, at: () => audio.current.currentTime,
  }), [seconds]);

  return html`
    <section class="player" aria-label="Player">
      <audio
        ref=${audio} src=${src} preload="metadata" loop=${looping}
        onPlay=${() => setPlaying(true)} onPause=${() => setPlaying(false)} onEnded=${() => setPlaying(false)}
      />
      <${Waveform} id=${id} share=${seconds ? now / seconds : 0} />
      <label class="unseen" for="seek">Position</label>
      <input
        type="range" id="seek" class="seek" min="0" max=${seconds} step="0.1" value=${now}
        aria-valuetext=${position(now, seconds)} onInput=${(event) => seek(Number(event.target.value))}
      />
      <p class="transport">
        <button type="button" class="main" onClick=${toggle}>${playing ? 'Pause' : 'Play'}</button>
        <button type="button" onClick=${() => skip(-SKIP_S)}>Back ${SKIP_S} s</button>
        <button type="button" onClick=${() => skip(SKIP_S)}>On ${SKIP_S} s</button>
        <button type="button" aria-pressed=${looping} onClick=${() => setLooping(!looping)}>Repeat</button>
        ${other && html`<button type="button" aria-pressed=${comparing} onClick=${compare}>Compare</button>`}
        <span class="time" aria-hidden="true">${time(now)} / ${time(seconds)}</span>
      </p>
    </section>
  `;
}

function Waveform({ id, share }) {
  const canvas = useRef();
  const [found, setFound] = useState(null);
  useEffect(() => {
    setFound(null);
    // A picture only: without it the player is as useful.
    load(id, 300).then(setFound, () => {});
  }, [id]);
  useEffect(() => {
    const draw = () => drawWave(canvas.current, found, share);
    draw();
    const sizes = new ResizeObserver(draw);
    sizes.observe(canvas.current);
    return () => sizes.disconnect();
  }, [found, share]);
  return html`<canvas ref=${canvas} class="wave" aria-hidden="true" />`;
}

function drawWave(canvas, found, share) {
  const ratio = window.devicePixelRatio;
  const [width, height] = [canvas.clientWidth * ratio, canvas.clientHeight * ratio];
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const pen = canvas.getContext('2d');
  pen.clearRect(0, 0, width, height);
  if (!found) return;
  const style = getComputedStyle(canvas);
  const count = found.high.length;
  const step = width / count;
  const loudest = Math.max(0.05, ...found.high, ...found.low.map((low) => -low));
  const y = (value) => height / 2 - (value / loudest) * (height / 2 - ratio);
  for (let i = 0; i < count; i += 1) {
    pen.fillStyle = style.getPropertyValue(i / count < share ? '--accent' : '--line');
    const [top, bottom] = [y(found.high[i]), y(found.low[i])];
    pen.fillRect(i * step, top, Math.max(ratio, step - ratio), Math.max(ratio, bottom - top));
  }
}
