/** Small whole chips with random models and requests that between them meet every pair of choices. */
import { batchShapeOf } from '../../generator/batch/batch-shape.js';
import { formWindows } from '../../generator/batch/form-windows.js';
import { runGolden } from '../../generator/golden/run-program.js';
import { derive } from '../../generator/params/derived.js';
import type { Params, ParamsInput } from '../../generator/params/fields.js';
import { readImage, writeImage, type Image } from '../../generator/program/image.js';
import { designSources } from '../../generator/rtl/design.js';
import type { Simulator, SourceFile } from '../../generator/sim/build.js';
import { checkBooks, coldBooks, runBooks } from '../../generator/sim/books.js';
import { buildChip, runChip, type RunSettings } from '../../generator/sim/chip-run.js';
import { compareMemory, goodCompletions } from '../../generator/sim/compare-memory.js';
import { Differences } from '../../generator/sim/differences.js';
import { controlOf, host, modelSteps, ringSteps, runReads, runSteps, type HostStep } from '../../generator/host/host-script.js';
import { fillMemory, layOut, tokensOf } from '../../generator/host/memory-map.js';
import { runUnit, tagOf, type Unit, type UnitResult } from '../../generator/sim/unit.js';
import { allPairs, type Apart, type Choice } from './all-pairs.js';
import { paramsFor } from './random-core.js';
import { between, randomFrom, randomModel, randomRequests, type ModelShape, type Random } from './random-model.js';
import { atEnd } from './memory-end.js';
import { temporaryFolder } from './temporary.js';

/** Seed that, of several, needs the fewest chips. */
export const matrixSeed = 120;

export const factors = {
  columns: [2, 4, 8],
  slices: [1, 2, 4],
  lanesPerSlice: [1, 2, 4],
  passes: [1, 2, 3],
  pairedColumns: ['none', 'half', 'all'],
  nonZeros: ['fewer than columns', 'as columns', 'more than columns'],
  busBytes: [4, 8, 16, 32, 64],
  bursts: ['one beat', 'a few', 'longest'],
  activationBits: [8, 6, 5, 4],
  multiplierStages: [1, 2],
  extraStages: [0, 1],
  vectorLanes: ['one each', 'one for two', 'one for all'],
  windowBuffers: [1, 2],
  rowCrc: [0, 1],
  memory: ['block', 'distributed', 'macro'],
  registerFile: ['async', 'sync', 'grid', 'one direction'],
  model: ['factorized, norm first', 'factorized, norm last', 'uncoded, norm first', 'uncoded, norm last', 'dense', 'wide'],
  head: ['mean', 'first', 'token'],
  activation: [true, false],
  policy: ['single', 'uniform', 'packed', 'tokens'],
  segments: ['as many as slices', 'a few', 'many'],
  port: ['ideal', 'slow', 'stalling'],
  addresses: [24, 32, 40, 64],
  reset: ['rst_i', 'aresetn'],
} as const;

/** A grid of flip-flops for 64-byte beats has 4,096 cells of its own logic: a simulator compiles them for minutes. A single lane of a slice has none to share a multiplier with. */
export const apart = [
  ['pairedColumns', 'half', 'lanesPerSlice', 1],
  ['pairedColumns', 'all', 'lanesPerSlice', 1],
  ['registerFile', 'grid', 'busBytes', 64],
] as const satisfies readonly Apart<typeof factors>[];

export type ChipChoice = Choice<typeof factors>;

export function matrix(): ChipChoice[] {
  return allPairs(factors, matrixSeed, 24, apart);
}

export const titleOf = (choice: ChipChoice): string =>
  Object.entries(choice)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');

function codingOf(model: ChipChoice['model']): ModelShape['coding'] {
  if (model === 'dense' || model === 'wide') return model;
  return model.startsWith('uncoded') ? 'uncoded' : 'factorized';
}

function shapeOf(
  { columns, nonZeros, activationBits, model, head, activation }: ChipChoice,
  random: Random,
  eightMatrices: boolean,
): ModelShape {
  const rank = 2 * columns;
  const k = {
    'fewer than columns': between(random, 1, columns - 1),
    'as columns': columns,
    'more than columns': columns + between(random, 1, columns),
  }[nonZeros];
  const width = between(random, 5, 10);
  const embedding = random() < 0.5 ? 'patch' : 'direct';
  return {
    width,
    heads: between(random, 1, 2),
    headWidth: between(random, 2, 4),
    hidden: between(random, 6, 12),
    rank,
    k,
    banks: columns,
    activationBits,
    layers: eightMatrices ? 2 : 1,
    ownMatrices: eightMatrices,
    classes: between(random, 2, 6),
    inputWidth: embedding === 'direct' ? width : between(random, 3, 9),
    coding: codingOf(model),
    normFirst: !model.endsWith('norm last'),
    causal: random() < 0.5,
    activation,
    head,
    embedding,
  };
}

const registerFiles: Readonly<Record<ChipChoice['registerFile'], ParamsInput['registerFile'] & object>> = {
  async: { kind: 'async' },
  sync: { kind: 'sync' },
  grid: { kind: 'grid' },
  'one direction': { directions: 1 },
};

function paramsOf(
  {
    columns,
    slices,
    lanesPerSlice,
    passes,
    pairedColumns,
    multiplierStages,
    extraStages,
    vectorLanes,
    windowBuffers,
    rowCrc,
    segments,
    busBytes,
    bursts,
    memory,
    registerFile,
    addresses,
    reset,
  }: ChipChoice,
  shape: ModelShape,
  random: Random,
): Params {
  // 256 beats, or as many as AXI4 allows in 4 KiB.
  const burstBeats = { 'one beat': 1, 'a few': 2 ** between(random, 1, 4), longest: Math.min(256, 4096 / busBytes) }[bursts];
  return paramsFor(
    {
      array: { columns, slices, lanesPerSlice, passes, pairedColumns: { none: 0, half: columns / 2, all: columns }[pairedColumns] },
      timing: { multiplierStages, extraStages },
      vector: { lanes: { 'one each': 0, 'one for two': Math.max(1, (slices * lanesPerSlice) / 2), 'one for all': 1 }[vectorLanes] },
      batcher: { windowBuffers, segments: { 'as many as slices': slices, 'a few': 8, many: 64 }[segments] },
      registerFile: registerFiles[registerFile],
      memory: { kind: memory },
      port: {
        busBytes,
        addressBits: addresses,
        burstBeats,
        outstandingReads: 2 ** between(random, 0, 3),
        prefetchBeats: Math.max(4, between(random, 1, 2) * burstBeats),
        reset,
        rowCrc,
      },
    },
    shape,
  );
}

const ports: Readonly<Record<ChipChoice['port'], Partial<RunSettings>>> = {
  ideal: {},
  slow: { latency: 40, jitter: 30, throttle: 3 },
  stalling: { latency: 5, jitter: 11, stalls: 11 },
};

/** Address high in the address space, so that no address bit is always zero. */
function baseOf({ addresses }: ChipChoice, random: Random): number {
  const top = Math.min(addresses, 52);
  return (2 ** (top - 1) + Math.floor(random() * 2 ** (top - 24)) * 2 ** 21) % 2 ** top;
}

export interface ChipCase {
  readonly unit: Unit;
  readonly image: Image;
  readonly base: number;
}

/** The first chip with codebooks has two layers, each with its own: as many as the registers can tell. */
const eightMatricesAt = matrix().findIndex(({ model }) => model.startsWith('factorized'));

/** A chip, its model and a few requests of all lengths: one fills the window, one is a token. */
export function chipCase(choice: ChipChoice, number: number): ChipCase {
  const random = randomFrom(matrixSeed + number);
  const shape = shapeOf(choice, random, number === eightMatricesAt);
  const params = paramsOf(choice, shape, random);
  const image = readImage(writeImage(randomModel(matrixSeed + number, shape), { columns: choice.columns, busBytes: choice.busBytes }));
  const { windowTokens, sliceTokens } = derive(params);
  // Memories that a first long request has filled show nothing unknown any more.
  const first = number % 2 === 0 ? [windowTokens, 1] : [1, windowTokens];
  const any = Array.from({ length: 4 }, () => between(random, 1, windowTokens));
  // Windows of tokens need short ones to be full.
  const short = choice.policy === 'tokens' ? Array.from({ length: 8 }, () => between(random, 1, Math.ceil(sliceTokens / 2))) : [];
  const lengths = [...first, ...any, ...short];
  const requests = randomRequests(matrixSeed + number, image.model, lengths);
  // Every third one ends where its addresses end.
  const { base, gap } = number % 3 === 0 ? atEnd(params, [{ image, lengths }])[0]! : { base: baseOf(choice, random), gap: 0 };
  const { beats } = layOut(image, params, lengths, base, gap);
  const settings: RunSettings = { seed: matrixSeed + number, trace: true, patience: 3_000_000, timeoutMs: 240_000, ...ports[choice.port] };
  return { image, base, unit: { params, image, requests, policy: choice.policy, settings, base, gap, beats } };
}

export interface CaseOptions {
  /** Sources in place of the generated ones: those of a mutant. */
  readonly sources?: readonly SourceFile[];
  /** The run that is looked at comes after four that a reset has cut off. */
  readonly cutOff?: boolean;
}

export async function runCase(
  { unit, base }: ChipCase,
  simulator: Simulator,
  { sources = designSources(unit.params), cutOff = false }: CaseOptions = {},
): Promise<UnitResult> {
  const executable = await buildChip({ params: unit.params, simulator, beats: unit.beats, base, quick: true, sources });
  return temporaryFolder((folder) =>
    runUnit(executable, cutOff ? { ...unit, settings: { ...unit.settings, resets: { count: 4, span: 4000 } } } : unit, folder),
  );
}

/**
 * What is wrong with a run behind soft resets at two random moments of such a run, or of its load.
 *
 * `cycles` is what a run takes.
 */
export async function resetProblems({ unit, image, base }: ChipCase, cycles: number, seed: number): Promise<readonly string[]> {
  const { params, requests, policy, settings, beats, gap } = unit;
  const random = randomFrom(seed);
  const lengths = tokensOf(image, requests);
  const map = { ...layOut(image, params, lengths, base, gap), beats };
  const before = fillMemory(
    map,
    image,
    requests,
    requests.map((_, r) => tagOf(r)),
  );
  const left = (whole: boolean): HostStep[] => [
    ...modelSteps(image, map),
    ...ringSteps(map),
    controlOf(policy, { load: 1 }),
    ...(whole ? [host.poll('STATUS', { loading: 0 })] : []),
    host.write('RING_TAIL', { value: requests.length }),
    controlOf(policy, { enable: 1 }),
    host.pause(between(random, 0, cycles)),
    controlOf(policy, { reset: 1 }),
    host.poll('STATUS', { resetting: 0 }),
    host.write('IRQ_STATUS', { reset: 1 }),
  ];
  const steps = [...left(true), ...left(false), ...runSteps(image, map, requests.length, policy)];
  const executable = await buildChip({ params, simulator: 'verilator', beats, base, quick: true });
  return temporaryFolder(async (folder) => {
    const run = await runChip(executable, { memory: before, steps, busBytes: params.port.busBytes }, { ...settings, trace: false }, folder);
    const windows = formWindows(lengths, batchShapeOf(params), policy);
    const differences = new Differences();
    compareMemory(
      { image, map, before, outputs: runGolden(image.model, requests).outputs, completions: goodCompletions(windows, requests.length) },
      run.memory,
      differences,
    );
    const reads = runReads(run.reads);
    checkBooks('load', coldBooks(image, reads.cold), differences);
    checkBooks('run', runBooks(image, params, windows, lengths, reads.run), differences);
    return [...run.problems, ...differences.problems, ...differences.list.map((difference) => JSON.stringify(difference))];
  });
}
