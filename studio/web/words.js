// Numbers and states as people say them.

export const STEPS = [
  ['queued', 'Waiting for its turn'],
  ['downloading', 'Fetching your songs'],
  ['preprocessing', 'Preparing the sound'],
  ['extracting', 'Listening with the model'],
  ['uploading', 'Saving what it learned'],
  ['completed', 'Ready'],
];

const OTHER = { generating: 'Playing', failed: 'It did not work', cancelled: 'Cancelled' };

export const stateInWords = (state) => new Map(STEPS).get(state) ?? OTHER[state] ?? state;

/** What a job is at: what is being prepared, where it says so. */
export function jobInWords(job) {
  const hears = ['preprocessing', 'extracting'].includes(job.state);
  return job.step ?? (job.kind === 'impression' && hears ? 'Getting an impression' : stateInWords(job.state));
}

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

/** A slider's value in words, as "a little more bass". */
export function amount(value, what) {
  if (value === 0) return `${what} as it is`;
  const size = AMOUNTS[Math.max(1, Math.round(Math.abs(value) * 4))];
  return `${size}${value > 0 ? 'more' : 'less'} ${what}`;
}

export function ago(iso) {
  const days = Math.floor((Date.now() - new Date(iso)) / 86_400_000);
  if (days < 1) return 'today';
  return days === 1 ? 'yesterday' : `${days} days ago`;
}
