// Single keys for those who like them, shown in a dialog, where they can be switched off.

import { html, useEffect, useRef, useState } from '/web/vendor/htm-preact.js';
import { Dialog } from './dialog.js';

const OFF = 'shortcuts-off';
const KEYS = [
  ['Space', 'Play or pause'],
  ['← →', 'Back or on by five seconds'],
  ['[ ]', 'Version before or after'],
  ['a', 'Compare: this version, the one before, without steering'],
  ['1 to 7', 'To a slider'],
  ['c', 'To the conversation'],
  ['d', 'Download'],
  ['?', 'This list'],
];

const isOff = () => localStorage.getItem(OFF) === 'yes';

/** Do what belongs to a key, unless somebody types, or a control takes the key for itself. */
export function useShortcuts(actions) {
  const latest = useRef(actions);
  latest.current = actions;
  useEffect(() => {
    const press = (event) => {
      const action = latest.current[event.key];
      if (!action || isOff() || event.ctrlKey || event.altKey || event.metaKey) return;
      const target = event.target;
      if (target.closest('input:not([type=range]), textarea, select, dialog')) return;
      if (event.key === ' ' && target.closest('button, a, summary, input')) return;
      if (event.key.startsWith('Arrow') && target.closest('input')) return;
      event.preventDefault();
      action();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
}

export function Help({ open, close }) {
  const [off, setOff] = useState(isOff());
  const toggle = (event) => {
    localStorage.setItem(OFF, event.target.checked ? 'no' : 'yes');
    setOff(!event.target.checked);
  };
  return html`
    <${Dialog} title=${open && 'Keys'} close=${close}>
      <p>Everything can also be reached with Tab and pressed with Enter or Space.</p>
      <dl class="pairs">
        ${KEYS.map(([key, does]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${does}</dd></div>`)}
      </dl>
      <label class="check">
        <input type="checkbox" checked=${!off} onChange=${toggle} /> Single keys are on
      </label>
      <p><button type="button" onClick=${close}>Close</button></p>
    <//>
  `;
}
