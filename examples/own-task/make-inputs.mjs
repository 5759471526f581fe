// Writes the inputs of this folder's task: rows of letters, and whether those of the second half of the alphabet are more.
// Usage: node make-inputs.mjs [FOLDER]
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [folder = dirname(fileURLToPath(import.meta.url))] = process.argv.slice(2);
const count = 400;
const letters = 8;

let state = 1;
/** 0 .. below - 1, the same numbers at every run. */
function draw(below) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
}

const lines = Array.from({ length: count }, () => {
  // Odd lengths have no tie.
  const ids = Array.from({ length: 3 + 2 * draw(5) }, () => draw(letters));
  const high = ids.filter((id) => id >= letters / 2).length;
  return JSON.stringify({ ids, labels: [2 * high > ids.length ? 1 : 0] });
});
writeFileSync(join(folder, 'inputs.jsonl'), `${lines.join('\n')}\n`);
