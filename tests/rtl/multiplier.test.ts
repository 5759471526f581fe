import { makeParams } from '../../generator/params/params.js';
import { multiplier } from '../../generator/rtl/multiplier.js';
import { describeUnit, makeRandom, pack, render, type Bench } from '../support/unit-bench.js';

interface Shape {
  readonly aBits: number;
  readonly bBits: number;
  readonly outBits: number;
  readonly stages: number;
}

/** A product a cycle, of extremes, of numbers about zero and of any. */
function multiplierBench({ aBits, bBits, outBits, stages }: Shape, seed: number): Bench {
  const random = makeRandom(seed);
  const factor = (bits: number): bigint => {
    const top = 1n << BigInt(bits - 1);
    return [-top, top - 1n, -1n, 0n, 1n, random.bits(bits) - top, random.bits(bits) - top, random.bits(bits) - top][random.below(8)]!;
  };
  const products: bigint[] = [];
  const vectors = Array.from({ length: 500 }, (_, n) => {
    const [a, b] = [factor(aBits), factor(bBits)];
    products.push(a * b);
    const wanted = products[n - stages];
    return pack([
      [1, wanted !== undefined],
      [outBits, wanted ?? 0n],
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
    {
      what: 'gives the low half a sign',
      find: "{ {B_BITS{1'b0}}, a_i[LOW_BITS-1:0] }",
      put: '{ {B_BITS{a_i[LOW_BITS-1]}}, a_i[LOW_BITS-1:0] }',
    },
    { what: 'takes the sign from the product of the low half', find: '{HIGH_BITS{low_q[LOW_BITS+B_BITS-1]}}', put: "{HIGH_BITS{1'b0}}" },
    { what: 'forgets the sign of the high half', find: '{B_BITS{a_i[A_BITS-1]}}', put: "{B_BITS{1'b0}}" },
  ],
});
