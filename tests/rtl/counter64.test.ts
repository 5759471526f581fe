import { makeParams } from '../../generator/params/params.js';
import { counter64 } from '../../generator/rtl/counter64.js';
import { describeUnit, makeRandom, pack, render, type Bench } from '../support/unit-bench.js';

interface Shape {
  readonly addBits: number;
  readonly signed: 0 | 1;
  /** What a clear leaves in the sum: no bench counts to 2^32 by itself. */
  readonly start: bigint;
}

/** Addends of every size, sums about a carry into the high half, clears. */
function counterBench({ addBits, signed, start }: Shape, seed: number): Bench {
  const random = makeRandom(seed);
  let sum = start;
  let coming = [0n, 0n];
  const vectors = Array.from({ length: 1500 }, () => {
    const clear = random.below(100) === 0;
    const add = [0n, random.bits(addBits), (1n << BigInt(addBits)) - 1n][random.below(3)]!;
    const vector = pack([
      [64, BigInt.asUintN(64, sum)],
      [1, clear],
      [addBits, add],
    ]);
    sum += coming[1]!;
    coming = [signed === 1 ? BigInt.asIntN(addBits, add) : add, coming[0]!];
    if (clear) [sum, coming] = [start, [0n, 0n]];
    return vector;
  });
  const files = render(makeParams({}), counter64).map(({ name, text }) => ({
    name,
    text: text
      .replace("low_q   <= 32'd0;", `low_q   <= 32'd${BigInt.asUintN(32, start)};`)
      .replace("sum_q   <= 64'd0;", `sum_q   <= 64'd${start};`),
  }));
  return { unit: 'counter64', files, macros: { ADD_BITS: addBits, SIGNED: signed }, vectors };
}

describeUnit({
  unit: 'counter64',
  shapes: [
    { addBits: 32, signed: 0, start: 0n },
    { addBits: 1, signed: 0, start: 2n ** 32n - 10n },
    { addBits: 12, signed: 0, start: 2n ** 48n - 10n },
    { addBits: 31, signed: 1, start: 2n ** 33n - 10n },
  ],
  makeBench: counterBench,
  mutants: [
    { what: 'counts with 32 bits', find: "{ 31'd0, carry_q }", put: "32'd0" },
    { what: 'borrows nothing', find: " - { 31'd0, borrow_q }", put: '' },
    { what: 'keeps its borrow when cleared', find: "      borrow_q <= 1'b0;\n", put: '' },
    { what: 'carries every time', find: "{ 31'd0, carry_q }", put: "32'd1" },
    { what: 'carries a cycle early', find: '}, low_q };', put: "} + { 31'd0, low_q[31] }, low_q };" },
    { what: 'keeps its carry when cleared', find: "      carry_q <= 1'b0;\n", put: '' },
    { what: 'keeps the high half when cleared', find: "      sum_q   <= 64'd0;", put: "      sum_q[31:0] <= 32'd0;" },
    { what: 'keeps what is on its way when cleared', find: "      add_q   <= {ADD_BITS{1'b0}};\n", put: '' },
  ],
});
