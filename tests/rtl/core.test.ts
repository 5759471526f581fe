import { describe, expect, test } from 'vitest';
import type { ParamsInput } from '../../generator/params/fields.js';
import { makeParams } from '../../generator/params/params.js';
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
  vectorLanes,
  windowBuffers,
  rowCrc,
  memory,
  registerFile,
  busBytes,
}: Configuration): ParamsInput => ({
  array: { columns, slices, lanesPerSlice, passes, pairedColumns },
  numerics: { activationBits },
  timing: { multiplierStages },
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
      const sources = coreSources(caseOf(configuration, seed).params);
      expect(await lintAll(sources, 'trex_core')).toEqual([]);
      expect(await lintAll(sources, 'trex_rows')).toEqual([]);
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
        for (const stall of [false, true]) {
          const run = await runCore(params, model, windows, { simulator, seed, stall });
          expect(run.differences, `seed ${seed}, stall ${stall}`).toEqual([]);
        }
      }
    }, 300_000);
  }

  // Each is a way in which instructions that overlap, or requests that share slices, could get into each other's results.
  test.each([
    ['drains values before their reciprocals', '.hold_i(softmax_busy)', ".hold_i(1'b0)"],
    ['reads a probability that is still on its way to the memory', 'passed_q ? word_q', "1'b0 ? word_q"],
    ['sends results where the next instruction does', 'TO_X : dst_q;', 'TO_X : dst_i;'],
    ['scales results as the next instruction does', '+ values_shift_q : shift_q;', '+ values_shift_i : shift_i;'],
    ['gives a tile the biases of the next', 'next_bias_q  <= bias_en_i ? bias_i : bias_q;', 'next_bias_q <= bias_i;'],
    ['begins before the ranks are there', 'OP_EXPAND: needs_older = older_rank_q', "OP_EXPAND: needs_older = 1'b0"],
    ['begins before the features are there', '(older_near_q || softmax_busy_i) && (ins_src', 'softmax_busy_i && (ins_src'],
    ['reads values that wait for their reciprocals', '(older_near_q || softmax_busy_i)', 'older_near_q'],
    ['runs ahead of its norm', 'step_q < norm_features_i', "1'b1"],
    ['lets results of two instructions meet', '(first_tile_q ? !older_busy : drain_ready_i)', 'drain_ready_i'],
    ['looks at keys of other requests', '(segment == lane_segments[SEG_BITS*l +: SEG_BITS])', "1'b1"],
    ['observes a score with the mask of the one before', 'tag_q[(LATENCY-2)*TAG_BITS', 'tag_q[(LATENCY-1)*TAG_BITS'],
    ['masks probabilities as scores', 'walking_o ? softmax_pass : next_pass_i', 'next_pass_i'],
    ['weighs values where no token lies', 'values_q && !held[source]', "1'b0 && !held[source]"],
    [
      'scales a tile as the next',
      'next_multipliers_q <= bias_en_i ? multipliers_i : multipliers_q;',
      'next_multipliers_q <= multipliers_i;',
    ],
    ['scales all columns as the first', 'tile_multipliers_q[8*drain_column_o +: 8]', 'tile_multipliers_q[7:0]'],
    ['sends no norm to H', 'norm_to_h <= ins_dst == TO_H', "norm_to_h <= 1'b0"],
    ['hands attention over tile by tile of scores', 'step_done && last_tile && (mode_q', 'step_done && (mode_q'],
  ])(
    'differs from the golden model when it %s',
    async (_what, find, put) => {
      const tiny = presetParams('tiny');
      // So many lanes that reciprocals take longer than the way to feature 16.
      const wide = makeParams({ ...tiny, array: { ...tiny.array, lanesPerSlice: 8, passes: 2 } });
      const found: string[] = [];
      // One of these models and windows shows it; of the wide one its first window does, and all of them take a minute.
      for (const [params, seed, part, windowCount] of [
        [tiny, 7, { mixedNorms: true, columnScales: true }, undefined],
        [wide, 6, { heads: 5, headWidth: 4, k: 1 }, 1],
        [tiny, 1, {}, undefined],
        [tiny, 3, { k: 9, banks: 8, rank: 24, normFirst: false, causal: true }, undefined],
        [tiny, 5, { heads: 1, headWidth: 3, k: 1 }, undefined],
      ] as const) {
        const model = randomModel(seed, part);
        const windows = windowsFor(randomFrom(seed), params, model, seed).slice(0, windowCount);
        const run = await runCore(params, model, windows, { simulator: 'icarus', seed, stall: false, mutant: { find, put } });
        found.push(...run.differences);
        if (found.length > 0) break;
      }
      expect(found.length).toBeGreaterThan(0);
    },
    300_000,
  );

  test.each([
    ['writes X of the window in work', 'x_from_rows && (here != rows_ahead_i)', 'x_from_rows && here'],
    ['writes R of the window in work', 'r_from_rows && (here != rows_ahead_i)', 'r_from_rows && here'],
    ['writes the map of the window in work', '.map_wr_side_i(rows_ahead_i ? !side_q : side_q)', '.map_wr_side_i(side_q)'],
    ['does not change sides', 'if (start_i) side_q <= !side_q;', ''],
  ])('differs from the golden model when a chip that loads ahead %s', async (_what, find, put) => {
    const tiny = presetParams('tiny');
    const params = makeParams({ ...tiny, batcher: { ...tiny.batcher, windowBuffers: 2 } });
    const found: string[] = [];
    for (const [seed, part] of [
      [1, { embedding: 'patch', normFirst: false }],
      [2, { embedding: 'direct', normFirst: true }],
    ] as const) {
      const model = randomModel(seed, part);
      const windows = windowsFor(randomFrom(seed), params, model, seed);
      const run = await runCore(params, model, windows, { simulator: 'icarus', seed, stall: false, mutant: { find, put } });
      expect(run.loadedAhead.length).toBeGreaterThan(0);
      found.push(...run.differences);
      if (found.length > 0) break;
    }
    expect(found.length).toBeGreaterThan(0);
  });

  test.each(['tiny', 'small'])('has no lint as %s', async (name) => {
    const params = presetParams(name);
    expect(await lintAll(coreSources(params), 'trex_core')).toEqual([]);
    expect(await lintAll(coreSources(params), 'trex_rows')).toEqual([]);
  });
});
