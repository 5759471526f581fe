import { makeParams } from '../../generator/params/params.js';
import { drain } from '../../generator/rtl/drain.js';
import { peArrayLatency } from '../../generator/contract/latencies.js';
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
  // Words of the tile that leaves, from this cycle on, and the tile that was started last with the cycles since.
  let words: Word[] = [];
  let next: { words: Word[]; whole: number; age: number } | undefined;
  // Words that would be left of a whole tile, and whether one may be started: its first word comes so many cycles behind.
  let left = 0;
  let ready = true;
  for (let n = 0; n < 1500; n += 1) {
    const reset = random.below(120) === 0;
    const hold = random.below(8) === 0;
    const start: boolean = ready && (words.length > 0 || random.below(3) > 0) && random.below(4) > 0;
    const tile = {
      set: random.below(2) === 1,
      columns: random.below(3) === 0 ? columns : 1 + random.below(columns),
      lastPass: random.below(3) === 0 ? passes - 1 : random.below(passes),
      feature: random.below(3000),
    };
    const begin: boolean = next !== undefined && next.age >= peArrayLatency && !hold;
    const [word] = words;
    vectors.push(
      pack([
        [1, ready],
        [1, begin],
        [1, word !== undefined || next !== undefined],
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
        [1, hold],
      ]),
    );
    const idle = words.length === 0;
    words = begin ? next!.words : words.slice(1);
    left = begin ? next!.whole : left - 1;
    ready = !start && (next === undefined || begin) && (idle && !begin ? true : left <= peArrayLatency + 1);
    if (begin && words.length > left) throw new Error('a tile of more words than a whole one');
    if (begin) next = undefined;
    else if (next !== undefined) next.age += 1;
    if (start) {
      next = { words: [], whole: columns * (tile.lastPass + 1), age: 1 };
      for (let column = 0; column < tile.columns; column += 1) {
        for (let pass = 0; pass <= tile.lastPass; pass += 1)
          next.words.push({ set: tile.set, pass, column, feature: tile.feature + column });
      }
    }
    if (reset) {
      words = [];
      next = undefined;
      ready = true;
    }
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
    {
      what: 'begins a cycle early',
      find: 'assign begin_o   = delay_q[ISSUE_LATENCY-1]',
      put: 'assign begin_o   = delay_q[ISSUE_LATENCY-2]',
    },
    { what: 'begins while it is held', find: 'delay_q[ISSUE_LATENCY-1] && !hold_i;', put: 'delay_q[ISSUE_LATENCY-1];' },
    { what: 'forgets a tile that is held', find: ' || (delay_q[ISSUE_LATENCY-1] && hold_i)', put: '' },
    { what: 'takes a tile while one is held', find: ' && !(delay_q[ISSUE_LATENCY-1] && hold_i)', put: '' },
    { what: 'takes a tile while two are under way', find: '!start_i && !(|delay_q[ISSUE_LATENCY-2:0])', put: '!start_i' },
    { what: 'takes a tile that would cut off the one before', find: 'words_q <= LEFT_NOW', put: 'words_q <= LEFT_NOW + 1' },
    { what: 'leaves a gap between tiles', find: 'words_q <= LEFT_NOW', put: 'words_q <= LEFT_NEXT' },
    { what: 'shows the features of the tile to come', find: 'feature_q   <= next_feature_q', put: 'feature_q   <= next_feature_q + 1' },
    {
      what: 'steps its feature with every word',
      find: "        feature_q <= feature_q + 1'b1;\n      end",
      put: "      end\n      feature_q <= feature_q + 1'b1;",
    },
    { what: 'goes on after a reset', find: "      active_q <= 1'b0;\n      ready_q", put: '      ready_q' },
    { what: 'is not busy while it waits', find: 'active_q || (|delay_q)', put: 'active_q' },
  ],
});
