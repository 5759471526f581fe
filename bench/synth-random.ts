/**
 * Random legal configurations and the presets through yosys: hierarchy, processes, optimisation, multipliers and memories.
 * Any warning fails the run. Results are kept in build/synth-random: a run that was stopped goes on.
 *
 *   npm run synth:random -- [--count N] [--seed N] [--presets tiny,small,paper | none] [--out FOLDER]
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Params } from '../generator/params/fields.js';
import { presetParams, presets } from '../generator/params/presets.js';
import { formatTable } from '../generator/util/table.js';
import { findTool, requireTools } from '../generator/tools/find.js';
import { randomChip } from '../tests/support/random-chip.js';
import { keptResults } from './kept-results.js';
import { findWarnings, keyOf, type Found } from './synth/warnings.js';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
    presets: { type: 'string', default: Object.keys(presets).join(',') },
    out: { type: 'string', default: join('build', 'synth-random') },
  },
});
const seed = Number(values.seed);

interface Result extends Found {
  readonly key: string;
  readonly version: string;
  readonly name: string;
}

const { before, keep } = keptResults<Result>(values.out);
await requireTools(['yosys']);
const { version = '' } = await findTool('yosys');
const work: { readonly name: string; readonly params: Params }[] = [
  ...(values.presets === 'none' ? [] : values.presets.split(',')).map((name) => ({ name: `preset ${name}`, params: presetParams(name) })),
  ...Array.from({ length: Number(values.count) }, (_, n) => ({ name: `seed ${seed + n}`, params: randomChip(seed + n).params })),
];
const results: Result[] = [];
for (const { name, params } of work) {
  const key = keyOf(params);
  const known = before.find((result) => result.key === key && result.version === version);
  const result = known ?? { key, version, name, ...(await findWarnings(params)) };
  if (known === undefined) keep(result);
  results.push(result);
  process.stderr.write(
    `${results.length} of ${work.length}, ${name}: ${result.warnings.length} warnings, ${result.seconds} s${known === undefined ? '' : ', known'}\n`,
  );
  for (const warning of result.warnings.slice(0, 10)) process.stderr.write(`  ${warning}\n`);
}
const bad = results.filter(({ warnings }) => warnings.length > 0);
process.stdout.write(
  `${formatTable(['configurations', 'with warnings', 'seconds'], [[String(results.length), String(bad.length), results.reduce((sum, { seconds }) => sum + seconds, 0).toLocaleString('en-US')]])}\n`,
);
for (const { name, warnings } of bad) process.stdout.write(`${name}: ${warnings.length}, first ${warnings[0]}\n`);
process.exitCode = bad.length > 0 ? 1 : 0;
