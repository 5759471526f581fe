import { makeParams } from '../../generator/params/params.js';
import { drain } from '../../generator/rtl/drain.js';
import { peArrayLatency } from '../../generator/contract/latencies.js';
import { widths } from '../../generator/contract/widths.js';
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

/** What starts a tile. */
interface Tile {
  readonly set: boolean;
  readonly columns: number;
  readonly lastPass: number;
  readonly feature: number;
}

/** Words of a tile in the order in which they leave. */
function wordsOf({ set, columns, lastPass, feature }: Tile): Word[] {
  return Array.from({ length: columns }, (_, column) =>
    Array.from({ length: lastPass + 1 }, (__, pass) => ({ set, pass, column, feature: feature + column })),
  ).flat();
}

class Model {
  /** Words of the tile that leaves, from this cycle on. */
  words: readonly Word[] = [];
  /** The tile that was started last, with the cycles since. */
  next: { readonly words: readonly Word[]; readonly whole: number; age: number } | undefined;
  /** Whether a tile may be started: its first word comes so many cycles behind. */
  ready = true;
  /** Words that would be left of a whole tile. */
  private left = 0;

  constructor(private readonly columns: number) {}

  begins(hold: boolean): boolean {
    return this.next !== undefined && this.next.age >= peArrayLatency && !hold;
  }

  step({ start, begin, reset }: { start: boolean; begin: boolean; reset: boolean }, tile: Tile): void {
    const { next } = this;
    const idle = this.words.length === 0;
    this.words = begin ? next!.words : this.words.slice(1);
    this.left = begin ? next!.whole : this.left - 1;
    this.ready = !start && (next === undefined || begin) && (idle && !begin ? true : this.left <= peArrayLatency + 1);
    if (begin && this.words.length > this.left) throw new Error('a tile of more words than a whole one');
    if (begin) this.next = undefined;
    else if (next !== undefined) next.age += 1;
    if (start) this.next = { words: wordsOf(tile), whole: this.columns * (tile.lastPass + 1), age: 1 };
    if (reset) [this.words, this.next, this.ready] = [[], undefined, true];
  }
}

/** Tiles one after the other, close together or apart, full or ragged, some of them reset while they drain. */
function drainBench({ columns, passes }: Shape, seed: number): Bench {
  const random = makeRandom(seed);
  const columnBits = Math.ceil(Math.log2(columns));
  const passBits = Math.max(1, Math.ceil(Math.log2(passes)));
  const vectors: string[] = [];
  const model = new Model(columns);
  for (let n = 0; n < 1500; n += 1) {
    const reset = random.below(120) === 0;
    const hold = random.below(8) === 0;
    const start: boolean = model.ready && (model.words.length > 0 || random.below(3) > 0) && random.below(4) > 0;
    const tile: Tile = {
      set: random.below(2) === 1,
      columns: random.below(3) === 0 ? columns : 1 + random.below(columns),
      lastPass: random.below(3) === 0 ? passes - 1 : random.below(passes),
      feature: random.below(3000),
    };
    const begin = model.begins(hold);
    const [word] = model.words;
    vectors.push(
      pack([
        [1, model.ready],
        [1, begin],
        [1, word !== undefined || model.next !== undefined],
        [1, word !== undefined],
        [1, word?.set ?? false],
        [passBits, word?.pass ?? 0],
        [columnBits, word?.column ?? 0],
        [widths.FEATURE.bits, word?.feature ?? 0],
        [1, reset],
        [1, start],
        [1, tile.set],
        [columnBits + 1, tile.columns],
        [passBits, tile.lastPass],
        [widths.FEATURE.bits, tile.feature],
        [1, hold],
      ]),
    );
    model.step({ start, begin, reset }, tile);
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
