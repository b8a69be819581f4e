// The waveform: from lowest to highest sample, how loud it is, and below it when it is steered.

import { html, useEffect, useRef, useState } from '/web/vendor/htm-preact.js';
import { peaks as load } from '/web/api.js';

const BUCKETS = 200;
const STRIP = 12;
const COLOURS = ['(prefers-color-scheme: dark)', '(forced-colors: active)'];

/** A picture of a piece; `share` of it was played, `steer` says from when to when it is steered. */
export function Waveform({ id, share, seconds, steer }) {
  const canvas = useRef();
  const [found, setFound] = useState(null);
  useEffect(() => {
    setFound(null);
    // A picture only: without it the player is as useful.
    load(id, BUCKETS).then(setFound, () => {});
  }, [id]);
  useEffect(() => {
    const paint = () => draw(canvas.current, found, share, seconds, steer);
    paint();
    const sizes = new ResizeObserver(paint);
    sizes.observe(canvas.current);
    const theme = new MutationObserver(paint);
    theme.observe(document.documentElement, { attributes: true });
    const media = COLOURS.map((query) => window.matchMedia(query));
    media.forEach((one) => one.addEventListener('change', paint));
    return () => {
      sizes.disconnect();
      theme.disconnect();
      media.forEach((one) => one.removeEventListener('change', paint));
    };
  }, [found, share, seconds, steer]);
  return html`<canvas ref=${canvas} class="wave" aria-hidden="true" />`;
}

function draw(canvas, found, share, seconds, steer) {
  const ratio = window.devicePixelRatio;
  const [width, height] = [canvas.clientWidth * ratio, canvas.clientHeight * ratio];
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const pen = canvas.getContext('2d');
  pen.clearRect(0, 0, width, height);
  if (!found) return;
  const style = getComputedStyle(canvas);
  const colour = (name) => style.getPropertyValue(name);
  const strip = steer ? STRIP * ratio : 0;
  drawWave(pen, found, { width, height: height - strip, ratio, played: share * width, colour });
  if (steer) drawSteering(pen, steer, seconds, { width, top: height - strip, height, ratio, colour });
}

function drawWave(pen, found, { width, height, ratio, played, colour }) {
  const step = width / found.high.length;
  const loudest = Math.max(0.05, ...found.high, ...found.low.map((low) => -low));
  const y = (value) => height / 2 - (value / loudest) * (height / 2 - ratio);
  const bar = (place, low, high) => {
    // On whole pixels, or the colours of neighbours mix.
    const [left, right, top, bottom] = [place * step, (place + 1) * step, y(high), y(low)].map(Math.round);
    pen.fillRect(left, top, Math.max(1, right - left - Math.round(ratio)), Math.max(1, bottom - top));
  };
  found.rms.forEach((loud, place) => {
    const before = place * step < played;
    pen.fillStyle = colour(before ? '--wave-played' : '--wave');
    bar(place, found.low[place], found.high[place]);
    pen.fillStyle = colour(before ? '--accent' : '--faint');
    bar(place, Math.max(-loud, found.low[place]), Math.min(loud, found.high[place]));
  });
}

/** A line as high as steering is strong, and a mark where it sets in and where it ends. */
function drawSteering(pen, { start_s: start, end_s: end, ramp_s: ramp }, seconds, { width, top, height, ratio, colour }) {
  const x = (at) => ratio + (Math.min(at, seconds) / seconds) * (width - 2 * ratio);
  const [ends, low, high] = [end ?? seconds, height - ratio, top + 4 * ratio];
  pen.strokeStyle = pen.fillStyle = colour('--accent');
  pen.lineWidth = 2 * ratio;
  pen.setLineDash([6 * ratio, 3 * ratio]); // or it looks like one more slider
  pen.beginPath();
  pen.moveTo(x(start), low);
  pen.lineTo(x(Math.min(start + ramp, ends)), high);
  pen.lineTo(x(end === null ? ends : Math.max(start, ends - ramp)), high);
  if (end !== null) pen.lineTo(x(ends), low);
  pen.stroke();
  for (const at of end === null ? [start] : [start, ends]) pen.fillRect(x(at) - ratio, top + ratio, 2 * ratio, height - top - ratio);
}
