import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { planSweep } from '../../generator/studies/sweep/plan.js';
import { sweep } from '../../generator/studies/sweep/run-sweep.js';
import { sweepCsv } from '../../generator/studies/sweep/table.js';

/** A sweep file into a folder: results.csv, and counts.json with what was measured and what was known before. */
export async function runSweep(out: string, jobs: number, file: string, onPoint: () => void): Promise<void> {
  const plan = await planSweep(file, {});
  const swept = await sweep(plan, undefined, {
    out,
    folder: join(out, 'runs'),
    keep: false,
    jobs,
    retry: false,
    onLevel: () => undefined,
    onDone: onPoint,
  });
  writeFileSync(join(out, 'results.csv'), sweepCsv(swept));
  writeFileSync(join(out, 'counts.json'), JSON.stringify({ measured: swept.measured, known: swept.known }));
}
