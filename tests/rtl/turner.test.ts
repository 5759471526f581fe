import { expect } from 'vitest';
import { turnerLatency } from '../../generator/contract/latencies.js';
import { makeParams } from '../../generator/params/params.js';
import { turner } from '../../generator/rtl/turner.js';
import { describeUnit, join, makeRandom, pack, render, type Bench } from '../support/unit-bench.js';

interface Shape {
  readonly words: number;
  readonly elements: number;
}

/** Tiles back to back and with gaps on both sides, read whole or cut short, some of them lost to a reset. */
function turnerBench({ words, elements }: Shape, seed: number): Bench {
  const random = makeRandom(seed);
  const vectors: string[] = [];
  let filling: bigint[][] = [];
  let giving: bigint[][] = [];
  let given = 0;
  let haste = 0;
  // When a tile became whole that nothing held back.
  let whole: number | undefined;
  for (let n = 0; n < 2000; n += 1) {
    // Stretches in which both sides never wait show the throughput.
    if (n % 100 === 0) haste = random.below(3);
    const chance = (): boolean => haste === 0 || random.below(haste + 1) > 0;
    const reset = random.below(150) === 0;
    const inValid = chance();
    const outReady = giving.length > 0 && chance();
    const outLast = random.below(2 * elements) === 0;
    const data = Array.from({ length: elements }, () => random.bits(8));
    const gone = outReady && (outLast || given === elements - 1);
    const full = filling.length === words;
    const move = full && (giving.length === 0 || gone);
    const inReady = !full || move;
    vectors.push(
      pack([
        [1, filling.length === 0 && giving.length === 0],
        [1, inReady],
        [1, giving.length > 0],
        [
          words * 8,
          join(
            giving.map((word) => word[given]!),
            8,
          ),
        ],
        [1, reset],
        [1, inValid],
        [elements * 8, join(data, 8)],
        [1, outReady],
        [1, outLast],
      ]),
    );
    if (whole !== undefined && giving.length > 0) expect(n - whole).toBe(turnerLatency);
    if (giving.length > 0 || reset) whole = undefined;
    else if (inValid && inReady && filling.length === words - 1 && !full) whole = n;
    if (outReady) given += 1;
    if (gone) giving = [];
    if (move) [giving, filling, given] = [filling, [], 0];
    if (inValid && inReady) filling = [...filling, data];
    if (reset) [giving, filling] = [[], []];
  }
  return { unit: 'turner', files: render(makeParams({}), turner), macros: { WORDS: words, ELEMENTS: elements }, vectors };
}

describeUnit({
  unit: 'turner',
  shapes: [
    { words: 4, elements: 8 },
    { words: 8, elements: 8 },
    { words: 1, elements: 4 },
    { words: 16, elements: 1 },
  ],
  makeBench: turnerBench,
  mutants: [
    {
      what: 'gives elements in the other order',
      find: 'give_q >> DATA_BITS',
      put: '{ give_q[IN_BITS-DATA_BITS-1:0], give_q[IN_BITS-1 -: DATA_BITS] }',
    },
    { what: 'gives elements while nobody takes them', find: 'else if (out_ready_i) give_q', put: 'else give_q' },
    { what: 'never drops the rest of a tile', find: '(out_last_i || (left_q', put: '((left_q' },
    { what: 'takes a word over a tile that cannot move', find: '!full || move;', put: "1'b1;" },
    { what: 'stands still while a tile moves', find: '!full || move;', put: '!full;' },
    { what: 'waits for an empty place', find: 'full && (!out_valid_o || gone)', put: 'full && !out_valid_o' },
    { what: 'loses the word that is taken while a tile moves', find: 'take ? ONE_WORD : {FILL_BITS', put: "1'b0 ? ONE_WORD : {FILL_BITS" },
    { what: 'holds a tile through a reset', find: "      left_q   <= {LEFT_BITS{1'b0}};\n    end\n  end", put: '    end\n  end' },
    { what: 'calls itself empty while a tile fills', find: "!out_valid_o && (filled_q == {FILL_BITS{1'b0}})", put: '!out_valid_o' },
  ],
});
