/** Changes of the core that a run against the golden model must find; what the core computes stands in core.test.ts. */
import { describe, expect, test } from 'vitest';
import { loadsAhead } from '../../generator/params/derived.js';
import type { Params } from '../../generator/params/fields.js';
import { makeParams } from '../../generator/params/params.js';
import { presetParams } from '../../generator/params/presets.js';
import type { Simulator } from '../../generator/sim/build.js';
import { runCore } from '../support/core-bench.js';
import { windowsFor } from '../support/random-core.js';
import { randomFrom, randomModel, type ModelShape } from '../support/random-model.js';

interface Mutant {
  readonly find: string;
  readonly put: string;
}

describe('core, changed', () => {
  const tiny = presetParams('tiny');
  const models = [
    [7, { mixedNorms: true, columnScales: true }],
    [1, {}],
    [3, { k: 9, banks: 8, rank: 24, normFirst: false, causal: true }],
    [5, { heads: 1, headWidth: 3, k: 1 }],
  ] as const;

  /** Differences of the first of these models that shows any, in all of its windows or in so many. */
  async function differences(
    params: Params,
    shapes: readonly (readonly [seed: number, part: Partial<ModelShape>])[],
    run: { readonly simulator: Simulator; readonly mutant: Mutant; readonly windows?: number },
  ): Promise<readonly string[]> {
    for (const [seed, part] of shapes) {
      const model = randomModel(seed, part);
      const windows = windowsFor(randomFrom(seed), params, model, seed).slice(0, run.windows);
      const { differences: found, loadedAhead } = await runCore(params, model, windows, { ...run, seed, stall: false });
      expect(loadedAhead.length > 0).toBe(loadsAhead(params));
      if (found.length > 0) return found;
    }
    return [];
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
    ['runs ahead of its norm', 'step_q < norm_features_i', "1'b1"],
    ['lets results of two instructions meet', '(first_tile_q ? !older_busy : drain_ready_i)', 'drain_ready_i'],
    ['looks at keys of other requests', '(segment == lane_segments[SEG_BITS*l +: SEG_BITS])', "1'b1"],
    ['observes a score with the mask of the one before', 'tag_q[(LATENCY-2)*TAG_BITS', 'tag_q[(LATENCY-1)*TAG_BITS'],
    ['masks probabilities as scores', 'walking_o ? softmax_pass : next_pass_i', 'next_pass_i'],
    [
      'scales a tile as the next',
      'next_multipliers_q <= bias_en_i ? multipliers_i : multipliers_q;',
      'next_multipliers_q <= multipliers_i;',
    ],
    ['scales all columns as the first', 'tile_multipliers_q[8*drain_column_o +: 8]', 'tile_multipliers_q[7:0]'],
    ['sends no norm to H', 'norm_to_h <= ins_dst == TO_H', "norm_to_h <= 1'b0"],
    ['hands attention over tile by tile of scores', 'step_done && last_tile && (mode_q', 'step_done && (mode_q'],
  ])('differs from the golden model when it %s', async (_what, find, put) => {
    expect((await differences(tiny, models, { simulator: 'verilator', mutant: { find, put } })).length).toBeGreaterThan(0);
  });

  // So many lanes that reciprocals take longer than the way to feature 16.
  const wide = makeParams({ ...tiny, array: { ...tiny.array, lanesPerSlice: 8, passes: 2 } });
  test('differs from the golden model when it reads values that wait for their reciprocals', async () => {
    const shapes = [[6, { heads: 5, headWidth: 4, k: 1 }]] as const;
    const mutant = { find: '(older_near_q || softmax_busy_i)', put: 'older_near_q' };
    expect((await differences(wide, shapes, { simulator: 'verilator', mutant, windows: 1 })).length).toBeGreaterThan(0);
  });

  // Only a memory that knows no value before it is written shows it.
  test('differs from the golden model when it weighs values where no token lies', async () => {
    const mutant = { find: 'values_q && !held[source]', put: "1'b0 && !held[source]" };
    expect((await differences(tiny, models, { simulator: 'icarus', mutant })).length).toBeGreaterThan(0);
  });

  test.each([
    ['writes X of the window in work', 'x_from_rows && (here != rows_ahead_i)', 'x_from_rows && here'],
    ['writes R of the window in work', 'r_from_rows && (here != rows_ahead_i)', 'r_from_rows && here'],
    ['writes the map of the window in work', '.map_wr_side_i(rows_ahead_i ? !side_q : side_q)', '.map_wr_side_i(side_q)'],
    ['does not change sides', 'if (start_i) side_q <= !side_q;', ''],
  ])('differs from the golden model when a chip that loads ahead %s', async (_what, find, put) => {
    const params = makeParams({ ...tiny, batcher: { ...tiny.batcher, windowBuffers: 2 } });
    const shapes = [
      [1, { embedding: 'patch', normFirst: false }],
      [2, { embedding: 'direct', normFirst: true }],
    ] as const;
    expect((await differences(params, shapes, { simulator: 'verilator', mutant: { find, put } })).length).toBeGreaterThan(0);
  });

  test.each([
    ['reads a probability that is still on its way to the memory', 'passed_late_q ? word_late_q', "1'b0 ? word_late_q"],
    ['looks at keys of the first slice alone', '(key == last_key)) group <= group', "1'b0) group <= group"],
    ['takes the probability of the cycle behind', 'passed_late_q ? word_late_q', 'passed_late_q ? word_q'],
    ['takes the ranks of the step behind', '.rd_rows_i(read_rows)', '.rd_rows_i(item_rows_i)'],
    ['takes the weights of the step behind', 'item_q  <= read_item', 'item_q  <= item_weights_i'],
    ['drains as early as without extra stages', 'ISSUE_LATENCY = 5', 'ISSUE_LATENCY = 3'],
  ])('differs from the golden model when a chip with extra stages %s', async (_what, find, put) => {
    const params = makeParams({ ...tiny, timing: { extraStages: 1 } });
    expect((await differences(params, models, { simulator: 'verilator', mutant: { find, put } })).length).toBeGreaterThan(0);
  });
});
