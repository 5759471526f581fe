import { makeParams } from '../../generator/params/params.js';
import { multiplier } from '../../generator/rtl/multiplier.js';
import { describeUnit, join, makeRandom, pack, render, type Bench } from '../support/unit-bench.js';

interface Shape {
  readonly aBits: number;
  readonly bBits: number;
  readonly outBits: number;
  readonly stages: number;
}

/** Products of extremes, of numbers about zero and of any; each register takes what comes in most cycles only. */
function multiplierBench({ aBits, bBits, outBits, stages }: Shape, seed: number): Bench {
  const random = makeRandom(seed);
  const factor = (bits: number): bigint => {
    const top = 1n << BigInt(bits - 1);
    return [-top, top - 1n, -1n, 0n, 1n, random.bits(bits) - top, random.bits(bits) - top, random.bits(bits) - top][random.below(8)]!;
  };
  const registers: (bigint | undefined)[] = Array.from({ length: stages }, () => undefined);
  const vectors = Array.from({ length: 500 }, () => {
    const [a, b] = [factor(aBits), factor(bBits)];
    const wanted = registers[stages - 1];
    const taken = Array.from({ length: stages }, () => random.below(4) > 0);
    const before = [a * b, ...registers];
    taken.forEach((take, k) => {
      if (take) registers[k] = before[k];
    });
    return pack([
      [1, wanted !== undefined],
      [outBits, wanted ?? 0n],
      [stages, join(taken, 1)],
      [aBits, a],
      [bBits, b],
    ]);
  });
  const macros = { A_BITS: aBits, B_BITS: bBits, OUT_BITS: outBits, STAGES: stages };
  return { unit: 'multiplier', files: render(makeParams({}), multiplier), macros, vectors };
}

describeUnit({
  unit: 'multiplier',
  shapes: [
    { aBits: 23, bBits: 13, outBits: 36, stages: 2 },
    { aBits: 16, bBits: 16, outBits: 31, stages: 1 },
    { aBits: 4, bBits: 3, outBits: 7, stages: 2 },
    { aBits: 43, bBits: 13, outBits: 54, stages: 2 },
    { aBits: 32, bBits: 12, outBits: 43, stages: 1 },
  ],
  makeBench: multiplierBench,
  mutants: [
    { what: 'holds nothing in its last register', find: 'if (en_i[STAGES-1]) product_q', put: 'product_q' },
    { what: 'holds nothing in its first register', find: 'if (en_i[0]) high_q', put: 'high_q' },
    { what: 'holds the low half when the last register does', find: 'if (en_i[0]) low_q', put: 'if (en_i[STAGES-1]) low_q' },
    {
      what: 'gives the low half a sign',
      find: "{ {B_BITS{1'b0}}, a_i[LOW_BITS-1:0] }",
      put: '{ {B_BITS{a_i[LOW_BITS-1]}}, a_i[LOW_BITS-1:0] }',
    },
    { what: 'takes the sign from the product of the low half', find: '{HIGH_BITS{low_q[LOW_BITS+B_BITS-1]}}', put: "{HIGH_BITS{1'b0}}" },
    { what: 'forgets the sign of the high half', find: '{B_BITS{a_i[A_BITS-1]}}', put: "{B_BITS{1'b0}}" },
  ],
});
