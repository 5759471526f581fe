/** The area of a point counted by yosys; all else is what the level below has measured. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { synthesize } from '../../synth/synthesize.js';
import type { SynthReport } from '../../synth/cell-counts.js';
import type { Item, Job } from './jobs.js';
import { synthesisFolder } from './kept-files.js';
import { checkedParams } from './measure.js';
import { synthesisCounts, type Outcome } from './outcome.js';

/** Points of one design are synthesised once. */
const made = new Map<string, SynthReport>();

export async function measureSynthesis({ point, lower }: Item, { measuring: { target }, folder, keep }: Job): Promise<Outcome> {
  if (lower?.state !== 'measured') throw new Error('a point without a measurement below went up to synthesis');
  const params = checkedParams(point);
  const name = synthesisFolder(params, target);
  let report = made.get(name);
  if (report === undefined) {
    const out = join(folder, name);
    report = await synthesize({ params, target, folder: out });
    made.set(name, report);
    if (!keep) await rm(out, { recursive: true });
  }
  const found = report;
  // Gates of asic, look-up tables of an FPGA: isAreaInLuts tells them apart.
  const area = found.gateEquivalents ?? found.lut;
  return {
    state: 'measured',
    objectives: { ...lower.objectives, ...(area !== undefined && { area }) },
    detail: {
      ...lower.detail,
      synthesis: Object.fromEntries(synthesisCounts.flatMap((count) => (found[count] === undefined ? [] : [[count, found[count]]]))),
    },
  };
}
