// Watching a job: its state is said once, and it can be cancelled.

import { html, useEffect, useState } from '/web/vendor/htm-preact.js';
import { cancelJob, isOver, job as load, watchJob } from '/web/api.js';
import { alarm, say } from '/web/say.js';
import { jobInWords } from '/web/words.js';

/** Follow a job by its id. Returns what is known of it, and what went wrong with watching. */
export function useJob(id) {
  const [found, setFound] = useState(null);
  const [problem, setProblem] = useState(null);
  useEffect(() => {
    setFound(null);
    setProblem(null);
    if (!id) return undefined;
    const tell = (now) => {
      setFound(now);
      const words = jobInWords(now);
      if (now.state === 'failed') alarm(`${words}: ${now.reason}`);
      else say(words);
    };
    // EventSource hides why it is refused: ask plainly.
    return watchJob(id, tell, () => load(id).then(tell, setProblem));
  }, [id]);
  return [found, problem];
}

export function Cancel({ found, children }) {
  const [asked, setAsked] = useState(false);
  if (!found || isOver(found)) return null;
  const cancel = () => {
    setAsked(true);
    cancelJob(found.id).catch((problem) => alarm(problem.message));
  };
  return html`
    <button type="button" onClick=${cancel} disabled=${asked}>
      ${asked ? 'Cancelling ...' : children}
    </button>
  `;
}
