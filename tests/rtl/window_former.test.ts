import { formWindows, type BatchShape, type Placement, type Window } from '../../generator/batch/form-windows.js';
import { policies, type Policy } from '../../generator/contract/codes.js';
import { widths } from '../../generator/contract/widths.js';
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
  readonly extraStages: 0 | 1;
}

const bitsOf = (values: number): number => Math.max(1, Math.ceil(Math.log2(values)));

/** Lengths: mostly short, some longer than a slice, some exactly as long as slices. */
function randomLength(random: Random, slices: number, sliceTokens: number, longShare: number): number {
  if (random.below(100) < longShare) return 1 + random.below(slices * sliceTokens);
  return [1, sliceTokens, 1 + random.below(sliceTokens), 1 + random.below(Math.ceil(sliceTokens / 4))][random.below(4)]!;
}

interface Request {
  readonly length: number;
  readonly slot: number;
  readonly input: bigint;
  readonly output: bigint;
  readonly tag: bigint;
}

function packRequest({ slot, length, input, output, tag }: Request, policy: Policy, last: boolean, addressBits: number): string {
  return pack([
    [2, policies.indexOf(policy)],
    [1, last],
    [widths.SLOT.bits, slot],
    [widths.POSITION.bits, length],
    [addressBits, input],
    [addressBits, output],
    [32, tag],
  ]);
}

/** A segment of a window, with its request. */
function packSegment({ first, position, length }: Placement, { input, output, tag, slot }: Request, addressBits: number): string {
  return pack([
    [2, first],
    [widths.POSITION.bits, position],
    [widths.POSITION.bits, length],
    [addressBits, input],
    [addressBits, output],
    [32, tag],
    [widths.SLOT.bits, slot],
  ]);
}

/** The table of a window. */
function packTable(window: Window, { slices, lanes, passes, segments }: Shape): string {
  const sliceTokens = lanes * passes;
  const fill = Array<number>(slices).fill(0);
  const first = Array.from({ length: slices }, (_, slice) => slice);
  for (const { first: from, length, count } of window) {
    for (let part = 0; part < count; part++) {
      fill[from + part]! += Math.min(sliceTokens, length - part * sliceTokens);
      if (count > 1) first[from + part] = from;
    }
  }
  const keys = Math.max(...fill);
  return pack([
    [bitsOf(segments) + 1, window.length],
    [widths.POSITION.bits * slices, join(fill, widths.POSITION.bits)],
    [2 * slices, join(first, 2)],
    [3, Math.max(...window.map(({ count }) => count))],
    [widths.POSITION.bits, keys],
    [bitsOf(passes), Math.ceil(keys / lanes) - 1],
    [widths.SQUARES.bits, window.reduce((sum, { length }) => sum + length ** 2, 0)],
  ]);
}

/** Policies and percents of long requests: without long ones slices fill evenly, with some the lowest that fits does. */
const phases: readonly (readonly [Policy, number])[] = [
  ...policies.toReversed().map((policy) => [policy, 30] as const),
  ['tokens', 0],
  ['tokens', 8],
];

function makeBench(shape: Shape, seed: number): Bench {
  const { slices, lanes, passes, lookahead, segments, passOver, addressBits, windowBuffers, extraStages } = shape;
  const random = makeRandom(seed);
  const sliceTokens = lanes * passes;
  const batch: BatchShape = { slices, sliceTokens, lookahead, passOver, segments };
  const vectors: string[] = [];
  const windows: string[] = [];
  const table: string[] = [];
  for (const [policy, longShare] of phases) {
    const requests = Array.from({ length: 60 }, () => ({
      length: randomLength(random, slices, sliceTokens, longShare),
      slot: random.below(65536),
      input: random.bits(addressBits),
      output: random.bits(addressBits),
      tag: random.bits(32),
    }));
    vectors.push(...requests.map((request, i) => packRequest(request, policy, i + 1 === requests.length, addressBits)));
    const lengths = requests.map(({ length }) => length);
    for (const window of formWindows(lengths, batch, policy)) {
      table.push(...window.map((placed) => packSegment(placed, requests[placed.index]!, addressBits)));
      windows.push(packTable(window, shape));
    }
  }
  const params = makeParams({
    array: { slices, lanesPerSlice: lanes, passes },
    port: { addressBits },
    batcher: { lookahead, segments, passOver, windowBuffers },
    timing: { extraStages },
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
    { slices: 4, lanes: 2, passes: 16, lookahead: 32, segments: 32, passOver: 8, addressBits: 32, windowBuffers: 1, extraStages: 0 },
    { slices: 4, lanes: 1, passes: 7, lookahead: 8, segments: 8, passOver: 2, addressBits: 40, windowBuffers: 2, extraStages: 1 },
    { slices: 4, lanes: 4, passes: 3, lookahead: 16, segments: 4, passOver: 1, addressBits: 32, windowBuffers: 1, extraStages: 0 },
    { slices: 4, lanes: 1, passes: 1, lookahead: 8, segments: 4, passOver: 1, addressBits: 64, windowBuffers: 2, extraStages: 1 },
    { slices: 4, lanes: 64, passes: 4, lookahead: 1, segments: 64, passOver: 255, addressBits: 32, windowBuffers: 2, extraStages: 1 },
    { slices: 2, lanes: 4, passes: 2, lookahead: 4, segments: 16, passOver: 3, addressBits: 24, windowBuffers: 2, extraStages: 0 },
    { slices: 1, lanes: 1, passes: 5, lookahead: 2, segments: 1, passOver: 8, addressBits: 32, windowBuffers: 1, extraStages: 1 },
    { slices: 1, lanes: 1, passes: 1, lookahead: 1, segments: 1, passOver: 8, addressBits: 32, windowBuffers: 2, extraStages: 1 },
    { slices: 1, lanes: 32, passes: 32, lookahead: 64, segments: 64, passOver: 8, addressBits: 32, windowBuffers: 1, extraStages: 0 },
  ],
  makeBench,
  mutants: [
    { what: 'places a short request as if long ones never waited', find: "over_1 || (longs_q != {COUNT_BITS{1'b0}})", put: 'over_1' },
    { what: 'places a short request as if long ones always waited', find: "over_1 || (longs_q != {COUNT_BITS{1'b0}})", put: "1'b1" },
    { what: 'forgets that a long request was taken', find: 'if (take && over_1) longs_q', put: "if (take && 1'b0) longs_q" },
    { what: 'takes every entry for a long one', find: "{ 2'd0, entry_length } > SLICE_TOKENS", put: "1'b1" },
    { what: 'remembers long ones over a reset', find: "      longs_q  <= {COUNT_BITS{1'b0}};\n", put: '' },
    { what: 'goes on with a walk over a reset', find: "walk_q   <= 1'b0;", put: "walk_q   <= walk_q === 1'b1;" },
    { what: 'weighs an entry over a reset', find: "weigh_q  <= 1'b0;", put: "weigh_q  <= weigh_q === 1'b1;" },
    { what: 'reads the next entry while one is weighed', find: 'walk_q && !weigh_q;', put: 'walk_q;' },
    { what: 'takes the highest slice that fits', find: 'may[s] && !(|may[s-1:0])', put: 'may[s] && !(|(may >> (s + 1)))' },
    { what: 'takes the fullest slice', find: 'assign less[o] = fill < fill_q', put: 'assign less[o] = fill > fill_q' },
    { what: 'takes the last of the emptiest', find: 'chosen    = by_lowest', put: 'chosen    = (by_lowest || none[SLICES-1])' },
    { what: 'fills a slice over its end', find: 'fits_here[s] = sum <= SLICE_TOKENS', put: "fits_here[s] = sum <= SLICE_TOKENS + 1'b1" },
    { what: 'leaves the last place of a slice open', find: 'fits_here[s] = sum <= SLICE_TOKENS', put: 'fits_here[s] = sum < SLICE_TOKENS' },
    {
      what: 'begins a long request in a slice that is not empty',
      find: 'run_here[s]  = over[0] && none[s] &&',
      put: 'run_here[s]  = over[0] &&',
    },
    { what: 'lays a long request over what lies in its second slice', find: 'none[s] && none[s+1] &&', put: 'none[s] &&' },
    { what: 'lays a long request over what lies in its third slice', find: '(!over[1] || none[s+2])', put: "1'b1" },
    { what: 'lays a long request over the end of the window', find: "none[SLICES+2:SLICES] = 3'd0", put: "none[SLICES+2:SLICES] = 3'd7" },
    { what: 'takes more requests than the table holds', find: ' && (segments_q != SEGMENTS_FULL)', put: '' },
    { what: 'keeps the tail of a long request closed', find: 'ends[s] ? tail[FILL_BITS-1:0] :', put: '' },
    { what: 'says of a short request behind a tail that it is long', find: 'if (over_1) first_q <= first;', put: 'first_q <= first;' },
    { what: 'forgets where a request of four slices ends', find: 'ends   = over_3 ? fourth :', put: 'ends   =' },
    { what: 'counts keys of the last request only', find: 'if (oldest || (keys > keys_q))', put: "if (oldest || 1'b1)" },
    { what: 'counts groups of the last request only', find: 'if (oldest || (count > groups_q))', put: "if (oldest || 1'b1)" },
    {
      what: 'counts keys behind a tail from the start of the slice',
      find: 'filled[FILL_BITS*i +: FILL_BITS] &',
      put: 'length[FILL_BITS-1:0] &',
    },
    { what: 'counts one pass too many', find: "last_key  = keys_q - 1'b1", put: 'last_key  = keys_q' },
    {
      what: 'adds lengths instead of their squares',
      find: "square = { {LENGTH_BITS{1'b0}}, length_q } * { {LENGTH_BITS{1'b0}}, length_q }",
      put: "square = { {LENGTH_BITS{1'b0}}, length_q }",
    },
    {
      what: 'never begins a sum of squares anew',
      find: "if (form_i) squares_q <= {SQUARES_BITS{1'b0}};",
      put: "if (rst_i) squares_q <= {SQUARES_BITS{1'b0}};",
    },
    { what: 'goes on filling the last window', find: 'if (rst_i || form_i) begin', put: 'if (rst_i) begin' },
    {
      what: 'answers with the segment of the place asked for before',
      find: 'assign found_segment_o = segment_q;',
      put: 'assign found_segment_o = segment;',
    },
    { what: 'writes the next window over the one in work', find: 'wire write_side = !side_q;', put: 'wire write_side = side_q;' },
    { what: 'never changes sides', find: 'if (begin_i) side_q <= !side_q;', put: 'if (begin_i) side_q <= side_q;' },
    { what: 'looks for the next window in the one in work', find: 'side_q ^ find_next_i', put: 'side_q' },
    { what: 'completes requests of the next window', find: '{ side_q, done_segment_i }', put: '{ !side_q, done_segment_i }' },
    { what: 'lets a request be passed over for ever', find: 'if (passed == MOST_PASSED) stop_q', put: "if (1'b0) stop_q" },
    {
      what: 'counts a passing over twice',
      find: "{ {(PASSED_BITS-1){1'b0}}, look_at_q < passed_q }",
      put: "{ {(PASSED_BITS-2){1'b0}}, look_at_q < passed_q, 1'b0 }",
    },
    { what: 'joins any class under uniform', find: '(count == class_q)', put: "1'b1" },
    {
      what: 'listens to the policy while it forms a window',
      find: 'if (form_i) begin\n      policy_q ',
      put: 'begin policy_q <= policy_i; end\n    if (form_i) begin\n      policy_q ',
    },
    { what: 'waits for as many requests as slices', find: '(waiting_q >= WINDOW_TOKENS)', put: 'slices_wait' },
    { what: 'waits for more tokens than a window holds', find: '(waiting_q >= WINDOW_TOKENS)', put: '(waiting_q > WINDOW_TOKENS)' },
    { what: 'counts tokens that were taken as waiting', find: 'if (take) waiting_q', put: "if (1'b0) waiting_q" },
    { what: 'counts tokens of before a reset as waiting', find: "if (rst_i) waiting_q <= {WAITING_BITS{1'b0}};", put: '' },
    { what: 'has never plenty when the queue is full', find: '|| !room_o ||', put: '||' },
    { what: 'counts tokens under every policy', find: '((policy_i == POLICY_TOKENS) ? (', put: "(1'b1 ? (" },
    { what: 'takes later ones under single', find: "(policy_q == POLICY_SINGLE) ? 1'b0", put: "(policy_q == POLICY_SINGLE) ? 1'b1" },
    { what: 'counts only one request as passed over', find: 'look_at_q < passed_q', put: 'look_at_q == 0' },
    { what: 'counts those behind the last one taken as passed over', find: 'passing_q  <= keep_at_q;', put: 'passing_q <= count_q;' },
    {
      what: 'forgets how often an entry was passed over when it moves',
      find: '{ passed, slot, length, in_addr, out_addr, tag }',
      put: '{ passed_before, slot, length, in_addr, out_addr, tag }',
      shows: { seed: 2000, shape: 2 },
    },
    { what: 'reckons the room behind with three bits', find: "{ 1'b0, next_q } + { 1'b0, parts }", put: "{ 1'b0, next_q + parts }" },
    { what: 'takes an entry that does not fit', find: '(behind <= SLICES_4)', put: "(behind <= SLICES_4 + 4'd1)" },
    {
      what: 'counts a window before the first as one that passed over',
      find: "passed_q <= {COUNT_BITS{1'b0}};",
      put: "passed_q <= {COUNT_BITS{1'b1}};",
    },
  ],
});
