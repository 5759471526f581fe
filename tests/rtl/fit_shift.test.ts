import { makeParams } from '../../generator/params/params.js';
import { fitShift } from '../../generator/rtl/fit_shift.js';
import { describeUnit, makeRandom, pack, render, type Bench } from '../support/unit-bench.js';

interface Shape {
  readonly inBits: number;
  readonly amountBits: number;
  readonly outBits: number;
  readonly stages: 0 | 1;
}

/** Every amount with numbers just inside and just outside of what fits behind it, with extremes and with any. */
function fitShiftBench({ inBits, amountBits, outBits, stages }: Shape, seed: number): Bench {
  const random = makeRandom(seed);
  const limit = 1n << BigInt(outBits - 1);
  const top = 1n << BigInt(inBits - 1);
  const inside = (value: bigint): bigint => (value >= top ? top - 1n : value < -top ? -top : value);
  const vectors: string[] = [];
  // Before anything has come the register holds nothing.
  let held: Parameters<typeof pack>[0] = [[1 + 1 + outBits + 1, 0]];
  for (let amount = 0; amount < 2 ** amountBits; amount += 1) {
    const by = BigInt(amount);
    const edge = limit << by;
    const any = Array.from({ length: 12 }, () => random.bits(1 + random.below(inBits)) - (random.bits(1) << BigInt(random.below(inBits))));
    for (const value of [edge, edge - 1n, -edge, -edge - 1n, 0n, -1n, top, -top, ...any].map(inside)) {
      const shifted = value >> by;
      const fresh: typeof held = [
        [1, true],
        [1, shifted >= limit || shifted < -limit],
        [outBits, shifted],
        [1, value < 0n],
      ];
      const enabled = random.below(4) > 0;
      vectors.push(pack([...(stages === 0 ? fresh : held), [1, enabled], [amountBits, amount], [inBits, value]]));
      if (enabled) held = fresh;
    }
  }
  const macros = { IN_BITS: inBits, AMOUNT_BITS: amountBits, OUT_BITS: outBits, STAGES: stages };
  return { unit: 'fit_shift', files: render(makeParams({}), fitShift), macros, vectors };
}

describeUnit({
  unit: 'fit_shift',
  shapes: [
    { inBits: 43, amountBits: 6, outBits: 18, stages: 1 },
    { inBits: 35, amountBits: 5, outBits: 17, stages: 0 },
    { inBits: 40, amountBits: 6, outBits: 5, stages: 0 },
    { inBits: 60, amountBits: 3, outBits: 9, stages: 1 },
    { inBits: 18, amountBits: 6, outBits: 18, stages: 1 },
    { inBits: 9, amountBits: 1, outBits: 2, stages: 0 },
    { inBits: 9, amountBits: 1, outBits: 3, stages: 1 },
    { inBits: 43, amountBits: 6, outBits: 17, stages: 0 },
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
    { what: 'takes every large number for too large', find: '!amount[k] && (have', put: '(have' },
    { what: 'forgets what no shift brings down', find: 'assign over[k] = (value_i', put: "assign over[k] = 1'b0 && (value_i" },
    { what: 'forgets a step', find: 'assign over_o = |over;', put: 'assign over_o = |over[AMOUNT_BITS-1:1];' },
    { what: 'forgets what is found behind the register', find: 'over_q || (|over[CUT-1:0])', put: 'over_q' },
    { what: 'forgets what is found in front of it', find: 'over_q || (|over[CUT-1:0])', put: '|over[CUT-1:0]' },
    { what: 'shifts on by the next amount', find: 'amount[CUT-1:0] = amount_q', put: 'amount[CUT-1:0] = amount_i[CUT-1:0]' },
    { what: 'does not hold', find: 'if (en_i) keep_q <= keep', put: 'keep_q <= keep' },
  ],
});
