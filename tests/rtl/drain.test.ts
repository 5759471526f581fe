import { makeParams } from '../../generator/params/params.js';
import { drain } from '../../generator/rtl/drain.js';
import { peArrayLatency } from '../../generator/rtl/pe_array.js';
import { describeUnit, makeRandom, pack, render, type Bench } from '../support/unit-bench.js';

interface Shape {
  readonly columns: number;
  readonly passes: number;
}

interface Word {
  readonly set: boolean;
  readonly pass: number;
  readonly column: number;
  readonly feature: number;
}

/** Tiles one after the other, close together or apart, full or ragged, some of them reset while they drain. */
function drainBench({ columns, passes }: Shape, seed: number): Bench {
  const random = makeRandom(seed);
  const columnBits = Math.ceil(Math.log2(columns));
  const passBits = Math.max(1, Math.ceil(Math.log2(passes)));
  const vectors: string[] = [];
  // What is still to come: undefined for a cycle of waiting.
  let due: (Word | undefined)[] = [];
  for (let n = 0; n < 1500; n += 1) {
    const reset = random.below(120) === 0;
    const start = due.length === 0 && random.below(3) > 0;
    const tile = {
      set: random.below(2) === 1, columns: random.below(3) === 0 ? columns : 1 + random.below(columns),
      lastPass: random.below(3) === 0 ? passes - 1 : random.below(passes), feature: random.below(3000),
    };
    const [word] = due;
    vectors.push(
      pack([
        [1, due.length > 0],
        [1, word !== undefined],
        [1, word?.set ?? false],
        [passBits, word?.pass ?? 0],
        [columnBits, word?.column ?? 0],
        [12, word?.feature ?? 0],
        [1, reset],
        [1, start],
        [1, tile.set],
        [columnBits + 1, tile.columns],
        [passBits, tile.lastPass],
        [12, tile.feature],
      ]),
    );
    due = due.slice(1);
    if (start) {
      // The first word is asked for when the array has taken the last step, one cycle of memory before it.
      due = Array.from({ length: peArrayLatency }, () => undefined);
      for (let column = 0; column < tile.columns; column += 1) {
        for (let pass = 0; pass <= tile.lastPass; pass += 1) due.push({ set: tile.set, pass, column, feature: tile.feature + column });
      }
    }
    if (reset) due = [];
  }
  return { unit: 'drain', files: render(makeParams({}), drain), macros: { COLUMNS: columns, PASSES: passes }, vectors };
}

describeUnit({
  unit: 'drain',
  shapes: [
    { columns: 4, passes: 3 },
    { columns: 2, passes: 1 },
    { columns: 16, passes: 2 },
  ],
  makeBench: drainBench,
  mutants: [
    { what: 'drains all passes whatever the window', find: 'pass_q == last_pass_q', put: 'pass_q == PASSES - 1' },
    { what: 'drains full tiles only', find: 'next_column == columns_q', put: 'next_column == COLUMNS' },
    { what: 'begins a cycle early', find: 'delay_q[ISSUE_LATENCY-1])', put: 'delay_q[ISSUE_LATENCY-2])' },
    { what: 'steps its feature with every word', find: '        feature_q <= feature_q + 12\'d1;\n      end', put: '      end\n      feature_q <= feature_q + 12\'d1;' },
    { what: 'goes on after a reset', find: '      active_q <= 1\'b0;\n    end\n  end', put: '    end\n  end' },
    { what: 'is not busy while it waits', find: 'active_q || (|delay_q)', put: 'active_q' },
  ],
});
