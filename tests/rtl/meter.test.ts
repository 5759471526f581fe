import { makeParams } from '../../generator/params/params.js';
import { meter } from '../../generator/rtl/meter.js';
import { randomWindow, tokenOf, windowFields } from '../support/random-window.js';
import { describeUnit, makeRandom, pack, render, type Bench } from '../support/unit-bench.js';

interface Shape {
  readonly columns: number;
  readonly slices: number;
  readonly lanes: number;
  readonly passes: number;
}

const [scores, values] = [3, 4];

/** What a cycle was: one cause, or none outside a window. */
interface Cause {
  readonly causes: number;
  readonly mode: number;
  readonly lanes: number;
  readonly work: number;
}

/** Cycles of all kinds in random windows; work is counted token by token and output by output. */
function meterBench({ columns, slices, lanes, passes }: Shape, seed: number): Bench {
  const random = makeRandom(seed);
  const sliceTokens = lanes * passes;
  const bits = (n: number): number => Math.ceil(Math.log2(n));
  const passBits = Math.max(1, bits(passes));
  const nothing: Cause = { causes: 0, mode: 0, lanes: 0, work: 0 };
  let earlier: readonly Cause[] = [nothing, nothing];
  const vectors: string[] = [];
  for (let n = 0; n < 1500; n += 1) {
    const slots = randomWindow(random, slices, sliceTokens);
    const reset = n < 2 || random.below(60) === 0;
    const kind = random.below(8);
    const cause = kind < 4 ? 0 : kind - 3; // issue, stream, drain, vector, rows
    const busy = random.below(8) > 0;
    const hand = busy && cause === 4 && random.below(2) === 0;
    const is = (which: number): boolean => busy && !hand && cause === which;
    const [mode, pass, tile, group, key] = [
      random.below(5),
      random.below(passes),
      1 + random.below(columns),
      random.below(slices),
      random.below(sliceTokens + columns),
    ];
    let tokens = 0;
    let work = 0;
    slots.forEach((slot, s) => {
      for (let lane = 0; lane < lanes; lane += 1) {
        if (!slot.valid || tokenOf(slot, s, pass, lane, lanes, passes) >= slot.length) continue;
        tokens += 1;
        const holds = (k: number): boolean => k < sliceTokens && group * sliceTokens + k < slot.length;
        if (mode === scores) for (let c = 0; c < columns; c += 1) work += holds(key + c) ? 1 : 0;
        else if (mode !== values || holds(key)) work += tile;
      }
    });
    const [want = nothing, next = nothing] = earlier;
    vectors.push(
      pack([
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
        [12, key],
        [1, is(1)],
        [1, is(2)],
        [1, is(3)],
        [1, is(4)],
        ...windowFields(slots),
      ]),
    );
    const causes = !busy ? 0 : hand ? 1 : 32 >> cause;
    earlier = reset ? [nothing, nothing] : [next, { causes, mode, lanes: tokens, work }];
  }
  const macros = { COLUMNS: columns, SLICES: slices, LANES: slices * lanes, SLICE_LANES: lanes, PASSES: passes };
  return { unit: 'meter', files: render(makeParams({}), meter), macros, vectors };
}

describeUnit({
  unit: 'meter',
  shapes: [
    { columns: 4, slices: 4, lanes: 2, passes: 3 },
    { columns: 2, slices: 1, lanes: 1, passes: 1 },
    { columns: 16, slices: 2, lanes: 8, passes: 5 },
  ],
  makeBench: meterBench,
  mutants: [
    { what: 'counts lanes past the end of a request', find: '(rows_left < LANES_12) ? rows_left :', put: '' },
    { what: 'counts lanes of slices without a request', find: '!slice_valid_i[s] ||', put: '' },
    { what: 'counts keys of other requests', find: '(keys_left < part_left) ? keys_left : part_left', put: 'part_left' },
    {
      what: 'counts the filling of a tile as keys of the next slice',
      find: '(keys_left < part_left) ? keys_left : part_left',
      put: 'keys_left',
    },
    { what: 'counts values of keys that do not exist', find: "((mode_i == MODE_VALUES) && !has_keys) ? 12'd0 :", put: '' },
    { what: 'gives two causes', find: 'busy_i && !(issue_i || wait_stream_i', put: 'busy_i && !(issue_i' },
    { what: 'gives a cause without a window', find: 'busy_i && !(', put: '!(' },
  ],
});
