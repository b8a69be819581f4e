// Numbers and states as people say them.

export const STEPS = [
  ['queued', 'Waiting for its turn'],
  ['downloading', 'Fetching your songs'],
  ['preprocessing', 'Preparing the sound'],
  ['extracting', 'Listening with the model'],
  ['uploading', 'Saving what it learned'],
  ['completed', 'Ready'],
];

const OTHER = { generating: 'Making music', failed: 'It did not work', cancelled: 'Cancelled' };

/** Words as a sentence, whoever wrote them. */
export const sentence = (words) => words[0].toUpperCase() + words.slice(1) + (/[.!?]$/.test(words) ? '' : '.');

export const stateInWords = (state) => new Map(STEPS).get(state) ?? OTHER[state] ?? state;

/** What a job is at: what is being prepared, where it says so. */
export function jobInWords(job) {
  const learns = ['concept', 'calibration'].includes(job.kind) && job.state === 'generating';
  const hears = ['preprocessing', 'extracting'].includes(job.state);
  if (learns && !job.step) return 'Learning what a slider changes';
  return job.step ?? (job.kind === 'impression' && hears ? 'Getting an impression' : stateInWords(job.state));
}

/** Whose quick impression it is. */
export const quickTitle = (describer) => `A quick impression${describer === 'gemini' ? ' by Gemini' : ''}`;

export function time(seconds) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

export function position(seconds, total) {
  return `${time(seconds)} of ${time(total)}`;
}

export function elapsed(seconds) {
  if (seconds < 60) return `${Math.round(seconds)} seconds`;
  const minutes = Math.round(seconds / 60);
  return minutes === 1 ? 'one minute' : `${minutes} minutes`;
}

const AMOUNTS = ['', 'a little ', '', 'much ', 'as much as there is '];

/** A slider's value in words, as "a little more". */
export function change(value) {
  if (value === 0) return 'as it is';
  return `${AMOUNTS[Math.max(1, Math.round(Math.abs(value) * 4))]}${value > 0 ? 'more' : 'less'}`;
}

/** The same with what is changed, as "a little more bass". */
export const amount = (value, what) => (value === 0 ? `${what} ${change(value)}` : `${change(value)} ${what}`);

const seed = (asked) => asked.seed + (asked.take ?? 0);

/** Whether nothing steers what is asked for. */
export const bare = (asked) => Boolean(asked) && !asked.playlist && !Object.values(asked.sliders ?? {}).some(Boolean);

/** Whether two requests are the same but for what steers them. */
export const sameBut = (one, other) => seed(one) === seed(other)
  && ['prompt', 'duration_s', 'melody', 'continues'].every((name) => (one[name] ?? null) === (other[name] ?? null));

/** What a text did, line by line. */
export function answerInWords(answer) {
  const { changes, kept, not_understood: unclear, undone, reset } = answer;
  return [
    ...changes.map((one) => (one.before === one.after
      ? `${one.slider} is at its end already`
      : `${one.slider}: ${one.before} to ${one.after}`)),
    ...kept.map((name) => `${name} stays`),
    ...(undone ? ['The change before is taken back'] : []),
    ...(reset ? ['All sliders are where they were at first'] : []),
    ...unclear.map((words) => `Not understood: ${words}`),
  ];
}

/** What a variant has that its parent has not, as "a little more bass, 10 seconds more". */
export function difference(one, parent) {
  const [now, before] = [one.request, parent.request];
  const same = (name) => JSON.stringify(now[name] ?? null) === JSON.stringify(before[name] ?? null);
  const found = [];
  if (one.title !== parent.title) found.push(one.title);
  const [was, is] = [before.sliders ?? {}, now.sliders ?? {}];
  if (bare(now) && !bare(before)) found.push('without steering');
  else {
    if (!same('playlist')) found.push(now.playlist ? `like ${now.playlist}` : 'like nobody');
    for (const name of new Set([...Object.keys(was), ...Object.keys(is)])) {
      if ((was[name] ?? 0) !== (is[name] ?? 0)) found.push(amount(is[name] ?? 0, name));
    }
    if (!['strength', 'steer', 'aggregate'].every(same)) found.push('steered otherwise');
  }
  if (!same('melody')) found.push('another melody');
  if (!same('continues')) found.push(`${elapsed(now.duration_s)} more`);
  else if (!same('duration_s')) found.push(`${elapsed(now.duration_s)} long`);
  const take = seed(now) - seed(before); // takes count on from their parent's seed
  if (take > 0 && take < 1000) found.push(`take ${take + 1}`);
  else if (take !== 0) found.push(`another take, ${seed(now)}`);
  const words = found.join(', ') || 'the same again';
  return words[0].toUpperCase() + words.slice(1);
}

/** What steers a piece, how strongly, and from when to when. */
export function steeringInWords({ steering, steer, steered }) {
  if (!steering.length) return steered === 'words' ? 'in words' : 'none';
  const strengths = steering.map((one) => one.strength.toFixed(2)).join(', ');
  const { start_s: start, end_s: end, ramp_s: ramp } = steer;
  if (!start && end === null && !ramp) return strengths;
  return `${strengths}; from ${time(start)} to ${end === null ? 'the end' : time(end)}`
    + `${ramp ? `, setting in and fading for ${elapsed(ramp)}` : ''}`;
}

export function ago(iso) {
  const days = Math.floor((Date.now() - new Date(iso)) / 86_400_000);
  if (days < 1) return 'today';
  return days === 1 ? 'yesterday' : `${days} days ago`;
}
