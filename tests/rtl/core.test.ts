import { describe, expect, test } from 'vitest';
import type { ParamsInput } from '../../generator/params/fields.js';
import { presetParams } from '../../generator/params/presets.js';
import { simulators } from '../../generator/sim/build.js';
import { lintAll } from '../../generator/sim/lint.js';
import { coreSources, runCore } from '../support/core-bench.js';
import { coreCase, windowsFor, type CoreCase } from '../support/random-core.js';
import { randomFrom, randomModel, type ModelShape } from '../support/random-model.js';

const registerFiles = {
  async: { kind: 'async' },
  sync: { kind: 'sync' },
  grid: { kind: 'grid' },
  'async, one direction': { kind: 'async', directions: 1 },
  'sync, one direction': { kind: 'sync', directions: 1 },
  'sync, turned late': { kind: 'sync', directions: 1, turn: 'late' },
} as const;

interface Configuration {
  readonly columns: number;
  readonly slices: number;
  readonly lanesPerSlice: number;
  readonly passes: number;
  readonly pairedColumns: number;
  readonly memory: 'block' | 'distributed' | 'macro';
  readonly registerFile: keyof typeof registerFiles;
  readonly busBytes: number;
  readonly activationBits: number;
  readonly multiplierStages: 1 | 2;
  readonly extraStages: 0 | 1;
  /** 0: one a lane. */
  readonly vectorLanes: number;
  readonly windowBuffers: 1 | 2;
  readonly rowCrc: 0 | 1;
  readonly stall: boolean;
  readonly model: Partial<ModelShape>;
}

/** Every value of every hardware parameter, k below, at and above C, every kind of model. */
const configurations: readonly Configuration[] = [
  {
    columns: 2,
    slices: 4,
    lanesPerSlice: 2,
    passes: 3,
    pairedColumns: 1,
    memory: 'block',
    registerFile: 'async',
    busBytes: 4,
    activationBits: 6,
    multiplierStages: 2,
    extraStages: 1,
    vectorLanes: 4,
    windowBuffers: 2,
    rowCrc: 1,
    stall: true,
    model: { coding: 'factorized', k: 1, normFirst: true, causal: true, head: 'token' },
  },
  {
    columns: 4,
    slices: 2,
    lanesPerSlice: 4,
    passes: 1,
    pairedColumns: 4,
    memory: 'distributed',
    registerFile: 'sync',
    busBytes: 64,
    activationBits: 8,
    multiplierStages: 1,
    extraStages: 1,
    vectorLanes: 0,
    windowBuffers: 1,
    rowCrc: 1,
    stall: false,
    model: { coding: 'wide', normFirst: false, mixedNorms: true, columnScales: true, head: 'mean', embedding: 'direct' },
  },
  {
    columns: 8,
    slices: 1,
    lanesPerSlice: 1,
    passes: 5,
    pairedColumns: 0,
    memory: 'macro',
    registerFile: 'grid',
    busBytes: 16,
    activationBits: 5,
    multiplierStages: 2,
    extraStages: 0,
    vectorLanes: 1,
    windowBuffers: 1,
    rowCrc: 0,
    stall: true,
    model: { coding: 'factorized', k: 11, rank: 16, banks: 8, normFirst: false, head: 'mean' },
  },
  {
    columns: 16,
    slices: 2,
    lanesPerSlice: 1,
    passes: 2,
    pairedColumns: 0,
    memory: 'block',
    registerFile: 'sync, one direction',
    busBytes: 8,
    activationBits: 7,
    multiplierStages: 1,
    extraStages: 1,
    vectorLanes: 1,
    windowBuffers: 2,
    rowCrc: 1,
    stall: true,
    model: { coding: 'factorized', k: 16, rank: 32, banks: 16, normFirst: true, causal: true, head: 'mean' },
  },
  {
    columns: 4,
    slices: 4,
    lanesPerSlice: 1,
    passes: 7,
    pairedColumns: 0,
    memory: 'distributed',
    registerFile: 'grid',
    busBytes: 16,
    activationBits: 4,
    multiplierStages: 2,
    extraStages: 0,
    vectorLanes: 0,
    windowBuffers: 2,
    rowCrc: 1,
    stall: false,
    model: {
      coding: 'factorized',
      k: 6,
      rank: 16,
      banks: 8,
      normFirst: true,
      mixedNorms: true,
      columnScales: true,
      layers: 2,
      head: 'first',
      embedding: 'direct',
    },
  },
  {
    columns: 2,
    slices: 1,
    lanesPerSlice: 8,
    passes: 4,
    pairedColumns: 2,
    memory: 'macro',
    registerFile: 'sync, turned late',
    busBytes: 32,
    activationBits: 8,
    multiplierStages: 1,
    extraStages: 1,
    vectorLanes: 1,
    windowBuffers: 1,
    rowCrc: 0,
    stall: false,
    model: { coding: 'dense', normFirst: true, mixedNorms: true, layers: 2, causal: true, head: 'mean', embedding: 'patch' },
  },
  {
    columns: 8,
    slices: 2,
    lanesPerSlice: 2,
    passes: 6,
    pairedColumns: 3,
    memory: 'block',
    registerFile: 'async, one direction',
    busBytes: 64,
    activationBits: 8,
    multiplierStages: 2,
    extraStages: 1,
    vectorLanes: 2,
    windowBuffers: 2,
    rowCrc: 1,
    stall: true,
    model: { coding: 'factorized', k: 5, rank: 24, banks: 8, normFirst: false, causal: true, head: 'token' },
  },
  {
    columns: 4,
    slices: 1,
    lanesPerSlice: 2,
    passes: 8,
    pairedColumns: 0,
    memory: 'block',
    registerFile: 'grid',
    busBytes: 8,
    activationBits: 5,
    multiplierStages: 1,
    extraStages: 0,
    vectorLanes: 0,
    windowBuffers: 1,
    rowCrc: 0,
    stall: true,
    model: { coding: 'wide', normFirst: true, head: 'first' },
  },
];

const inputOf = ({
  columns,
  slices,
  lanesPerSlice,
  passes,
  pairedColumns,
  activationBits,
  multiplierStages,
  extraStages,
  vectorLanes,
  windowBuffers,
  rowCrc,
  memory,
  registerFile,
  busBytes,
}: Configuration): ParamsInput => ({
  array: { columns, slices, lanesPerSlice, passes, pairedColumns },
  numerics: { activationBits },
  timing: { multiplierStages, extraStages },
  vector: { lanes: vectorLanes },
  memory: { kind: memory },
  registerFile: registerFiles[registerFile],
  port: { busBytes, rowCrc },
  batcher: { windowBuffers },
});

const caseOf = (configuration: Configuration, seed: number): CoreCase =>
  coreCase(seed, inputOf(configuration), { ...configuration.model, activationBits: configuration.activationBits });

describe('core', () => {
  configurations.forEach((configuration, index) => {
    const seed = 300 + index;
    const title = Object.entries(inputOf(configuration))
      .map(([group, values]) => `${group} ${Object.values(values).join(' ')}`)
      .join(', ');
    for (const simulator of simulators) {
      test(`stores what the golden model stores in ${simulator}: ${title}, seed ${seed}`, async () => {
        const { params, model, windows, shape } = caseOf(configuration, seed);
        const run = await runCore(params, model, windows, { simulator, seed, stall: configuration.stall });
        expect(run.differences, `seed ${seed}, ${JSON.stringify(shape)}`).toEqual([]);
        expect(run.valuesCompared).toBeGreaterThan(100);
        expect(run.badRows).toEqual([]);
        expect(run.loadedAhead.length > 0).toBe(configuration.windowBuffers === 2);
      });
    }
    test(`has no lint: ${title}`, async () => {
      expect(await lintAll(coreSources(caseOf(configuration, seed).params), 'trex_core', 'trex_ram_1r1w')).toEqual([]);
    });
  });

  for (const simulator of simulators) {
    test(`runs different models and windows on one build of tiny, with the same numbers whatever stalls, in ${simulator}`, async () => {
      const params = presetParams('tiny');
      for (const [seed, part] of [
        [1, {}],
        [2, { layers: 2, coding: 'dense', head: 'token', heads: 1, headWidth: 5 }],
        [3, { k: 9, banks: 8, rank: 24, normFirst: false, causal: true }],
      ] as const) {
        const model = randomModel(seed, part);
        const windows = windowsFor(randomFrom(seed), params, model, seed);
        // Icarus takes twenty times as long.
        for (const stall of simulator === 'icarus' ? [true] : [false, true]) {
          const run = await runCore(params, model, windows, { simulator, seed, stall });
          expect(run.differences, `seed ${seed}, stall ${stall}`).toEqual([]);
        }
      }
    }, 300_000);
  }
});
