/**
 * Proves the contracts of testbench/formal on the units of a configuration, and that each refuses a broken unit (docs/formal.md).
 *
 *   npm run formal -- [--preset NAME] [--unit NAME] [--seconds N for each step of a proof]
 */
import { parseArgs } from 'node:util';
import { presetParams } from '../generator/params/presets.js';
import { formatTable } from '../generator/util/table.js';
import { allProperties } from './formal/properties.js';
import { prove, type Property, type Verdict } from './formal/prove.js';

const { values } = parseArgs({
  options: { preset: { type: 'string', default: 'tiny' }, unit: { type: 'string' }, seconds: { type: 'string', default: '120' } },
});
const seconds = Number(values.seconds);

function describe(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'unbounded':
      return 'unbounded';
    case 'refuted':
      return `REFUTED at cycle ${verdict.frame}`;
    case 'bounded':
      return verdict.frames > 0 ? `bounded to ${verdict.frames}` : 'open';
  }
}

function size({ macros }: Property): string {
  return Object.entries(macros)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

const rows: string[][] = [];
let failed = false;
for (const property of allProperties(presetParams(values.preset)).filter(({ unit }) => values.unit === undefined || unit === values.unit)) {
  const proof = await prove(property, 'unit', seconds);
  const mutant = await prove(property, 'mutant', seconds);
  const killed = mutant.verdict.kind === 'refuted';
  failed ||= !killed || proof.verdict.kind === 'refuted';
  const row = [
    `${property.unit} ${property.claim}`,
    size(property),
    describe(proof.verdict),
    proof.seconds.toFixed(1),
    mutant.verdict.kind === 'refuted' ? `refuted at ${mutant.verdict.frame}` : 'SURVIVES',
    property.mutant.what,
  ];
  rows.push(row);
  process.stderr.write(`${row.join(' | ')}\n`);
}
process.stdout.write(`${formatTable(['property', 'size', 'result', 'seconds', 'mutant', 'a unit that'], rows)}\n`);
process.exitCode = failed ? 1 : 0;
