/**
 * How fast the whole chip simulates, what the harness adds to it, and how long a build takes.
 *
 *   npx tsx bench/simulation.ts [small|paper|tiny ...]
 *
 * The model has random weights in the shape of an encoder that suits the preset; requests fill every window.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { derive } from '../generator/params/derived.js';
import { presetParams, type PresetName } from '../generator/params/presets.js';
import { requireFit } from '../generator/program/fits.js';
import { readImage, writeImage } from '../generator/program/image.js';
import { formatTable, grouped } from '../generator/util/table.js';
import type { Simulator } from '../generator/sim/build.js';
import { buildChip } from '../generator/sim/chip-run.js';
import { layOut } from '../generator/host/memory-map.js';
import { isGood, runUnit } from '../generator/sim/unit.js';
import { randomModel, randomRequests, type ModelShape } from '../tests/support/random-model.js';

/** Shape as large as the envelope that edge, small and medium share. */
const small: Partial<ModelShape> = {
  width: 128,
  heads: 4,
  headWidth: 32,
  hidden: 512,
  rank: 128,
  k: 8,
  banks: 8,
  layers: 4,
  head: 'token',
  classes: 64,
  inputWidth: 128,
  embedding: 'direct',
};

const shapes: Readonly<Record<PresetName, Partial<ModelShape>>> = {
  tiny: {
    width: 32,
    heads: 2,
    headWidth: 16,
    hidden: 64,
    rank: 16,
    k: 4,
    banks: 4,
    layers: 2,
    head: 'token',
    classes: 16,
    inputWidth: 32,
    embedding: 'direct',
  },
  edge: small,
  small,
  medium: { ...small, banks: 32 },
  paper: {
    width: 512,
    heads: 8,
    headWidth: 64,
    hidden: 2048,
    rank: 256,
    k: 8,
    banks: 8,
    layers: 2,
    head: 'token',
    classes: 64,
    inputWidth: 512,
    embedding: 'direct',
  },
};
const windows = 4;

async function measure(preset: PresetName, simulator: Simulator): Promise<string[]> {
  const params = presetParams(preset);
  const { columns, slices } = params.array;
  const { busBytes } = params.port;
  const image = readImage(writeImage(randomModel(1, shapes[preset]), { columns, busBytes }));
  const lengths = Array.from({ length: windows * slices }, () => derive(params).sliceTokens);
  requireFit(image, params, lengths);
  const requests = randomRequests(1, image.model, lengths);
  const { beats } = layOut(image, params, lengths);
  const folder = await mkdtemp(join(tmpdir(), 'trexgen-bench-'));
  // A cache of its own: the build is measured from nothing but Verilator's compiled library.
  const building = performance.now();
  const executable = await buildChip({ params, simulator, beats });
  const buildSeconds = (performance.now() - building) / 1000;
  const unit = { params, image, requests, policy: 'packed' as const, settings: { seed: 1, latency: 20 }, beats };
  const results = [];
  for (let run = 0; run < 3; run++) results.push(await runUnit(executable, unit, join(folder, 'run')));
  await rm(folder, { recursive: true });
  const bad = results.find((result) => !isGood(result));
  if (bad !== undefined)
    throw new Error([`${preset}: the chip differs from the golden model`, ...bad.problems, JSON.stringify(bad.differences[0])].join('\n'));
  const best = results.reduce((a, b) => (b.seconds < a.seconds ? b : a));
  return [
    preset,
    simulator,
    executable.cached ? 'cached' : buildSeconds.toFixed(1),
    grouped(best.cycles),
    grouped(best.cycles / best.simulationSeconds),
    best.simulationSeconds.toFixed(2),
    best.seconds.toFixed(2),
    `${(100 * (best.seconds / best.simulationSeconds - 1)).toFixed(1)} %`,
  ];
}

const wanted = process.argv.slice(2);
const presetNames = (wanted.length > 0 ? wanted : ['tiny', 'small', 'paper']) as PresetName[];
const rows: string[][] = [];
for (const preset of presetNames) rows.push(await measure(preset, 'verilator'));
process.stdout.write(
  `${formatTable(['preset', 'simulator', 'build s', 'cycles', 'cycles/s', 'simulation s', 'with harness s', 'harness adds'], rows)}\n`,
);
