import { makeParams } from '../../generator/params/params.js';
import { widths } from '../../generator/contract/widths.js';
import { keyMask } from '../../generator/rtl/key_mask.js';
import { ram } from '../../generator/rtl/ram_1r1w.js';
import { randomWindow, segmentAt, windowFields, type SegmentWindow } from '../support/random-window.js';
import { describeUnit, join, makeRandom, pack, render, type Bench, type Random } from '../support/unit-bench.js';

interface Shape {
  readonly slices: number;
  readonly lanes: number;
  readonly passes: number;
  readonly segments: number;
  readonly windowBuffers: 1 | 2;
}

const bitsOf = (values: number): number => Math.max(1, Math.ceil(Math.log2(values)));

type Write = readonly [slice: number, position: number, segment: number];
type Key = readonly [group: number, position: number, pass: number];

/** What the map of a window is told, in any order. */
function writesOf(random: Random, window: SegmentWindow, sliceTokens: number): Write[] {
  return window.fill
    .flatMap((tokens, slice) =>
      Array.from(
        { length: tokens },
        (_, position) => [slice, position, segmentAt(window, slice, position, sliceTokens)!.segment.number] as const,
      ),
    )
    .map((write) => ({ write, key: random.below(1000) }))
    .sort((a, b) => a.key - b.key)
    .map(({ write }) => write);
}

/** Lanes of a pass whose token looks at this key. */
function maskOf(window: SegmentWindow, [group, position, pass]: Key, causal: boolean, { slices, lanes, passes }: Shape): bigint {
  const sliceTokens = lanes * passes;
  const lanesThatLook = window.first.flatMap((first, slice) =>
    Array.from({ length: lanes }, (_, lane) => {
      const seen = segmentAt(window, (first + group) % slices, position, sliceTokens);
      const own = segmentAt(window, slice, pass * lanes + lane, sliceTokens);
      return seen !== undefined && own !== undefined && seen.segment === own.segment && (!causal || seen.token <= own.token);
    }),
  );
  return join(lanesThatLook, 1);
}

/** Vectors, each with the mask of the question of a cycle ago; unknown places of a map that was never written are not looked at. */
class MaskRuns {
  readonly vectors: string[] = [];
  /** Side of the map that is read. */
  side = 0;
  private want: bigint | undefined;

  constructor(private readonly shape: Shape) {}

  emit(window: SegmentWindow, write: Write | undefined, writeSide: number, key: Key | undefined, causal: boolean): void {
    const { slices, lanes, passes, segments } = this.shape;
    const [group, position, pass] = key ?? [0, 0, 0];
    this.vectors.push(
      pack([
        [1, this.want !== undefined],
        [slices * lanes, this.want ?? 0n],
        [1, write !== undefined],
        [1, writeSide],
        [2, write?.[0] ?? 0],
        [widths.POSITION.bits, write?.[1] ?? 0],
        [bitsOf(segments), write?.[2] ?? 0],
        [1, this.side],
        [2, group],
        [widths.POSITION.bits, position],
        [bitsOf(passes), pass],
        [1, causal],
        ...windowFields(window),
      ]),
    );
    this.want = key && maskOf(window, key, causal, this.shape);
  }
}

/**
 * Windows one after the other: the map of each is written in any order, then keys are asked for: at every place, at the end of slices and in
 * the filling of the last tile. With two sides the map of the next window is written meanwhile.
 */
function maskBench(shape: Shape, seed: number): Bench {
  const { slices, lanes, passes, segments, windowBuffers } = shape;
  const random = makeRandom(seed);
  const sliceTokens = lanes * passes;
  const ahead = windowBuffers === 2;
  const runs = new MaskRuns(shape);
  let window = randomWindow(random, slices, sliceTokens, segments);
  for (const write of writesOf(random, window, sliceTokens)) runs.emit(window, write, runs.side, undefined, false);
  for (let n = 0; n < 40; n++) {
    const next = randomWindow(random, slices, sliceTokens, segments);
    const coming = ahead ? writesOf(random, next, sliceTokens) : [];
    const causal = random.below(2) === 1;
    for (let ask = 0; ask < 40; ask++) {
      const key = [random.below(slices), random.below(sliceTokens + (ask < 35 ? 0 : 4)), random.below(passes)] as const;
      runs.emit(window, coming.pop(), 1 - runs.side, key, causal);
    }
    // The last mask stands a cycle longer than its question; then the other window.
    runs.emit(window, coming.pop(), 1 - runs.side, undefined, causal);
    const rest = ahead ? coming : writesOf(random, next, sliceTokens);
    for (const write of rest) runs.emit(window, write, ahead ? 1 - runs.side : runs.side, undefined, causal);
    window = next;
    if (ahead) runs.side = 1 - runs.side;
  }
  return {
    unit: 'key_mask',
    files: render(makeParams({ array: { slices, lanesPerSlice: lanes, passes }, batcher: { segments, windowBuffers } }), keyMask, ram),
    macros: { SLICES: slices, SLICE_LANES: lanes, PASSES: passes, SEGMENTS: segments, ...(ahead && { AHEAD: 1 }) },
    vectors: runs.vectors,
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
    {
      what: 'counts slices from the first of the window',
      find: 'slice_first_i[SLICE_ID_BITS*s +: SLICE_ID_BITS] + group_q',
      put: 'group_q',
    },
    { what: 'writes every lane of a pass', find: '.wr_lanes_i(wr_lane)', put: ".wr_lanes_i({SLICE_LANES{1'b1}})" },
    { what: 'writes the side that is read', find: '(wr_side_i ? TOKENS', put: '(side_i ? TOKENS' },
    { what: 'reads lanes of the other side', find: '(side_i ? PASSES', put: '(!side_i ? PASSES' },
  ],
});
