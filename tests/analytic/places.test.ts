import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outlineOf, planOf } from '../../generator/analytic/plan.js';
import { predict } from '../../generator/analytic/predict.js';
import { Walk } from '../../generator/analytic/walk.js';
import { WindowModel } from '../../generator/analytic/window.js';
import { batchShapeOf } from '../../generator/batch/batch-shape.js';
import { formWindows, type Window } from '../../generator/batch/form-windows.js';
import { policies } from '../../generator/contract/codes.js';
import { derive } from '../../generator/params/derived.js';
import type { Params } from '../../generator/params/fields.js';
import { makeParams } from '../../generator/params/params.js';
import { buildWorkload } from '../../generator/subject/workload/build.js';
import { scaledDown, workloads } from '../../generator/subject/workload/shapes.js';

const params = makeParams({ array: { columns: 4, slices: 4, lanesPerSlice: 2, passes: 3 }, batcher: { lookahead: 16, segments: 16 } });
const { windowTokens, sliceTokens } = derive(params);
const model = buildWorkload(scaledDown(workloads.bertBase, 16, 1), { coding: 'factorized', banks: 4, seed: 1 });
const plan = planOf(outlineOf(model.operations), params);
const memory = { latencyCycles: 20, cyclesPerBeat: 1 };
const lengthsOfRuns = fc.array(fc.integer({ min: 1, max: windowTokens }), { minLength: 1, maxLength: 30 });

/** Pairs of a token and a key place with a token in a slice that the token's slice walks over, place by place. */
function attendedOf(window: Window, { array: { slices } }: Params): number {
  const owner = Array.from({ length: windowTokens }, () => -1);
  for (const { index, first, position, length } of window)
    for (let token = 0; token < length; token++) owner[first * sliceTokens + position + token] = index;
  const groups = Math.max(...window.map(({ count }) => count));
  let pairs = 0;
  for (let place = 0; place < windowTokens; place++) {
    if (owner[place] === -1) continue;
    const slice = Math.floor(place / sliceTokens);
    const long = window.find(({ first, count }) => count > 1 && slice >= first && slice < first + count);
    for (let group = 0; group < groups; group++) {
      const source = ((long?.first ?? slice) + group) % slices;
      for (let key = 0; key < sliceTokens; key++) if (owner[source * sliceTokens + key] !== -1) pairs++;
    }
  }
  return pairs;
}

describe('keys that a window walks over', () => {
  it.each(policies)('are those of the places with a token in the slices of the walk: %s', (policy) => {
    fc.assert(
      fc.property(lengthsOfRuns, (lengths) => {
        const walk = new Walk(plan);
        for (const window of formWindows(lengths, batchShapeOf(params), policy)) {
          walk.begin(window, memory);
          expect(walk.attended).toBe(attendedOf(window, params));
          expect(walk.squares).toBe(window.reduce((sum, { length }) => sum + length * length, 0));
          expect(walk.attended).toBeGreaterThanOrEqual(walk.squares);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('of other requests have a cause of their own, and all causes are all cycles', () => {
    fc.assert(
      fc.property(lengthsOfRuns, fc.constantFrom(...policies), (lengths, policy) => {
        const { causes, cycles } = predict({ model, params, lengths, policy, memory });
        const sum = Object.values(causes).reduce((a, b) => a + b, 0);
        expect(sum / (cycles * params.array.columns * derive(params).lanes)).toBeCloseTo(1, 6);
        expect(Math.min(...Object.values(causes))).toBeGreaterThanOrEqual(0);
        if (policy === 'single') expect(causes.maskedKeys).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  it("are nobody else's where every request has a slice of its own", () => {
    const causes = (policy: 'packed' | 'tokens', lengths: readonly number[]) => predict({ model, params, lengths, policy, memory }).causes;
    expect(causes('packed', [6, 1, 3, 5]).maskedKeys).toBe(0);
    expect(causes('tokens', [6, 1, 3, 5]).maskedKeys).toBe(0);
    expect(causes('tokens', [6, 1, 3, 5, 2]).maskedKeys).toBeGreaterThan(0);
  });
});

describe('rows of a window', () => {
  const cycles = (window: Window, latencyCycles: number, of = plan): number =>
    new WindowModel(of, { latencyCycles, cyclesPerBeat: 1 }).cycles(window);
  const placed = (index: number, first: number, position: number, length: number) => ({
    index,
    first,
    position,
    length,
    count: Math.ceil(length / sliceTokens),
  });

  it('of eight requests expose fewer round trips than one each', () => {
    const window = [0, 1, 2, 3, 4, 5, 6, 7].map((index) => placed(index, index % 4, index < 4 ? 0 : 3, 3));
    // The first rows in, the first weights, and the last rows out; the write port has room for some bursts without a response.
    expect(cycles(window, 210) - cycles(window, 10)).toBeLessThan(8 * 200);
    const alone = [placed(0, 0, 0, 24)];
    expect(cycles(window, 210) - cycles(window, 10)).toBeLessThan(cycles(alone, 210) - cycles(alone, 10) + 4 * 200);
  });

  it('are gathered and spread a tile at once, whoever shares it', () => {
    // Two requests in one tile of two lanes move as fast as one of both rows, but for the hand-over between them.
    const both = cycles([placed(0, 0, 0, 2)], 1);
    const shared = cycles([placed(0, 0, 0, 1), placed(1, 0, 1, 1)], 1);
    expect(shared - both).toBeGreaterThan(0);
    expect(shared - both).toBeLessThan(30);
  });

  it('do not depend on the order of the segment table', () => {
    const window = [placed(0, 0, 0, 8), placed(1, 2, 0, 3), placed(2, 1, 2, 4), placed(3, 2, 3, 2)];
    expect(cycles([...window].reverse(), 50)).toBe(cycles(window, 50));
  });
});
