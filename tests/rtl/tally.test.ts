import { makeParams } from '../../generator/params/params.js';
import { tally } from '../../generator/rtl/tally.js';
import { describeUnit, makeRandom, pack, render, type Bench } from '../support/unit-bench.js';

interface Shape {
  readonly addBits: number;
  readonly sumBits: number;
  readonly scale: number;
  readonly signed: 0 | 1;
}

/** Addends of every size, that count or not, taken after any number of them, clears. */
function tallyBench({ addBits, sumBits, scale, signed }: Shape, seed: number): Bench {
  const random = makeRandom(seed);
  let sum = 0n;
  const vectors = Array.from({ length: 1500 }, (_, n) => {
    const clear = n === 0 || random.below(100) === 0;
    const take = random.below(4) === 0;
    const en = random.below(3) > 0;
    const add = [0n, random.bits(addBits), (1n << BigInt(addBits)) - 1n][random.below(3)]!;
    const shown = signed === 1 ? BigInt.asIntN(sumBits, sum) : BigInt.asUintN(sumBits, sum);
    const vector = pack([
      [33, BigInt.asUintN(33, shown * BigInt(scale))],
      [1, clear],
      [1, take],
      [1, en],
      [addBits, add],
    ]);
    sum = clear ? 0n : (take ? 0n : sum) + (!en ? 0n : signed === 1 ? BigInt.asIntN(addBits, add) : add);
    return vector;
  });
  const macros = { ADD_BITS: addBits, SUM_BITS: sumBits, SCALE: scale, SIGNED: signed };
  return { unit: 'tally', files: render(makeParams({}), tally), macros, vectors };
}

describeUnit({
  unit: 'tally',
  shapes: [
    { addBits: 32, sumBits: 32, scale: 1, signed: 0 },
    { addBits: 1, sumBits: 6, scale: 64, signed: 0 },
    { addBits: 25, sumBits: 31, scale: 1, signed: 1 },
  ],
  makeBench: tallyBench,
  mutants: [
    {
      what: 'forgets what comes while it is taken',
      find: 'addend[SUM_BITS-1:0] +',
      put: "(take_i ? {SUM_BITS{1'b0}} : addend[SUM_BITS-1:0]) +",
    },
    { what: 'adds what does not count', find: 'else if (en_i) sum_q', put: 'else sum_q' },
    { what: 'keeps what was taken while nothing comes', find: ' || (take_i && !en_i)', put: '' },
    { what: 'goes on when it is taken', find: "(take_i ? {SUM_BITS{1'b0}} : sum_q)", put: 'sum_q' },
    { what: 'keeps its sum when cleared', find: 'clear_i || (', put: '(' },
    { what: 'adds no negative number', find: '(SIGNED != 0) && add_i[ADD_BITS-1]', put: "1'b0" },
    { what: 'gives no negative number', find: '(SIGNED != 0) && sum_q[SUM_BITS-1]', put: "1'b0" },
    { what: 'does not scale', find: "sum * { 1'b0, scale }", put: 'sum' },
  ],
});
