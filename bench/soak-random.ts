/**
 * Random legal hardware over every parameter: lint in three tools, then two random models through the whole chip in Verilator, the
 * first of them in Icarus too, every word that an instruction stores compared. Results are kept in build/soak-random: a run that was stopped goes on.
 * `npm run synth:random` takes the same configurations through yosys.
 *
 *   npm run soak:random -- [--count N] [--seed N] [--out FOLDER]
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { formatTable, grouped } from '../generator/util/table.js';
import { designSources, topModule } from '../generator/rtl/design.js';
import { simulators } from '../generator/sim/build.js';
import { buildChip } from '../generator/sim/chip-run.js';
import { lintAll } from '../generator/sim/lint.js';
import { layOut, tokensOf } from '../generator/host/memory-map.js';
import { isGood, runUnit } from '../generator/sim/unit.js';
import { randomChip, type RandomChip } from '../tests/support/random-chip.js';
import { keptResults } from './kept-results.js';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string', default: join('build', 'soak-random') },
  },
});
const seed = Number(values.seed);

interface Result {
  readonly key: string;
  readonly problems: readonly string[];
  readonly runs: number;
  readonly windows: number;
  readonly valuesCompared: number;
  readonly cycles: number;
}

/** Lint, and the models; Icarus is much slower, one is enough for it. */
async function soak({ params, base, runs }: RandomChip): Promise<Omit<Result, 'key'>> {
  const problems = await lintAll(designSources(params), topModule(params));
  const sum = { runs: 0, windows: 0, valuesCompared: 0, cycles: 0 };
  const beats = Math.max(...runs.map(({ image, requests, gap }) => layOut(image, params, tokensOf(image, requests), base, gap).beats));
  for (const simulator of simulators) {
    const executable = await buildChip({ params, simulator, beats, base, quick: true });
    for (const [number, run] of runs.slice(0, simulator === 'icarus' ? 1 : undefined).entries()) {
      const folder = mkdtempSync(join(tmpdir(), 'trexgen-soak-'));
      const result = await runUnit(executable, { params, beats, base, ...run }, folder);
      if (!isGood(result))
        problems.push(
          `${simulator}, model ${number}: ${result.mismatches} values differ, bytes ${result.emaAgree ? 'agree' : 'differ'}, ${[...result.problems, ...result.differences.slice(0, 3).map((one) => JSON.stringify(one))].join('; ')}`,
        );
      rmSync(folder, { recursive: true });
      sum.runs += 1;
      sum.windows += result.windows.length;
      sum.valuesCompared += result.valuesCompared;
      sum.cycles += result.cycles;
    }
    // Half a hundred builds are not for keeping.
    rmSync(executable.folder, { recursive: true });
  }
  return { problems, ...sum };
}

const { before, keep } = keptResults<Result>(values.out);
const results: Result[] = [];
for (let n = 0; n < Number(values.count); n++) {
  const chip = randomChip(seed + n);
  const key = createHash('sha256')
    .update(JSON.stringify([seed + n, designSources(chip.params)]))
    .digest('hex')
    .slice(0, 16);
  const known = before.find((result) => result.key === key);
  const result = known ?? { key, ...(await soak(chip)) };
  if (known === undefined) keep(result);
  results.push(result);
  process.stderr.write(
    `${n + 1} of ${values.count}, seed ${seed + n}: ${result.problems.length === 0 ? 'good' : 'BAD'}${known === undefined ? '' : ', known'}\n`,
  );
  for (const problem of result.problems) process.stderr.write(`  ${problem}\n`);
}
const total = (field: 'runs' | 'windows' | 'valuesCompared' | 'cycles'): string =>
  grouped(results.reduce((sum, result) => sum + result[field], 0));
const bad = results.filter(({ problems }) => problems.length > 0).length;
process.stdout.write(
  `${formatTable(['configurations', 'bad', 'runs', 'windows', 'values compared', 'cycles'], [[String(results.length), String(bad), total('runs'), total('windows'), total('valuesCompared'), total('cycles')]])}\n`,
);
process.exitCode = bad > 0 ? 1 : 0;
