/** The command line of bench/mutants.ts. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { formatTable } from '../../generator/util/table.js';
import { designSources } from '../../generator/rtl/design.js';
import { chipCase, matrix } from '../../tests/support/chip-matrix.js';
import { makeRandom } from '../../tests/support/unit-bench.js';
import { judge, type SeededBench } from './judge.js';
import { mutationsOf, type Mutation } from './mutate.js';
import { unitSuites } from './suites.js';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    unit: { type: 'string' },
    kind: { type: 'string' },
    json: { type: 'string' },
  },
});
const random = makeRandom(Number(values.seed));
const pick = <T>(list: readonly T[]): T => list[random.below(list.length)]!;

// Thousands of small builds are not for keeping.
const cache = mkdtempSync(join(tmpdir(), 'trexgen-mutants-'));
process.env['TREXGEN_CACHE'] = cache;

/** Mutations of each unit: those of every form in which a bench or a chip of the matrix has it. */
const suites = await unitSuites();
const benches = new Map<string, readonly SeededBench[]>();
for (const { unit, makeBenches } of suites) benches.set(unit, [...(benches.get(unit) ?? []), ...makeBenches()]);
const mutations = new Map<string, Map<string, Mutation>>();
const chipFiles = matrix()
  .slice(0, 12)
  .flatMap((choice, number) => designSources(chipCase(choice, number).unit.params));
for (const { name, text } of [...chipFiles, ...[...benches.values()].flat().flatMap(({ bench }) => bench.files)]) {
  const unit = name.replace(/^[^_]+_(.*)\.v$/, '$1');
  const known = mutations.get(unit) ?? new Map<string, Mutation>();
  for (const mutation of mutationsOf(text)) {
    const key = `${mutation.before}\n${mutation.after}`;
    if (!known.has(key) && (values.kind === undefined || mutation.kind === values.kind)) known.set(key, mutation);
  }
  if (known.size > 0) mutations.set(unit, known);
}
const units = [...mutations.keys()].sort().filter((unit) => values.unit === undefined || unit === values.unit);
if (units.length === 0)
  throw new Error(
    `--unit = ${values.unit ?? ''}, --kind = ${values.kind ?? ''}: no such mutants; units are ${[...mutations.keys()].sort().join(', ')}`,
  );

interface Result extends Mutation {
  readonly unit: string;
  /** What noticed it; undefined for a survivor. */
  readonly by: string | undefined;
}

const results: Result[] = [];
const left = new Map(units.map((unit) => [unit, [...mutations.get(unit)!.values()]]));
while (results.length < Number(values.count) && left.size > 0) {
  // A unit, then a kind, then a place: long tables and long units do not take all the draws.
  const unit = pick([...left.keys()]);
  const rest = left.get(unit)!;
  const kind = pick([...new Set(rest.map((mutation) => mutation.kind))]);
  const mutation = pick(rest.filter((one) => one.kind === kind));
  rest.splice(rest.indexOf(mutation), 1);
  if (rest.length === 0) left.delete(unit);
  const verdict = await judge(unit, mutation, benches.get(unit) ?? []);
  if (verdict.kind === 'stillborn') continue;
  const by = verdict.kind === 'killed' ? verdict.by : undefined;
  results.push({ unit, ...mutation, by });
  process.stderr.write(
    `${results.length} of ${values.count}, ${unit}:${mutation.line} ${mutation.kind}: ${by === undefined ? 'SURVIVED' : `killed by ${by}`}\n`,
  );
  process.stderr.write(`  - ${mutation.before.trim()}\n  + ${mutation.after.trim()}\n`);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, undefined, 2)}\n`);
}
rmSync(cache, { recursive: true, force: true });

const survivors = results.filter(({ by }) => by === undefined);
const rows = [...new Set(results.map(({ unit }) => unit))].sort().map((unit) => {
  const own = results.filter((result) => result.unit === unit);
  return [
    unit,
    String(own.length),
    String(own.filter(({ by }) => by !== undefined).length),
    String(own.filter(({ by }) => by === undefined).length),
  ];
});
process.stdout.write(
  `${formatTable(['unit', 'mutants', 'killed', 'survived'], [...rows, ['all', String(results.length), String(results.length - survivors.length), String(survivors.length)]])}\n`,
);
for (const { unit, line, kind, before, after } of survivors)
  process.stdout.write(`\nsurvived: ${unit}, line ${line}, ${kind}\n  - ${before.trim()}\n  + ${after.trim()}\n`);
