/**
 * Reference results of synthesis, so that a change of area shows in review: bench/synth/reference.json, by version of yosys.
 *
 *   npm run synth:reference                        renew it (about half an hour)
 *   npm run synth:reference -- quick               only what tests/synth compares
 *   npm run synth:reference -- 'small top xilinx'  only what is named
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeParams } from '../generator/params/params.js';
import type { SynthReport } from '../generator/synth/cell-counts.js';
import { synthesize, type SynthRequest } from '../generator/synth/synthesize.js';
import { replaceFile } from '../generator/util/write-file.js';
import { areaPoints, configurations, type ConfigurationName } from './synth/configurations.js';

type Point = Pick<SynthRequest, 'target' | 'unit'> & { readonly preset: ConfigurationName };
/** Units whose mapping for `paper` takes minutes. */
const paperUnits = ['section_decoder', 'sequencer', 'rows', 'cold_loader', 'window_former'] as const;
const quick: Point[] = (['ecp5', 'xilinx', 'intel'] as const).map((target) => ({ preset: 'tiny', target, unit: 'pe_array' }));
const points: Point[] = [
  ...quick,
  { preset: 'tiny', target: 'asic', unit: 'trf' },
  { preset: 'tiny', target: 'ice40', unit: 'trf' },
  ...(['ecp5', 'xilinx', 'intel', 'ice40'] as const).map((target): Point => ({ preset: 'tiny', target })),
  ...(['ecp5', 'xilinx'] as const).map((target): Point => ({ preset: 'small', target })),
  ...(['ecp5', 'xilinx'] as const).map((target): Point => ({ preset: 'edge', target })),
  { preset: 'medium', target: 'xilinx' },
  ...areaPoints.map((preset): Point => ({ preset, target: 'asic' })),
  ...paperUnits.map((unit): Point => ({ preset: 'paper', target: 'xilinx', unit })),
];

const nameOf = ({ preset, unit, target }: Point): string => [preset, unit ?? 'top', target].join(' ');
const wanted = process.argv[2] === 'quick' ? quick.map(nameOf) : process.argv.slice(2);
const unknown = wanted.filter((name) => !points.some((point) => nameOf(point) === name));
if (unknown.length > 0) {
  console.error(`${unknown.join(', ')}: must be of ${points.map(nameOf).join(', ')}`);
  process.exit(2);
}

const file = new URL('synth/reference.json', import.meta.url).pathname;
const reference = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Record<string, unknown>>;
for (const point of points.filter((one) => wanted.length === 0 || wanted.includes(nameOf(one)))) {
  const { preset, target, unit } = point;
  const name = nameOf(point);
  console.log(name);
  const folder = mkdtempSync(join(tmpdir(), 'trexgen-synth-'));
  const report: { -readonly [K in keyof SynthReport]?: SynthReport[K] } & { version: string } = await synthesize({
    params: makeParams(configurations[preset]),
    target,
    folder,
    ...(unit !== undefined && { unit }),
  });
  rmSync(folder, { recursive: true });
  delete report.configHash;
  delete report.paths;
  (reference[report.version] ??= {})[name] = report;
  replaceFile(file, `${JSON.stringify(reference, null, 1)}\n`);
}
console.log(file);
