import { expect } from 'vitest';
import { fifoLatency } from '../../generator/contract/latencies.js';
import { makeParams } from '../../generator/params/params.js';
import { fifo } from '../../generator/rtl/fifo.js';
import { ram, ramMacro } from '../../generator/rtl/ram_1r1w.js';
import { describeUnit, makeRandom, pack, render, type Bench } from '../support/unit-bench.js';

interface Shape {
  readonly memory: 'block' | 'distributed' | 'macro';
  readonly wordBits: number;
  readonly depth: number;
}

/** Phases of filling, emptying and both, with a clear now and then; the model is a list and the word at the output. */
function fifoBench({ memory, wordBits, depth }: Shape, seed: number): Bench {
  const random = makeRandom(seed);
  let stored: bigint[] = [];
  let shown: bigint | undefined;
  let writing = 8;
  let reading = 8;
  const vectors: string[] = [];
  // When a word came into the empty unit.
  let alone: number | undefined;
  for (let n = 0; n < 2000; n += 1) {
    if (n % 50 === 0)
      [writing = 8, reading = 8] =
        [
          [8, 0],
          [8, 8],
          [3, 8],
          [8, 3],
          [5, 5],
        ][random.below(5)] ?? [];
    const clear = random.below(150) === 0;
    const wrValid = random.below(8) < writing;
    const rdReady = random.below(8) < reading;
    const data = random.bits(wordBits);
    const wrReady = stored.length < depth;
    vectors.push(
      pack([
        [1, wrReady],
        [1, shown !== undefined],
        [wordBits, shown ?? 0n],
        [1, clear],
        [1, wrValid],
        [wordBits, data],
        [1, rdReady],
      ]),
    );
    if (shown !== undefined && alone !== undefined) expect(n - alone).toBe(fifoLatency);
    if (shown !== undefined || clear) alone = undefined;
    else if (stored.length === 0 && wrValid && wrReady) alone = n;
    if (shown === undefined || rdReady) {
      [shown] = stored;
      stored = stored.slice(1);
    }
    if (wrValid && wrReady) stored.push(data);
    if (clear) [stored, shown] = [[], undefined];
  }
  const files = render(makeParams({ memory: { kind: memory } }), fifo, ram, ...(memory === 'macro' ? [ramMacro] : []));
  return { unit: 'fifo', files, macros: { WORD_BITS: wordBits, DEPTH: depth }, vectors };
}

describeUnit({
  unit: 'fifo',
  shapes: [
    { memory: 'block', wordBits: 12, depth: 5 },
    { memory: 'distributed', wordBits: 1, depth: 1 },
    { memory: 'macro', wordBits: 64, depth: 16 },
    { memory: 'block', wordBits: 3, depth: 2 },
  ],
  makeBench: fifoBench,
  mutants: [
    { what: 'takes a word too many', find: 'count_q != FULL', put: "1'b1" },
    { what: 'wraps its read address a word late', find: 'rd_addr_q == LAST[ADDR_BITS-1:0]', put: '&rd_addr_q' },
    { what: 'reads over a word that was not taken', find: '&& (!rd_valid_q || rd_ready_i)', put: '' },
    { what: 'forgets to count when it is read and written at once', find: 'if (write != fetch)', put: 'if (write || fetch)' },
    { what: 'keeps its words through a reset', find: 'count_q    <= {COUNT_BITS', put: 'count_q    <= rd_valid_q ? count_q : {COUNT_BITS' },
  ],
});
