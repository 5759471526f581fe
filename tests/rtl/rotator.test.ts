import { makeParams } from '../../generator/params/params.js';
import { rotator } from '../../generator/rtl/rotator.js';
import { describeUnit, join, makeRandom, pack, render, type Bench } from '../support/unit-bench.js';

interface Shape {
  readonly count: number;
  readonly wordBits: number;
}

/** Every amount in both directions, twice, on random words. */
function rotatorBench({ count, wordBits }: Shape, seed: number): Bench {
  const random = makeRandom(seed);
  const amountBits = Math.max(1, Math.ceil(Math.log2(count)));
  const vectors: string[] = [];
  for (let n = 0; n < 4 * count; n += 1) {
    const amount = n % count;
    const inverse = Math.floor(n / count) % 2 === 1;
    const words = Array.from({ length: count }, () => random.bits(wordBits));
    const wanted = words.map((_, c) => words[(inverse ? c - amount + count : c + amount) % count] ?? 0n);
    vectors.push(
      pack([
        [1, true],
        [count * wordBits, join(wanted, wordBits)],
        [amountBits, amount],
        [1, inverse],
        [count * wordBits, join(words, wordBits)],
      ]),
    );
  }
  return { unit: 'rotator', files: render(makeParams({}), rotator), macros: { COUNT: count, WORD_BITS: wordBits }, vectors };
}

describeUnit({
  unit: 'rotator',
  shapes: [
    { count: 8, wordBits: 64 },
    { count: 1, wordBits: 8 },
    { count: 2, wordBits: 1 },
    { count: 4, wordBits: 24 },
    { count: 16, wordBits: 9 },
  ],
  makeBench: rotatorBench,
  mutants: [
    { what: 'never turns back', find: 'inverse_i ? -amount_i : amount_i', put: 'amount_i' },
    {
      what: 'turns each stage the other way',
      find: '{ given[CUT-1:0], given[COUNT*WORD_BITS-1:CUT] }',
      put: '{ given[COUNT*WORD_BITS-CUT-1:0], given[COUNT*WORD_BITS-1:COUNT*WORD_BITS-CUT] }',
    },
    { what: 'turns each stage by a word less', find: '(1 << s) * WORD_BITS', put: '(s + 1) * WORD_BITS' },
  ],
});
