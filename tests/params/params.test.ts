import { describe, expect, it } from 'vitest';
import { UserError } from '../../generator/util/errors.js';
import { derive } from '../../generator/params/derived.js';
import { makeParams } from '../../generator/params/params.js';
import { presetParams, presets } from '../../generator/params/presets.js';

function problems(run: () => unknown): readonly string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof UserError) return error.problems;
    throw error;
  }
  return [];
}

describe('parameters', () => {
  it('freezes every level', () => {
    const params = makeParams();
    expect(Object.isFrozen(params)).toBe(true);
    expect(Object.isFrozen(params.array)).toBe(true);
  });

  it('reports every problem at once, with field, value and legal range', () => {
    expect(problems(() => makeParams({ array: { columns: 6, lanes: 2 }, memory: { kind: 'tape' }, prefix: '9x', pot: {} })))
      .toMatchInlineSnapshot(`
        [
          "pot: unknown key; known keys are port, array, vector, memory, prefix, timing, batcher, envelope, numerics, registerFile",
          "prefix = "9x": must match ^[a-z][a-z0-9_]{0,30}$",
          "array.lanes: unknown key; known keys are lanesPerSlice, slices, passes, columns, pairedColumns",
          "array.columns = 6 columns: must be a power of two from 2 to 32",
          "memory.kind = "tape": must be one of block, distributed, macro, latch",
        ]
      `);
  });

  it('refuses values that are legal alone and impossible together', () => {
    expect(
      problems(() =>
        makeParams({
          array: { columns: 8, lanesPerSlice: 64, passes: 5 },
          envelope: { rank: 12 },
          vector: { lanes: 96 },
          port: { busBytes: 64, burstBeats: 128, prefetchBeats: 64 },
        }),
      ),
    ).toMatchInlineSnapshot(`
      [
        "array.passes = 5: the window of 4 x 64 x 5 = 1280 tokens exceeds 1024; lower passes, slices or lanesPerSlice",
        "vector.lanes = 96 lanes: must divide the 4 x 64 = 256 lanes of array.slices x array.lanesPerSlice, which take turns; 0 makes a datapath for each",
        "envelope.rank = 12 ranks: must be a multiple of array.columns = 8, since a bank holds every 8th rank",
        "port.burstBeats = 128 beats: 128 x 64 bytes is over the 4096-byte boundary of AXI4; lower burstBeats or busBytes",
        "port.prefetchBeats = 64 beats: must hold at least one burst of port.burstBeats = 128",
      ]
    `);
  });

  it('refuses paired columns that are not there, and pairs of a lane that is alone', () => {
    expect(problems(() => makeParams({ array: { columns: 8, pairedColumns: 9, lanesPerSlice: 1 } }))).toMatchInlineSnapshot(`
      [
        "array.pairedColumns = 9 columns: must be an integer from 0 to array.columns = 8",
        "array.pairedColumns = 9 columns: must be 0 where array.lanesPerSlice = 1 is odd, since pairs are lanes of one slice, which share a weight; choose 2 or more lanes",
      ]
    `);
    expect(problems(() => makeParams({ array: { columns: 8, pairedColumns: 8, lanesPerSlice: 2 } }))).toEqual([]);
  });

  it.each(Object.keys(presets))('%s is legal', (name) => {
    expect(problems(() => presetParams(name))).toEqual([]);
  });

  it('gives small and paper the window of 128 tokens', () => {
    expect(derive(presetParams('small'))).toMatchObject({ windowTokens: 128, multipliers: 64 });
    expect(derive(presetParams('paper'))).toMatchObject({ windowTokens: 128, multipliers: 1024 });
  });

  it('derives an accumulator that the largest sum cannot overflow', () => {
    const params = presetParams('paper');
    const largest = params.envelope.hidden * 128 * 128 + 128 * 2 ** 16;
    expect(largest).toBeLessThan(2 ** (derive(params).accBits - 1));
  });
});
