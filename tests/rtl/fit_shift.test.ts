import { makeParams } from '../../generator/params/params.js';
import { fitShift } from '../../generator/rtl/fit_shift.js';
import { describeUnit, makeRandom, pack, render, type Bench } from '../support/unit-bench.js';

interface Shape {
  readonly inBits: number;
  readonly amountBits: number;
  readonly outBits: number;
}

/** Every amount with numbers just inside and just outside of what fits behind it, with extremes and with any. */
function fitShiftBench({ inBits, amountBits, outBits }: Shape, seed: number): Bench {
  const random = makeRandom(seed);
  const limit = 1n << BigInt(outBits - 1);
  const top = 1n << BigInt(inBits - 1);
  const inside = (value: bigint): bigint => (value >= top ? top - 1n : value < -top ? -top : value);
  const vectors: string[] = [];
  for (let amount = 0; amount < 2 ** amountBits; amount += 1) {
    const by = BigInt(amount);
    const edge = limit << by;
    const any = Array.from({ length: 12 }, () => random.bits(1 + random.below(inBits)) - (random.bits(1) << BigInt(random.below(inBits))));
    for (const value of [edge, edge - 1n, -edge, -edge - 1n, 0n, -1n, top, -top, ...any].map(inside)) {
      const shifted = value >> by;
      vectors.push(
        pack([
          [1, shifted >= limit || shifted < -limit],
          [outBits, shifted],
          [amountBits, amount],
          [inBits, value],
        ]),
      );
    }
  }
  const macros = { IN_BITS: inBits, AMOUNT_BITS: amountBits, OUT_BITS: outBits };
  return { unit: 'fit_shift', files: render(makeParams({}), fitShift), macros, vectors };
}

describeUnit({
  unit: 'fit_shift',
  shapes: [
    { inBits: 43, amountBits: 6, outBits: 18 },
    { inBits: 35, amountBits: 5, outBits: 17 },
    { inBits: 40, amountBits: 6, outBits: 5 },
    { inBits: 60, amountBits: 3, outBits: 9 },
    { inBits: 18, amountBits: 6, outBits: 18 },
    { inBits: 9, amountBits: 1, outBits: 2 },
  ],
  makeBench: fitShiftBench,
  mutants: [
    { what: 'shifts zeros in', find: '{BY{have[HAVE_BITS-1]}}', put: "{BY{1'b0}}" },
    { what: 'takes what it drops for zeros', find: '{(HAVE_BITS-KEEP_BITS){have[HAVE_BITS-1]}}', put: "{(HAVE_BITS-KEEP_BITS){1'b0}}" },
    {
      what: 'does not look at the lowest of what it drops',
      find: '(have[HAVE_BITS-2:KEEP_BITS-1] != {(HAVE_BITS-KEEP_BITS){',
      put: '({ have[HAVE_BITS-2:KEEP_BITS-1] >> 1, have[HAVE_BITS-1] } != {(HAVE_BITS-KEEP_BITS+1){',
    },
    { what: 'takes every large number for too large', find: '!amount_i[k] && (have', put: '(have' },
    { what: 'forgets what no shift brings down', find: 'assign over[k] = (value_i', put: "assign over[k] = 1'b0 && (value_i" },
    { what: 'forgets a stage', find: 'assign over_o = |over;', put: 'assign over_o = |over[AMOUNT_BITS-1:1];' },
  ],
});
