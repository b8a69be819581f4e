// Saying what should change: "more bass, less tension".

import { html, useRef, useState } from '/web/vendor/htm-preact.js';
import { useKept } from '/web/kept.js';
import { attempt, Trouble } from './trouble.js';

/**
 * The conversation about what has a `name`. `ask` takes the words and returns what moved, as lines of text; `undo` takes
 * back the last of it.
 */
export function Chat({ name, ask, undo }) {
  const [lines, setLines] = useKept(`talk about ${name}`, []);
  const [words, setWords] = useKept(`saying about ${name}`, '');
  const [problem, setProblem] = useState(null);
  const field = useRef();

  const send = (event) => {
    event.preventDefault();
    if (!words.trim()) return field.current.focus();
    return attempt(setProblem, async () => {
      const moved = await ask(words);
      setLines([...lines, { words, moved }]);
      if (field.current.value === words) setWords(''); // else somebody has gone on typing
    });
  };
  const takeBack = () => {
    undo();
    setLines(lines.slice(0, -1));
    field.current.focus();
  };
  return html`
    <section aria-labelledby="chat-title">
      <h2 id="chat-title">In your own words</h2>
      <div role="log" aria-label="What you said, and what moved">${lines.length > 0 && html`<ol class="talk">
        ${lines.map((line) => html`
          <li>
            <p class="said" dir="auto">${line.words}</p>
            <p>${line.moved.length ? line.moved.join('; ') : 'Nothing of this moves a slider.'}</p>
          </li>
        `)}
      </ol>`}</div>
      <form onSubmit=${send}>
        <label for="chat">What should change?</label>
        <div class="row">
          <input
            id="chat" ref=${field} dir="auto" value=${words} placeholder="more bass, less tension" autocomplete="off"
            aria-describedby=${problem ? 'chat-problem' : undefined} onInput=${(event) => setWords(event.target.value)}
          />
          <button type="submit">Change it</button>
        </div>
      </form>
      <${Trouble} problem=${problem} id="chat-problem" />
      ${lines.length > 0 && html`<button type="button" onClick=${takeBack}>Undo the last change</button>`}
    </section>
  `;
}
