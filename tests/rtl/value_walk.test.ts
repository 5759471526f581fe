import { widths } from '../../generator/contract/widths.js';
import { makeParams } from '../../generator/params/params.js';
import { valueWalk } from '../../generator/rtl/value_walk.js';
import { describeUnit, makeRandom, pack, render, type Bench } from '../support/unit-bench.js';

interface Shape {
  readonly columns: number;
  readonly banks: number;
  readonly ahead: 0 | 1;
}

interface Read {
  readonly feature: number;
  readonly token: number;
  /** The first of a block. */
  readonly first: boolean;
}

/** Heads of random widths, keys and groups, one after the other; turners that take words when they like. */
function valueWalkBench({ columns, banks, ahead }: Shape, seed: number): Bench {
  const random = makeRandom(seed);
  const vectors: string[] = [];
  let due: Read[] = [];
  let valid = false;
  let head = { base: 0, inner: 1, groups: 1, tileKeys: columns };
  for (let n = 0; n < 3000; n += 1) {
    const reset = random.below(400) === 0;
    const start = due.length === 0 && !valid && random.below(3) === 0;
    if (start) {
      head = {
        base: random.below(500),
        inner: 1 + random.below(3 * columns),
        groups: 1 + random.below(4),
        tileKeys: columns * (1 + random.below(Math.ceil((3 * banks) / columns))),
      };
    }
    const ready = random.below(4) > 0;
    const wanted = random.below(3) > 0;
    const empty = random.below(3) > 0;
    const [next] = due;
    const mayBegin: boolean = ahead === 1 || next?.first === false || (wanted && empty && !valid);
    const read: boolean = next !== undefined && mayBegin && (!valid || ready);
    vectors.push(
      pack([
        [1, read],
        [widths.FEATURE.bits, next?.feature ?? 0],
        [widths.POSITION.bits, next?.token ?? 0],
        [1, valid],
        [1, reset],
        [1, start],
        [widths.FEATURE.bits, head.base],
        [widths.FEATURE.bits, head.inner],
        [3, head.groups],
        [widths.POSITION.bits, head.tileKeys],
        [1, wanted],
        [1, ready],
        [1, empty],
      ]),
    );
    if (read) due = due.slice(1);
    valid = read || (valid && !ready);
    if (start) {
      for (let feature = 0; feature < head.inner; feature += columns) {
        for (let group = 0; group < head.groups; group += 1) {
          for (let token = 0; token < head.tileKeys; token += banks) {
            for (let word = 0; word < columns; word += 1) due.push({ feature: head.base + feature + word, token, first: word === 0 });
          }
        }
      }
    }
    if (reset) [due, valid] = [[], false];
  }
  return {
    unit: 'value_walk',
    files: render(makeParams({ registerFile: { directions: 1 } }), valueWalk),
    macros: { COLUMNS: columns, BANKS: banks, AHEAD: ahead },
    vectors,
  };
}

describeUnit({
  unit: 'value_walk',
  shapes: [
    { columns: 4, banks: 8, ahead: 1 },
    { columns: 4, banks: 4, ahead: 0 },
    { columns: 2, banks: 16, ahead: 1 },
  ],
  makeBench: valueWalkBench,
  mutants: [
    { what: 'reads the first feature of a tile again and again', find: 'base_i + feature_q + word_q', put: 'base_i + feature_q' },
    { what: 'reads heads from feature 0', find: 'base_i + feature_q + word_q', put: 'feature_q + word_q' },
    {
      what: 'stops before a ragged tile',
      find: 'feature_q + TILE_COLUMNS >= inner_i',
      put: 'feature_q + TILE_COLUMNS + TILE_COLUMNS > inner_i',
    },
    {
      what: 'stops before a ragged block',
      find: 'token_q + WORD_BANKS >= tile_keys_i',
      put: 'token_q + WORD_BANKS + WORD_BANKS > tile_keys_i',
    },
    { what: 'reads for one slice alone', find: "{ 1'b0, group_q } + 1'b1 == groups_i", put: "1'b1" },
    { what: 'reads over a word that nobody took', find: '(!valid_q || ready_i)', put: "1'b1" },
    { what: 'gives a word twice', find: "else if (ready_i) valid_q <= 1'b0", put: "else if (1'b0) valid_q <= 1'b0" },
    { what: 'never waits for the array', find: '(wanted_i && empty_i && !valid_q)', put: "1'b1" },
    { what: 'begins while a tile is held', find: '(wanted_i && empty_i && !valid_q)', put: '(wanted_i && !valid_q)' },
    { what: 'goes on after a reset', find: "    if (rst_i) begin\n      run_q   <= 1'b0;", put: '    if (rst_i) begin' },
  ],
});
