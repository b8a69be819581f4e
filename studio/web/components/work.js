// Watching a job: its state is said once, and it can be cancelled.

import { html, useEffect, useRef, useState } from '/web/vendor/htm-preact.js';
import { cancelJob, isOver, watchJob } from '/web/api.js';
import { alarm, say } from '/web/say.js';
import { jobInWords, sentence } from '/web/words.js';

/**
 * Follow a job by its id. Returns what is known of it, why it cannot be watched, and whether the studio is silent.
 * Each state is said once; that it is ready is left to who follows it where they say what came of it (`result`).
 */
export function useJob(id, { result = false } = {}) {
  const [found, setFound] = useState(null);
  const [problem, setProblem] = useState(null);
  const [silent, setSilent] = useState(false);
  useEffect(() => {
    setFound(null);
    setProblem(null);
    setSilent(false);
    if (!id) return undefined;
    let said = '';
    const once = (words, speak = say) => {
      if (words !== said) speak(words);
      said = words;
    };
    const tell = (now) => {
      setFound(now);
      const words = jobInWords(now);
      if (now.state === 'failed') once(`${words}: ${now.reason}`, alarm);
      else if (now.state !== 'completed' || !result) once(words);
    };
    const away = (is) => {
      setSilent(is);
      if (is) once(SILENCE);
    };
    return watchJob(id, tell, away, setProblem);
  }, [id]);
  return [found, problem, silent];
}

const SILENCE = 'The studio does not answer. It is asked again until it does.';

export const Silent = ({ silent }) => silent && html`<p class="notice">${SILENCE}</p>`;

export function Cancel({ found, children }) {
  const [asked, setAsked] = useState(false);
  const [refused, setRefused] = useState(null);
  const button = useRef();
  const over = found && isOver(found);
  const held = Boolean(over && button.current && button.current === document.activeElement);
  useEffect(() => {
    if (held || (over && asked)) document.querySelector('h1').focus(); // the button that had the focus is gone
  }, [over, asked]);
  if (!found || over) return null;
  const cancel = () => {
    setAsked(true);
    setRefused(null);
    cancelJob(found.id).catch((problem) => {
      setAsked(false);
      setRefused(problem);
      alarm(problem.message);
    });
  };
  return html`
    <button type="button" ref=${button} onClick=${cancel}>${asked ? 'Cancelling ...' : children}</button>
    ${refused && html`<span> ${sentence(refused.message)} ${refused.remedy && sentence(refused.remedy)}</span>`}
  `;
}
