// The only file that knows the service's addresses.

/** What went wrong, and what to do about it, as the service says it; `sending` is what needs consent. */
export class Problem extends Error {
  constructor(detail, remedy, sending) {
    super(detail);
    this.remedy = remedy;
    this.sending = sending;
  }
}

/** The studio does not answer: it may be started again. */
class Silence extends Problem {}

async function ask(method, path, body, headers = {}) {
  const isFile = body instanceof Blob;
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers: body && !isFile ? { 'Content-Type': 'application/json', ...headers } : headers,
      body: body && !isFile ? JSON.stringify(body) : body,
    });
  } catch {
    throw new Silence('The studio does not answer.', 'See that it runs, then try again');
  }
  if (answer.status === 204) return null;
  const found = await answer.json();
  if (answer.status === 401) window.dispatchEvent(new Event(LOCKED));
  if (!answer.ok) throw new Problem(found.detail, found.remedy, found.sending);
  return found;
}

const LOCKED = 'locked';
/** Call back when the studio wants its key. */
export const onLocked = (locked) => window.addEventListener(LOCKED, locked);
export const session = () => ask('GET', '/session');
export const enter = (key) => ask('POST', '/session', { key });
export const leave = () => ask('DELETE', '/session');

/** Ask for a job, once for each `key`. */
const start = (path, wanted, key) => ask('POST', path, wanted, { 'Idempotency-Key': key });

/** A name for a request that may be sent twice; `crypto.randomUUID` is there on HTTPS only. */
export const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16)).join('-');

/** Who can give a quick impression here. */
export const describers = async () => (await ask('GET', '/health')).describers;
/** What the model that plays here can do. */
export const abilities = async () => (await ask('GET', '/models')).find((one) => one.used);

export const playlists = () => ask('GET', '/playlists');
export const playlist = (name) => ask('GET', `/playlists/${encodeURIComponent(name)}`);

/** Have the model listen to a playlist; without a name it has that of its title. */
export const submitPlaylist = (source, name, key) => start('/playlists', { source, name }, key);

/** Have a playlist described in seconds, without the model. */
export const submitImpression = (source, describer, agreed, key) =>
  start('/impressions', { source, describer, agreed }, key);
export const impression = (key) => ask('GET', `/impressions/${key}`);

/** Send songs and lists, one after another. Returns what a playlist's source is called then. */
export async function upload(files, sent) {
  const { id } = await ask('POST', '/uploads');
  for (const [place, file] of files.entries()) {
    await ask('PUT', `/uploads/${id}/${encodeURIComponent(file.name)}`, file);
    sent(place + 1);
  }
  return `upload:${id}`;
}

export const sendMelody = (recording) => ask('POST', '/melodies', recording);
export const fetchMelody = (url) => ask('POST', '/melodies', { url });

/** What can be chosen about how music is steered. */
export const steering = () => ask('GET', '/steering');

/** What can be moved, in the order in which it is shown. */
export const sliders = async () => (await ask('GET', '/concepts')).filter((one) => one.slider);

export const makeSlider = (wanted, key) => start('/concepts', wanted, key);
export const removeSlider = (name) => ask('DELETE', `/concepts/${name}`);

// Consent that is not given is left out.
export const generate = (wanted, agreed, key) =>
  start('/generations', { ...wanted, consent: agreed || undefined }, key);

export const job = (id) => ask('GET', `/jobs/${id}`);
export const cancelJob = (id) => ask('DELETE', `/jobs/${id}`);
export const jobSound = (id) => `/jobs/${id}/audio`;

/** What is made of a creation now. */
export const jobsOf = (id) => ask('GET', `/jobs?${new URLSearchParams({ parent: id, active: true })}`);

const AGAIN_MS = 2000;

/**
 * Watch a job until it ends. When the connection breaks the browser comes back by itself, with the
 * last event it has seen, and where it gives up, it is asked to. Returns what ends the watch.
 *
 * `changed` gets the job, `away` whether the studio is silent, `lost` why there is nothing to watch.
 */
export function watchJob(id, changed, away, lost) {
  let events;
  let timer;
  const open = () => {
    events = new EventSource(`/jobs/${id}/events`);
    events.addEventListener('open', () => away(false));
    events.addEventListener('job', (event) => {
      const found = JSON.parse(event.data);
      if (isOver(found)) events.close();
      changed(found);
    });
    events.addEventListener('error', () => {
      if (events.readyState === EventSource.CLOSED) look();
      else away(true);
    });
  };
  // EventSource hides why it is refused: ask plainly.
  const look = () => job(id).then((found) => {
    away(false);
    changed(found);
    if (!isOver(found)) timer = setTimeout(open, AGAIN_MS);
  }, (problem) => {
    if (!(problem instanceof Silence)) return lost(problem);
    away(true);
    timer = setTimeout(look, AGAIN_MS);
    return undefined;
  });
  open();
  return () => {
    events.close();
    clearTimeout(timer);
  };
}

export const isOver = (found) => ['completed', 'failed', 'cancelled'].includes(found.state);

/** Creations as they are wanted: `search`, `favourites`, `families` together, and `limit` of them. */
export const creations = (wanted) => ask('GET', `/creations?${new URLSearchParams(wanted)}`);
/** A creation, what it was made from, and all that was made from these. */
export const family = (id) => ask('GET', `/creations/${id}/family`);
export const creation = (id) => ask('GET', `/creations/${id}`);
export const changeCreation = (id, change) => ask('PATCH', `/creations/${id}`, change);
export const removeCreation = (id) => ask('DELETE', `/creations/${id}`);
export const makeVariant = (id, change, agreed) =>
  ask('POST', `/creations/${id}/variants`, { ...change, consent: agreed || undefined });
export const refine = (id, text, positions, history) =>
  ask('POST', `/creations/${id}/refine`, { text, sliders: positions, history });
export const peaks = (id, buckets) => ask('GET', `/creations/${id}/peaks?buckets=${buckets}`);
export const sound = (id, format = 'wav') => `/creations/${id}/audio?format=${format}`;
export const wholeFile = (id) => `/creations/${id}/page`;
/** Take in a piece that was exported, here or elsewhere. */
export const takeIn = (file) => ask('POST', '/creations', file);
export const makeAgain = (id) => `/creations/${id}/export`;

/** Make a link to one piece, for others. */
export async function share(id) {
  const { path, expires_at: until } = await ask('POST', `/creations/${id}/shares`, {});
  return { address: location.origin + path, until };
}
