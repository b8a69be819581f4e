// A slider that needs no dragging: native range, two large buttons, and its value in words.

import { html, useEffect, useRef, useState } from '/web/vendor/htm-preact.js';
import { say } from '/web/say.js';
import { amount, change } from '/web/words.js';

const STEP = 0.1;
const PAGE = 5 * STEP;
const SETTLED_MS = 700;

const FINEST = 0.05;

const within = (value) => Math.max(-1, Math.min(1, Math.round(value * 20) / 20));

/**
 * A slider from -1 to 1. `changed` is called once a change has settled.
 */
export function Slider({ name, label, value, changed, id }) {
  const [now, setNow] = useState(value);
  const timer = useRef();
  useEffect(() => setNow(value), [value]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const set = (next) => {
    setNow(within(next));
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      say(`${label}: ${amount(within(next), label.toLowerCase())}`);
      changed(name, within(next));
    }, SETTLED_MS);
  };
  const press = (event) => {
    const next = {
      Home: 0, PageUp: now + PAGE, PageDown: now - PAGE,
      ArrowUp: now + STEP, ArrowRight: now + STEP, ArrowDown: now - STEP, ArrowLeft: now - STEP,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    set(next);
  };
  const words = amount(now, label.toLowerCase());
  return html`
    <div class="slider">
      <label for=${id}>${label}</label>
      <span class="value" aria-hidden="true">${change(now)}</span>
      <div class="slide">
        <button type="button" aria-label="Less ${label.toLowerCase()}" onClick=${() => set(now - STEP)}>−</button>
        <input
          type="range" id=${id} min="-1" max="1" step=${FINEST} value=${now} aria-valuetext=${words}
          style=${{ '--at': (now + 1) / 2 }}
          onInput=${(event) => set(Number(event.target.value))} onKeyDown=${press}
        />
        <button type="button" aria-label="More ${label.toLowerCase()}" onClick=${() => set(now + STEP)}>+</button>
      </div>
    </div>
  `;
}
