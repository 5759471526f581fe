/** A sweep through three fidelities, killed again and again at random moments: its table must be that of an undisturbed one. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killSweep } from '../tests/support/kill-sweep.js';

const [rounds = '5', kills = '6', given] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'trexgen-kill-'));
const file = join(folder, 'sweep.json');
writeFileSync(
  file,
  JSON.stringify({
    space: {
      'array.slices': [2, 4],
      'array.passes': '8..20',
      'envelope.codeWords': 32768,
      'run.task': 'mnist',
      'run.latency': '10..100:10',
      'port.prefetchBeats': [8, 32, 64],
      'port.burstBeats': 16,
    },
    fidelity: 'rtl',
    promote: 6,
    accuracyInputs: 20,
  }),
);
let bad = 0;
for (let round = 0; round < Number(rounds); round++) {
  const seed = given === undefined ? 1 + Math.floor(Math.random() * 1e6) : Number(given) + round;
  const { lost, same } = await killSweep(folder, file, { points: 2 * 13 * 10 * 3 + 12, kills: Number(kills), jobs: 2, seed });
  if (lost > 0 || !same) bad++;
  console.log(`seed ${seed}: ${kills} kills, ${lost} points lost, table ${same ? 'the same' : 'DIFFERS'}`);
}
rmSync(folder, { recursive: true });
process.exitCode = bad > 0 ? 1 : 0;
