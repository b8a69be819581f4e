// Songs and lists from this machine: picked, or dropped, also as a folder.

import { html } from '/web/vendor/htm-preact.js';
import { Pick } from './pick.js';

const LISTS = ['.m3u', '.m3u8', '.xspf', '.jspf', '.json', '.csv', '.tsv', '.txt'];
const isList = (file) => LISTS.some((suffix) => file.name.toLowerCase().endsWith(suffix));
const isSong = (file) => file.type.startsWith('audio/') || file.type.startsWith('video/');

/** Whether a list is among files: it has a title of its own. */
export const hasList = (files) => files.some(isList);

/** All files of what was dropped; of folders, those that are songs or lists. */
async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some((entry) => entry.isDirectory)) return [...transfer.files];
  const files = (await Promise.all(entries.map(below))).flat();
  return files.filter((file) => isSong(file) || isList(file));
}

async function below(entry) {
  if (!entry.isDirectory) return [await new Promise((found, failed) => entry.file(found, failed))];
  const reader = entry.createReader();
  const entries = [];
  for (;;) { // it gives some at a time
    const some = await new Promise((found, failed) => reader.readEntries(found, failed));
    if (!some.length) break;
    entries.push(...some);
  }
  return (await Promise.all(entries.map(below))).flat();
}

/** `take` gets the files; `sent` is how many of them have arrived. */
export function Files({ take, sent, busy }) {
  const drop = (event) => {
    event.preventDefault();
    dropped(event.dataTransfer).then((files) => files.length && take(files));
  };
  return html`
    <div class="drop" onDragOver=${(event) => event.preventDefault()} onDrop=${drop}>
      <${Pick} id="files" accept=${['audio/*', ...LISTS].join()} multiple take=${take} disabled=${busy}>Choose songs or a list<//>
      <span> or drop them here, or a folder.${sent ? ` ${sent} sent.` : ''}</span>
      <p class="faint">A list (M3U, XSPF, JSPF, CSV or text) names web addresses, or songs that you choose with it.</p>
    </div>
  `;
}
