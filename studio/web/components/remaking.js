// What is being made of a piece: how far it is, how it ended, and what came of it.

import { html, useEffect, useState } from '/web/vendor/htm-preact.js';
import { cancelJob, isOver, jobsOf } from '/web/api.js';
import { Silent, useJob } from './work.js';
import { useKept } from '/web/kept.js';
import { alarm } from '/web/say.js';
import { jobInWords, sentence } from '/web/words.js';

/**
 * The ids of the jobs that are shown, and what takes some away and adds others. Those that this tab
 * asked for are kept until they are taken away; others show while they go on.
 */
export function useJobsOf(id) {
  const [asked, setAsked] = useKept(`jobs of ${id}`, []);
  const [others, setOthers] = useState([]);
  useEffect(() => {
    // Without this list the page is as useful; what was asked for in this tab is known.
    jobsOf(id).then((found) => setOthers(found.map((one) => one.id).reverse()), () => {});
  }, [id]);
  const shown = [...new Set([...others, ...asked])];
  const replace = (gone, added) => {
    const stay = (one) => !gone.includes(one);
    setAsked((before) => [...before.filter(stay), ...added]);
    setOthers((before) => before.filter(stay));
  };
  return [shown, replace];
}

/** One job; `ended` gets it once it has, `again` asks for the same once more, `drop` forgets it. */
export function Remaking({ id, ended, again, drop }) {
  const [found, problem, silent] = useJob(id, { result: true });
  const over = found && isOver(found);
  const [cancelling, setCancelling] = useState(false);
  useEffect(() => {
    if (over) ended(found);
  }, [over]);
  const cancel = () => {
    setCancelling(true);
    cancelJob(id).catch((refused) => alarm(refused.message));
  };
  const share = found?.state === 'generating' && !found.step && found.progress;
  return html`
    <li class="remaking">
      <p aria-live="off">
        ${problem ? sentence(problem.message) : ''}
        ${found && !over ? `${jobInWords(found)}${share ? `: ${Math.round(share * 100)} %` : ''} ...` : ''}
        ${found?.state === 'failed' ? `${jobInWords(found)}: ${sentence(found.reason)}` : ''}
        ${found?.state === 'cancelled' ? `${jobInWords(found)}.` : ''}
        ${found?.state === 'completed' ? html`<${Made} creations=${found.creations} />` : ''}
      </p>
      <${Silent} silent=${silent} />
      ${found?.state === 'failed' && again && html`<button type="button" onClick=${again}>Try again</button>`}
      <button type="button" onClick=${over || problem ? drop : cancel}>
        ${over || problem ? 'Put away' : cancelling ? 'Cancelling ...' : 'Cancel'}
      </button>
    </li>
  `;
}

function Made({ creations }) {
  if (creations.length === 1) return html`A new version is ready: <a href="/studio/${creations[0]}">listen to it</a>`;
  return html`${creations.length} new takes are ready, under Versions: <a href="/studio/${creations[0]}">listen to the first</a>`;
}
