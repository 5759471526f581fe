import { makeParams } from '../../generator/params/params.js';
import { widths } from '../../generator/contract/widths.js';
import { meter } from '../../generator/rtl/meter.js';
import { randomWindow, segmentAt, windowFields, type SegmentWindow } from '../support/random-window.js';
import { describeUnit, makeRandom, pack, render, type Bench, type Random } from '../support/unit-bench.js';

interface Shape {
  readonly columns: number;
  readonly slices: number;
  readonly lanes: number;
  readonly passes: number;
  readonly extraStages: 0 | 1;
}

const [scores, values] = [3, 4];

/** What a cycle was: one cause, or none outside a window. */
interface Cause {
  readonly causes: number;
  readonly mode: number;
  readonly lanes: number;
  readonly work: number;
}

/** Place of the array: a tile of outputs of a pass, a key of a slice of the request. */
interface Step {
  readonly mode: number;
  readonly pass: number;
  readonly tile: number;
  readonly group: number;
  readonly key: number;
}

const randomStep = (random: Random, { columns, slices, lanes, passes }: Shape): Step => ({
  mode: random.below(5),
  pass: random.below(passes),
  tile: 1 + random.below(columns),
  group: random.below(slices),
  key: random.below(lanes * passes + columns),
});

/** Tokens of a pass, and what they multiply: token by token, output by output. */
function workOf(window: SegmentWindow, { mode, pass, tile, group, key }: Step, { columns, slices, lanes, passes }: Shape) {
  const sliceTokens = lanes * passes;
  let tokens = 0;
  let work = 0;
  window.first.forEach((first, s) => {
    for (let lane = 0; lane < lanes; lane += 1) {
      if (segmentAt(window, s, pass * lanes + lane, sliceTokens) === undefined) continue;
      tokens += 1;
      const holds = (k: number): boolean => segmentAt(window, (first + group) % slices, k, sliceTokens) !== undefined;
      if (mode === scores) for (let c = 0; c < columns; c += 1) work += holds(key + c) ? 1 : 0;
      else if (mode !== values || holds(key)) work += tile;
    }
  });
  return { tokens, work };
}

/** Cycles of all kinds in random windows; work is counted token by token and output by output. */
function meterBench(shape: Shape, seed: number): Bench {
  const { columns, slices, lanes, passes, extraStages } = shape;
  const random = makeRandom(seed);
  const sliceTokens = lanes * passes;
  const bits = (n: number): number => Math.ceil(Math.log2(n));
  const passBits = Math.max(1, bits(passes));
  const nothing: Cause = { causes: 0, mode: 0, lanes: 0, work: 0 };
  const none = Array<Cause>(2 + extraStages).fill(nothing);
  let earlier: readonly Cause[] = none;
  let pieces = 0;
  let reported: readonly boolean[] = Array<boolean>(1 + extraStages).fill(false);
  const vectors: string[] = [];
  for (let n = 0; n < 1500; n += 1) {
    const window = randomWindow(random, slices, sliceTokens, 16);
    const reset = n < 2 || random.below(60) === 0;
    const kind = random.below(8);
    const cause = kind < 4 ? 0 : kind - 3; // issue, stream, drain, vector, rows
    const busy = random.below(8) > 0;
    const hand = busy && cause === 4 && random.below(2) === 0;
    const is = (which: number): boolean => busy && !hand && cause === which;
    const step = randomStep(random, shape);
    const { mode, pass, tile, group, key } = step;
    const [scorePiece, valuePiece] = [random.below(4) === 0, pieces === 0 && random.below(4) === 0];
    const { tokens, work } = workOf(window, step, shape);
    const [want = nothing, ...later] = earlier;
    vectors.push(
      pack([
        [1, reported[0]!],
        [6, want.causes],
        [3, want.mode],
        [bits(slices * lanes + 1), want.lanes],
        [bits(slices * lanes * columns + 1), want.work],
        [1, reset],
        [1, busy],
        [1, is(0)],
        [3, mode],
        [passBits, pass],
        [bits(columns) + 1, tile],
        [2, group],
        [widths.POSITION.bits, key],
        [1, is(1)],
        [1, is(2)],
        [1, is(3)],
        [1, is(4)],
        [1, scorePiece],
        [1, valuePiece],
        ...windowFields(window),
      ]),
    );
    const causes = !busy ? 0 : hand ? 1 : 32 >> cause;
    // One piece a cycle, from the cycle after next on.
    reported = reset ? reported.map(() => false) : [...reported.slice(1), pieces > 0];
    pieces = reset ? 0 : pieces - (pieces > 0 ? 1 : 0) + (scorePiece ? 1 : 0) + (valuePiece ? tile : 0);
    earlier = reset ? none : [...later, { causes, mode, lanes: tokens, work }];
  }
  const macros = { COLUMNS: columns, SLICES: slices, LANES: slices * lanes, SLICE_LANES: lanes, PASSES: passes };
  return { unit: 'meter', files: render(makeParams({ timing: { extraStages } }), meter), macros, vectors };
}

describeUnit({
  unit: 'meter',
  shapes: [
    { columns: 4, slices: 4, lanes: 2, passes: 3, extraStages: 0 },
    { columns: 2, slices: 1, lanes: 1, passes: 1, extraStages: 1 },
    { columns: 16, slices: 2, lanes: 8, passes: 5, extraStages: 0 },
    { columns: 8, slices: 4, lanes: 2, passes: 2, extraStages: 1 },
  ],
  makeBench: meterBench,
  mutants: [
    { what: 'counts lanes past the tokens of a slice', find: '(rows_left < TILE_LANES) ? rows_left :', put: '' },
    { what: 'counts lanes of passes without a token', find: "(pass_position >= fill) ? {POSITION_BITS{1'b0}} :", put: '' },
    { what: 'counts keys past the tokens of a slice', find: '(keys_left < TILE_COLUMNS) ? keys_left :', put: '' },
    { what: 'counts keys of its own slice only', find: 'source_columns[source[SLICE_BITS-1:0]]', put: 'source_columns[s]' },
    { what: 'counts values of keys that do not exist', find: '(mode_i == MODE_VALUES) && (key_i >= fill)', put: "1'b0" },
    { what: 'gives two causes', find: 'busy_i && !(issue_i || wait_stream_i', put: 'busy_i && !(issue_i' },
    { what: 'gives a cause without a window', find: 'busy_i && !(', put: '!(' },
    { what: 'says a piece early', find: '<= report;', put: '<= report || score_piece_i;' },
    { what: 'forgets a piece that comes beside others', find: '+ (score_piece_i ? PIECE', put: '+ ((score_piece_i && !report) ? PIECE' },
    { what: 'keeps its pieces when reset', find: "pieces_q <= {(COLUMN_BITS+2){1'b0}};", put: '' },
  ],
});
