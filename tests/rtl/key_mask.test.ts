import { makeParams } from '../../generator/params/params.js';
import { keyMask } from '../../generator/rtl/key_mask.js';
import { ram } from '../../generator/rtl/ram_1r1w.js';
import { randomWindow, segmentAt, windowFields, type SegmentWindow } from '../support/random-window.js';
import { describeUnit, join, makeRandom, pack, render, type Bench } from '../support/unit-bench.js';

interface Shape {
  readonly slices: number;
  readonly lanes: number;
  readonly passes: number;
  readonly segments: number;
  readonly windowBuffers: 1 | 2;
}

const bitsOf = (values: number): number => Math.max(1, Math.ceil(Math.log2(values)));

/**
 * Windows one after the other: the map of each is written in any order, then keys are asked for: at every place, at the end of slices and in
 * the filling of the last tile. With two sides the map of the next window is written meanwhile.
 */
function maskBench({ slices, lanes, passes, segments, windowBuffers }: Shape, seed: number): Bench {
  const random = makeRandom(seed);
  const sliceTokens = lanes * passes;
  const ahead = windowBuffers === 2;
  const vectors: string[] = [];
  type Write = readonly [slice: number, position: number, segment: number];
  const writesOf = (window: SegmentWindow): Write[] =>
    window.fill
      .flatMap((tokens, slice) =>
        Array.from(
          { length: tokens },
          (_, position) => [slice, position, segmentAt(window, slice, position, sliceTokens)!.segment.number] as const,
        ),
      )
      .map((write) => ({ write, key: random.below(1000) }))
      .sort((a, b) => a.key - b.key)
      .map(({ write }) => write);

  let side = 0;
  // What the mask must be a cycle later; unknown places of a map that was never written are not looked at.
  let want: bigint | undefined;
  const emit = (
    window: SegmentWindow,
    write: Write | undefined,
    writeSide: number,
    key: readonly [number, number, number] | undefined,
    causal: boolean,
  ): void => {
    const [group, position, pass] = key ?? [0, 0, 0];
    vectors.push(
      pack([
        [1, want !== undefined],
        [slices * lanes, want ?? 0n],
        [1, write !== undefined],
        [1, writeSide],
        [2, write?.[0] ?? 0],
        [12, write?.[1] ?? 0],
        [bitsOf(segments), write?.[2] ?? 0],
        [1, side],
        [2, group],
        [12, position],
        [bitsOf(passes), pass],
        [1, causal],
        ...windowFields(window),
      ]),
    );
    want =
      key === undefined
        ? undefined
        : join(
            window.first.flatMap((first, slice) =>
              Array.from({ length: lanes }, (_, lane) => {
                const seen = segmentAt(window, (first + group) % slices, position, sliceTokens);
                const own = segmentAt(window, slice, pass * lanes + lane, sliceTokens);
                return seen !== undefined && own !== undefined && seen.segment === own.segment && (!causal || seen.token <= own.token);
              }),
            ),
            1,
          );
  };

  let window = randomWindow(random, slices, sliceTokens, segments);
  for (const write of writesOf(window)) emit(window, write, side, undefined, false);
  for (let n = 0; n < 40; n++) {
    const next = randomWindow(random, slices, sliceTokens, segments);
    const coming = ahead ? writesOf(next) : [];
    const causal = random.below(2) === 1;
    for (let ask = 0; ask < 40; ask++) {
      const key = [random.below(slices), random.below(sliceTokens + (ask < 35 ? 0 : 4)), random.below(passes)] as const;
      emit(window, coming.pop(), 1 - side, key, causal);
    }
    // The last mask stands a cycle longer than its question; then the other window.
    emit(window, coming.pop(), 1 - side, undefined, causal);
    for (const write of ahead ? coming : writesOf(next)) emit(window, write, ahead ? 1 - side : side, undefined, causal);
    window = next;
    if (ahead) side = 1 - side;
  }
  return {
    unit: 'key_mask',
    files: render(makeParams({ array: { slices, lanesPerSlice: lanes, passes }, batcher: { segments, windowBuffers } }), keyMask, ram),
    macros: { SLICES: slices, SLICE_LANES: lanes, PASSES: passes, SEGMENTS: segments, ...(ahead && { AHEAD: 1 }) },
    vectors,
  };
}

describeUnit<Shape>({
  unit: 'key_mask',
  shapes: [
    { slices: 4, lanes: 2, passes: 3, segments: 16, windowBuffers: 1 },
    { slices: 4, lanes: 1, passes: 7, segments: 32, windowBuffers: 2 },
    { slices: 1, lanes: 1, passes: 1, segments: 1, windowBuffers: 1 },
    { slices: 2, lanes: 4, passes: 5, segments: 8, windowBuffers: 2 },
    { slices: 4, lanes: 8, passes: 1, segments: 4, windowBuffers: 1 },
  ],
  makeBench: maskBench,
  mutants: [
    { what: 'looks at keys ahead in its tile', find: '(all || behind_key[l])', put: "1'b1" },
    { what: 'looks at keys of tiles ahead', find: 'held[source] && (all || some)', put: 'held[source]' },
    { what: 'looks at keys of slices ahead', find: 'offset[2] ||', put: '!own ||' },
    { what: 'looks at no slice before its own', find: 'offset[2] ||', put: '' },
    { what: 'takes a tile of another slice for its own', find: 'some      = own && ', put: 'some      = ' },
    { what: 'takes tiles of another slice for those before its own', find: '(own && (key_tile < pass))', put: '(key_tile < pass)' },
    { what: 'hides a query from itself', find: 'key_lane <= LANE', put: 'key_lane < LANE' },
    { what: 'looks at places where no token lies', find: 'key_q < fill;', put: "1'b1;" },
    { what: 'lets lanes without a token look', find: 'looks && occupied', put: 'looks' },
    { what: 'takes the last tile for a full one', find: 'pass < fill_tile', put: 'pass <= fill_tile' },
    { what: 'looks at keys of other requests', find: '(segment == lane_segments[SEG_BITS*l +: SEG_BITS])', put: "1'b1" },
    { what: 'looks at keys of its own slice only', find: 'key_segment[source]', put: 'key_segment[s]' },
    { what: 'counts slices from the first of the window', find: 'slice_first_i[2*s +: 2] + group_q', put: "2'd0 + group_q" },
    { what: 'writes every lane of a pass', find: '.wr_lanes_i(wr_lane)', put: ".wr_lanes_i({SLICE_LANES{1'b1}})" },
    { what: 'writes the side that is read', find: '(wr_side_i ? TOKENS', put: '(side_i ? TOKENS' },
    { what: 'reads lanes of the other side', find: '(side_i ? PASSES', put: '(!side_i ? PASSES' },
  ],
});
