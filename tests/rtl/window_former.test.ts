import { formWindows, type BatchShape } from '../../generator/batch/form-windows.js';
import { policies, type Policy } from '../../generator/contract/codes.js';
import { makeParams } from '../../generator/params/params.js';
import { ram } from '../../generator/rtl/ram_1r1w.js';
import { windowFormer } from '../../generator/rtl/window_former.js';
import { describeUnit, join, makeRandom, pack, render, type Bench, type Random } from '../support/unit-bench.js';

interface Shape {
  readonly slices: number;
  readonly lanes: number;
  readonly passes: number;
  readonly lookahead: number;
  readonly segments: number;
  readonly passOver: number;
  readonly addressBits: number;
  readonly windowBuffers: 1 | 2;
}

const bitsOf = (values: number): number => Math.max(1, Math.ceil(Math.log2(values)));

/** Mostly short, some longer than a slice, some exactly as long as slices. */
function randomLength(random: Random, slices: number, sliceTokens: number, longShare: number): number {
  if (random.below(100) < longShare) return 1 + random.below(slices * sliceTokens);
  return [1, sliceTokens, 1 + random.below(sliceTokens), 1 + random.below(Math.ceil(sliceTokens / 4))][random.below(4)]!;
}

function makeBench(shape: Shape, seed: number): Bench {
  const { slices, lanes, passes, lookahead, segments, passOver, addressBits, windowBuffers } = shape;
  const random = makeRandom(seed);
  const sliceTokens = lanes * passes;
  const batch: BatchShape = { slices, sliceTokens, lookahead, passOver, segments };
  const segmentBits = bitsOf(segments);
  const passBits = bitsOf(passes);
  const vectors: string[] = [];
  const windows: string[] = [];
  const table: string[] = [];
  // Without long requests slices fill evenly, with some the lowest that fits does.
  const phases: readonly (readonly [Policy, number])[] = [...policies.map((policy) => [policy, 30] as const), ['tokens', 0], ['tokens', 8]];
  for (const [policy, longShare] of phases) {
    const requests = Array.from({ length: 60 }, () => ({
      length: randomLength(random, slices, sliceTokens, longShare),
      slot: random.below(65536),
      input: random.bits(addressBits),
      output: random.bits(addressBits),
      tag: random.bits(32),
    }));
    requests.forEach(({ slot, length, input, output, tag }, i) =>
      vectors.push(
        pack([
          [2, policies.indexOf(policy)],
          [1, i + 1 === requests.length],
          [16, slot],
          [12, length],
          [addressBits, input],
          [addressBits, output],
          [32, tag],
        ]),
      ),
    );
    for (const window of formWindows(
      requests.map(({ length }) => length),
      batch,
      policy,
    )) {
      const fill = Array<number>(slices).fill(0);
      const first = Array.from({ length: slices }, (_, slice) => slice);
      for (const { index, first: from, position, length, count } of window) {
        for (let part = 0; part < count; part++) {
          fill[from + part]! += Math.min(sliceTokens, length - part * sliceTokens);
          if (count > 1) first[from + part] = from;
        }
        const { input, output, tag, slot } = requests[index]!;
        table.push(
          pack([
            [2, from],
            [12, position],
            [12, length],
            [addressBits, input],
            [addressBits, output],
            [32, tag],
            [16, slot],
          ]),
        );
      }
      const keys = Math.max(...fill);
      windows.push(
        pack([
          [segmentBits + 1, window.length],
          [12 * slices, join(fill, 12)],
          [2 * slices, join(first, 2)],
          [3, Math.max(...window.map(({ count }) => count))],
          [12, keys],
          [passBits, Math.ceil(keys / lanes) - 1],
          [24, window.reduce((sum, { length }) => sum + length ** 2, 0)],
        ]),
      );
    }
  }
  const params = makeParams({
    array: { slices, lanesPerSlice: lanes, passes },
    port: { addressBits },
    batcher: { lookahead, segments, passOver, windowBuffers },
  });
  return {
    unit: 'window_former',
    files: render(params, windowFormer, ram),
    macros: {
      SLICES: slices,
      SLICE_LANES: lanes,
      PASSES: passes,
      ADDR_BITS: addressBits,
      LOOKAHEAD: lookahead,
      SEGMENTS: segments,
      PASS_OVER: passOver,
      WINDOWS: windows.length,
      ENTRIES: table.length,
      ...(windowBuffers === 2 && { AHEAD: 1 }),
    },
    vectors,
    inputs: { 'windows.hex': windows, 'segments.hex': table },
    plusargs: { seed },
    cycles: 60 * vectors.length,
  };
}

describeUnit<Shape>({
  unit: 'window_former',
  shapes: [
    { slices: 4, lanes: 2, passes: 16, lookahead: 32, segments: 32, passOver: 8, addressBits: 32, windowBuffers: 1 },
    { slices: 4, lanes: 1, passes: 7, lookahead: 8, segments: 8, passOver: 2, addressBits: 40, windowBuffers: 2 },
    { slices: 4, lanes: 4, passes: 3, lookahead: 16, segments: 4, passOver: 1, addressBits: 32, windowBuffers: 1 },
    { slices: 2, lanes: 4, passes: 2, lookahead: 4, segments: 16, passOver: 3, addressBits: 24, windowBuffers: 2 },
    { slices: 1, lanes: 1, passes: 5, lookahead: 2, segments: 1, passOver: 8, addressBits: 32, windowBuffers: 1 },
    { slices: 1, lanes: 1, passes: 1, lookahead: 1, segments: 2, passOver: 8, addressBits: 32, windowBuffers: 1 },
  ],
  makeBench,
  mutants: [
    { what: 'places a short request as if long ones never waited', find: "is_long || (longs_q != {COUNT_BITS{1'b0}})", put: 'is_long' },
    { what: 'places a short request as if long ones always waited', find: "is_long || (longs_q != {COUNT_BITS{1'b0}})", put: "1'b1" },
    { what: 'forgets that a long request was taken', find: 'if (take && is_long) longs_q', put: "if (take && 1'b0) longs_q" },
    {
      what: 'takes the highest slice that fits',
      find: 'i = SLICES - 1; i >= 0; i = i - 1) if (may[i])',
      put: 'i = 0; i < SLICES; i = i + 1) if (may[i])',
    },
    { what: 'fills a slice over its end', find: 'fill + length <= SLICE_TOKENS', put: "fill + length <= SLICE_TOKENS + 12'd1" },
    {
      what: 'fills the emptiest slice over its end',
      find: 'least + length <= SLICE_TOKENS',
      put: "least + length <= SLICE_TOKENS + 12'd1",
    },
    { what: 'begins a long request in a slice that is not empty', find: 'run[s] = none[s] && none[s+1]', put: 'run[s] = none[s+1]' },
    { what: 'takes more requests than the table holds', find: ' && (segments_q != SEGMENTS_FULL)', put: '' },
    {
      what: 'keeps the tail of a long request closed',
      find: 'is_last ? position + tail : SLICE_TOKENS',
      put: '(is_last && !is_long) ? position + tail : SLICE_TOKENS',
    },
    { what: 'says of a short request behind a tail that it is long', find: 'if (is_long) first_q <= first;', put: 'first_q <= first;' },
    { what: 'counts keys of the last request only', find: 'if (oldest || (keys > keys_q))', put: "if (oldest || 1'b1)" },
    { what: 'counts groups of the last request only', find: 'if (oldest || (count > groups_q))', put: "if (oldest || 1'b1)" },
    { what: 'adds lengths instead of their squares', find: "{ 12'd0, length_q } * { 12'd0, length_q }", put: "{ 12'd0, length_q }" },
    { what: 'never begins a sum of squares anew', find: "if (form_i) squares_q <= 24'd0;", put: "if (rst_i) squares_q <= 24'd0;" },
    {
      what: 'answers with the segment of the place asked for before',
      find: 'assign found_segment_o = segment_q;',
      put: 'assign found_segment_o = segment;',
    },
    { what: 'writes the next window over the one in work', find: 'wire write_side = !side_q;', put: 'wire write_side = side_q;' },
    { what: 'never changes sides', find: 'if (begin_i) side_q <= !side_q;', put: 'if (begin_i) side_q <= side_q;' },
    { what: 'lets a request be passed over for ever', find: 'if (passed == PASS_OVER_8) stop_q', put: "if (1'b0) stop_q" },
    { what: 'counts a passing over twice', find: "(look_at_q < passed_q) ? 8'd1 : 8'd0", put: "(look_at_q < passed_q) ? 8'd2 : 8'd0" },
    { what: 'joins any class under uniform', find: '(count == class_q)', put: "1'b1" },
  ],
});
