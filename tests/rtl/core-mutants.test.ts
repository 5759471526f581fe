/** Changes of the core that a run against the golden model must find; what the core computes stands in core.test.ts. */
import { describe, expect, test } from 'vitest';
import { loadsAhead } from '../../generator/params/derived.js';
import type { Params } from '../../generator/params/fields.js';
import { makeParams } from '../../generator/params/params.js';
import { presetParams } from '../../generator/params/presets.js';
import type { Simulator } from '../../generator/sim/build.js';
import { runCore, type CoreMutant } from '../support/core-bench.js';
import { windowsFor } from '../support/random-core.js';
import { randomFrom, randomModel, type ModelShape } from '../support/random-model.js';

type Row = readonly [what: string, at: string, find: string, put: string];

interface Suite {
  readonly params: Params;
  readonly shapes: readonly (readonly [seed: number, part: Partial<ModelShape>])[];
  readonly simulator?: Simulator;
  /** Windows of each model; all when left out. */
  readonly windows?: number;
  readonly mutants: readonly Row[];
}

const tiny = presetParams('tiny');
const models: Suite['shapes'] = [
  [7, { mixedNorms: true, columnScales: true }],
  [1, {}],
  [3, { k: 9, banks: 8, rank: 24, normFirst: false, causal: true }],
  [5, { heads: 1, headWidth: 3, k: 1 }],
];

const suites: Readonly<Record<string, Suite>> = {
  // Each is a way in which instructions that overlap, or requests that share slices, could get into each other's results.
  core: {
    params: tiny,
    shapes: models,
    mutants: [
      ['drains values before their reciprocals', '.hold_i(@)', 'softmax_busy', "1'b0"],
      ['reads a probability that is still on its way to the memory', 'o[8*l +: 8] = @ ? word_q', 'passed_q', "1'b0"],
      ['sends results where the next instruction does', 'TO_X : @;', 'dst_q', 'dst_i'],
      [
        'scales results as the next instruction does',
        'lane_shift[SHIFT_BITS*l +: SHIFT_BITS] = @;',
        'values ? recip_shift_i[SHIFT_BITS*l +: SHIFT_BITS] + values_shift_q : shift_q',
        'values ? recip_shift_i[SHIFT_BITS*l +: SHIFT_BITS] + values_shift_i : shift_i',
      ],
      ['gives a tile the biases of the next', 'next_bias_q  <= @;', 'bias_en_i ? bias_i : bias_q', 'bias_i'],
      ['begins before the ranks are there', 'OP_EXPAND: needs_older = @;', 'older_rank_q', "1'b0"],
      ['begins before the features are there', '@ && (ins_src', '(older_near_q || softmax_busy_i)', 'softmax_busy_i'],
      ['runs ahead of its norm', '(@)', 'step_q < norm_features_i', "1'b1"],
      ['lets results of two instructions meet', '|| @', '(first_tile_q ? !older_busy : drain_ready_i)', 'drain_ready_i'],
      ['looks at keys of other requests', '@', '(segment == lane_segments[SEG_BITS*l +: SEG_BITS])', "1'b1"],
      ['observes a score with the mask of the one before', 'tag_q[(LATENCY-@)*TAG_BITS +:', '2', '1'],
      ['masks probabilities as scores', '.pass_i(@)', 'walking_o ? softmax_pass : next_pass_i', 'next_pass_i'],
      ['scales a tile as the next', 'next_multipliers_q <= @;', 'bias_en_i ? multipliers_i : multipliers_q', 'multipliers_i'],
      ['scales all columns as the first', 'tile_multipliers_q[@ +: 8]', '8*drain_column_o', '0'],
      ['sends no norm to H', 'norm_to_h <= @;', 'ins_dst == TO_H', "1'b0"],
      ['hands attention over tile by tile of scores', 'step_done && @ && (mode_q', 'last_tile', "1'b1"],
    ],
  },
  // So many lanes that reciprocals take longer than the way to feature 16.
  'core of many lanes': {
    params: makeParams({ ...tiny, array: { ...tiny.array, lanesPerSlice: 8, passes: 2 } }),
    shapes: [[6, { heads: 5, headWidth: 4, k: 1 }]],
    windows: 1,
    mutants: [['reads values that wait for their reciprocals', '@ && (ins_src', '(older_near_q || softmax_busy_i)', 'older_near_q']],
  },
  // Only a memory that knows no value before it is written shows it.
  'core in Icarus': {
    params: tiny,
    shapes: models,
    simulator: 'icarus',
    mutants: [['weighs values where no token lies', '@ && !held[source]', 'values_q', "1'b0"]],
  },
  'core that loads ahead': {
    params: makeParams({ ...tiny, batcher: { ...tiny.batcher, windowBuffers: 2 } }),
    shapes: [
      [1, { embedding: 'patch', normFirst: false }],
      [2, { embedding: 'direct', normFirst: true }],
    ],
    mutants: [
      ['writes X of the window in work', 'x_from_rows && @', '(here != rows_ahead_i)', 'here'],
      ['writes R of the window in work', 'r_from_rows && @', '(here != rows_ahead_i)', 'here'],
      ['writes the map of the window in work', '.map_wr_side_i(@)', 'rows_ahead_i ? !side_q : side_q', 'side_q'],
      ['does not change sides', 'if (start_i) side_q <= @;', '!side_q', 'side_q'],
    ],
  },
  'core with extra stages': {
    params: makeParams({ ...tiny, timing: { extraStages: 1 } }),
    shapes: models,
    mutants: [
      ['reads a probability that is still on its way to the memory', 'o[8*l +: 8] = @ ?', 'passed_late_q', "1'b0"],
      ['looks at keys of the first slice alone', 'softmax_key_end && @)', '(key == last_key)', "1'b0"],
      ['takes the probability of the cycle behind', '? @ : rd_data', 'word_late_q', 'word_q'],
      ['takes the ranks of the step behind', '.rd_rows_i(@)', 'read_rows', 'item_rows_i'],
      ['takes the weights of the step behind', 'item_q  <= @;', 'read_item', 'item_weights_i'],
      ['drains two cycles early', 'begin_o   = delay_q[ISSUE_LATENCY-@] && !hold_i', '1', '3'],
    ],
  },
};

describe.each(Object.entries(suites))('%s, changed', (_name, { params, shapes, simulator = 'verilator', windows, mutants: rows }) => {
  const mutants: readonly CoreMutant[] = rows.map(([, at, find, put]) => ({ at, find, put }));

  /** Differences of the first of the models that shows any. */
  async function differences(mutant: number): Promise<readonly string[]> {
    for (const [seed, part] of shapes) {
      const model = randomModel(seed, part);
      const some = windowsFor(randomFrom(seed), params, model, seed).slice(0, windows);
      const run = await runCore(params, model, some, { simulator, seed, stall: false, mutants, mutant });
      expect(run.loadedAhead.length > 0).toBe(loadsAhead(params));
      if (run.differences.length > 0) return run.differences;
    }
    return [];
  }

  // Icarus takes half a minute for it, and core.test.ts shows the same.
  if (simulator !== 'icarus')
    test('agrees with the golden model when no change is in force', async () => {
      expect(await differences(0)).toEqual([]);
    });

  test.each(rows.map(([what], index) => [what, index + 1] as const))('differs from the golden model when it %s', async (_what, mutant) => {
    expect((await differences(mutant)).length).toBeGreaterThan(0);
  });
});
