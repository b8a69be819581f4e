// Dark, light, or as the system has it.

import { html, useEffect, useState } from '/web/vendor/htm-preact.js';

const KEPT = 'theme';

export function Theme() {
  const [theme, setTheme] = useState(localStorage.getItem(KEPT) ?? 'system');
  useEffect(() => {
    localStorage.setItem(KEPT, theme);
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  return html`
    <label class="theme">
      <span>Colours</span>
      <select value=${theme} onChange=${(event) => setTheme(event.target.value)}>
        <option value="system">auto</option>
        <option value="light">light</option>
        <option value="dark">dark</option>
      </select>
    </label>
  `;
}
