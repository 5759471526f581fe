import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchShapeOf } from '../../../generator/batch/batch-shape.js';
import { formWindows } from '../../../generator/batch/form-windows.js';
import { defaultPolicy, policies } from '../../../generator/contract/codes.js';
import { emaCases, measureEma } from '../../../generator/studies/evaluate/ema.js';
import { modelFormats } from '../../../generator/studies/evaluate/formats.js';
import { makeParams } from '../../../generator/params/params.js';
import { presetParams } from '../../../generator/params/presets.js';
import { readImage, writeImage } from '../../../generator/program/image.js';
import { coldShapes, coldTraffic, windowTraffic } from '../../../generator/program/traffic.js';
import { sumTraffic } from '../../../generator/contract/traffic-classes.js';
import { randomModel } from '../../support/random-model.js';

const small = presetParams('small');
const hardware = { columns: 8, busBytes: 16 };
const model = randomModel(3, { width: 32, hidden: 64, rank: 32, k: 4, banks: 8, layers: 2, heads: 2, headWidth: 16, head: 'token' });
const image = readImage(writeImage(model, hardware));
const windowBytes = (lengths: readonly number[]): number => sumTraffic(windowTraffic(image.model.operations, lengths, hardware));
const cold = sumTraffic(coldTraffic(coldShapes(model), hardware));

const lengths1000 = Array.from({ length: 1000 }, () => 20);

describe('memory access per input', () => {
  it('of a mix is W_S and every window that the batcher forms, over its inputs', () => {
    // Windows: 64 takes two slices, 1 lies behind 20, then 128 alone, then 33.
    const { bytesPerInput, windows, inputs, booksAgree } = measureEma(image, [20, 128, 64, 30, 33, 1], small);
    const all = [[20, 64, 30, 1], [128], [33]];
    expect({ windows, inputs, booksAgree }).toEqual({ windows: 3, inputs: 6, booksAgree: true });
    expect(bytesPerInput.mix * 6).toBeCloseTo(cold + all.reduce((sum, window) => sum + windowBytes(window), 0), 6);
    expect(bytesPerInput.mix32).toBe(bytesPerInput.mix);
    expect(bytesPerInput.mixCold * 4).toBeCloseTo(cold + windowBytes(all[0]!), 6);
  });

  it('of 1, 2 and 4 inputs per window shares the stream and nothing else', () => {
    const lengths = [5, 9, 30, 12];
    const { bytesPerInput } = measureEma(image, lengths, small);
    expect(bytesPerInput['1'] * 4).toBeCloseTo(cold + lengths.reduce((sum, length) => sum + windowBytes([length]), 0), 6);
    expect(bytesPerInput['4'] * 4).toBeCloseTo(cold + windowBytes(lengths), 6);
    expect(bytesPerInput['2'] * 4).toBeCloseTo(cold + windowBytes([5, 9]) + windowBytes([30, 12]), 6);
  });

  it('is compared with the dense model in 16 bits, its rows in and out included', () => {
    const { baselineBytesPerInput, ratio, bytesPerInput } = measureEma(image, [10, 20], small);
    const { dense } = modelFormats(image.model);
    expect(baselineBytesPerInput).toBe(dense.pass + 15 * (12 + 4));
    for (const name of ['1', '2', '4', 'mix'] as const) expect(ratio[name]).toBeCloseTo(baselineBytesPerInput / bytesPerInput[name], 10);
  });

  it('counts the first 1,000 inputs and sums over the classes', () => {
    const lengths = Array.from({ length: 1500 }, (_, i) => 1 + (i % 64));
    const { inputs, classes, bytesPerInput, windows } = measureEma(image, lengths, small);
    expect(inputs).toBe(1000);
    expect(sumTraffic(classes)).toBeCloseTo(bytesPerInput.mix, 6);
    const slices = lengths.slice(0, 1000).reduce((sum, length) => sum + Math.ceil(length / 32), 0);
    const tokens = lengths.slice(0, 1000).reduce((sum, length) => sum + length, 0);
    expect(windows).toBeGreaterThanOrEqual(Math.ceil(tokens / 128));
    expect(windows).toBeLessThan(slices / 4);
  });

  it('is told of every policy: each forms its windows of the same inputs', () => {
    const lengths = [20, 10, 64, 30, 33, 1, 9, 9];
    const { ratioByPolicy, windowsByPolicy, ratio, windows, baselineBytesPerInput } = measureEma(image, lengths, small);
    for (const policy of policies) {
      const formed = formWindows(lengths, batchShapeOf(small), policy);
      const bytes = cold + formed.reduce((sum, window) => sum + windowBytes(window.map(({ length }) => length)), 0);
      expect(windowsByPolicy[policy]).toBe(formed.length);
      expect(ratioByPolicy[policy]).toBeCloseTo((baselineBytesPerInput * lengths.length) / bytes, 8);
    }
    expect([windowsByPolicy.single, windowsByPolicy.tokens]).toEqual([8, 2]);
    expect(ratioByPolicy[defaultPolicy]).toBeCloseTo(ratio.mix, 10);
    expect(windowsByPolicy[defaultPolicy]).toBe(windows);
  });

  it('falls with the number of windows that W_S is spread over', () => {
    const { bytesPerInput } = measureEma(image, lengths1000, small);
    expect(bytesPerInput.mixCold).toBeGreaterThan(bytesPerInput.mix32);
    expect(bytesPerInput.mix32).toBeGreaterThan(bytesPerInput.mix);
    // 1 window of 4, 32 of them, 250 of them.
    const spread = (windows: number): number => cold / (4 * windows);
    expect(bytesPerInput.mixCold - bytesPerInput.mix32).toBeCloseTo(spread(1) - spread(32), 6);
    expect(bytesPerInput.mix32 - bytesPerInput.mix).toBeCloseTo(spread(32) - spread(250), 6);
  });

  it('is a chain of factors whose product is the ratio of the mix, for any lengths', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 128 }), { minLength: 1, maxLength: 50 }), (lengths) => {
        const { chain, ratio, booksAgree } = measureEma(image, lengths, small);
        expect(chain.factorization * chain.sharing * chain.coding * chain.batching).toBeCloseTo(chain.total, 8);
        expect(chain.total).toBe(ratio.mix);
        expect(booksAgree).toBe(true);
        for (const name of emaCases) expect(ratio[name]).toBeGreaterThan(0);
      }),
    );
  });

  it('refuses inputs that are longer than the window', () => {
    expect(() => measureEma(image, [65], makeParams({ array: { slices: 2 } }))).toThrow(
      'array: the window holds 64 tokens, 1 of 1 inputs are longer, the longest has 65; raise array.passes, array.lanesPerSlice or array.slices',
    );
  });
});

describe('bytes by format', () => {
  it('are those that one counts by hand', () => {
    const { operations } = randomModel(1, {
      width: 4,
      heads: 1,
      headWidth: 4,
      hidden: 8,
      rank: 4,
      k: 2,
      banks: 2,
      layers: 1,
      classes: 3,
      inputWidth: 5,
    });
    const matrices = [
      { inner: 4, rank: 4 },
      { inner: 4, rank: 4 },
      { inner: 4, rank: 4 },
      { inner: 8, rank: 4 },
    ];
    const norms = 3 * 8;
    const denseLayers = (5 + 1) * 4 + (4 + 1) * 3;
    const weights = 4 * 16 + 32 + 32;
    const biases = 4 * 4 + 8 + 4;
    const slots = 2 * (4 * 4 + 8 + 4);
    const shared = 3 * 16 + 32;
    const others = norms + denseLayers + biases;
    // Index codes of one bit: two rows in each of two banks.
    expect(modelFormats({ operations, matrices, positionRows: 0 })).toEqual({
      dense: { cold: 0, pass: 2 * (weights + others) },
      factorizedUnshared: { cold: 0, pass: 4 * slots + 2 * others + 2 * shared },
      factorized: { cold: 2 * shared, pass: 4 * slots + 2 * others },
      coded: { cold: shared / 2 + 64, pass: 4 * slots + 2 * others },
      sixBit: { cold: shared / 2 + 64, pass: (7 * slots) / 8 + 2 * others },
    });
  });
});
