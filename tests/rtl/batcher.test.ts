import { formWindows, type Window } from '../../generator/batch/form-windows.js';
import { policies } from '../../generator/contract/codes.js';
import { descriptorBytes } from '../../generator/contract/descriptor.js';
import { derive, type Derived } from '../../generator/params/derived.js';
import { makeParams } from '../../generator/params/params.js';
import { completionCodes } from '../../generator/contract/registers.js';
import { batcher } from '../../generator/rtl/batcher.js';
import { crc32 } from '../../generator/rtl/crc32.js';
import { descriptorReader } from '../../generator/rtl/descriptor_reader.js';
import { ram } from '../../generator/rtl/ram_1r1w.js';
import { windowFormer } from '../../generator/rtl/window_former.js';
import {
  descriptorBits,
  makeEnd,
  makeRequest,
  packWindow,
  shortened,
  toldTag,
  type BatcherShape,
  type End,
  type Request,
} from '../support/batcher-requests.js';
import { describeUnit, makeRandom, pack, paces, render, type Bench, type Random } from '../support/unit-bench.js';

const codes = completionCodes;

interface Plan {
  readonly requests: readonly Request[];
  readonly windows: readonly Window[];
  readonly ends: readonly End[];
}

/** Places in the ring. */
const slotsOf = ({ gradual }: BatcherShape): number => (gradual ? 8 : 64);

/** Requests of all fillings, the windows that they form and how each ends. */
function planOf(shape: BatcherShape, { windowTokens, sliceTokens }: Derived, random: Random): Plan {
  const { policies: inTurn, slices, busBytes, addressBits, lookahead, segments, passOver, gradual, long } = shape;
  const slots = slotsOf(shape);
  const requests = Array.from({ length: gradual ? 60 : slots * inTurn.length - 5 }, (_, index) => {
    const request = shortened(makeRequest(random, windowTokens, busBytes, addressBits), random, sliceTokens);
    if (long === undefined || request.code !== codes.good) return request;
    return { ...request, length: BigInt((index % slots < long ? 2 * sliceTokens : 0) + 1 + random.below(sliceTokens)) };
  });
  const lengths = requests.map(({ code, length }) => (code === codes.good ? Number(length) : 0));
  const windows = inTurn.flatMap((policy, filling) => {
    const from = gradual ? 0 : filling * slots;
    const batch = { slices, sliceTokens, lookahead, passOver, segments };
    return formWindows(lengths.slice(from, gradual ? undefined : from + slots), batch, policy).map((window) =>
      window.map((placed) => ({ ...placed, index: placed.index + from })),
    );
  });
  return { requests, windows, ends: windows.map((window) => makeEnd(random, window)) };
}

/** Code and tag of every error that the chip tells of. */
function errorsOf({ requests, windows, ends }: Plan): { readonly code: number; readonly tag: number }[] {
  const ofRequests = requests.flatMap((request) =>
    request.code !== codes.good || request.writeError
      ? [{ code: request.writeError ? codes.writeCompletion : request.code, tag: toldTag(request) }]
      : [],
  );
  const ofWindows = windows.flatMap((window, number) => {
    const { code, cause } = ends[number]!;
    return code === codes.good ? [] : [{ code, tag: requests[window[cause ?? 0]!.index]!.tag }];
  });
  return [...ofRequests, ...ofWindows];
}

/** Descriptors, each with what its completion must say. */
function vectorsOf({ requests, windows, ends }: Plan, random: Random): string[] {
  const inWindow = new Map(windows.flatMap((window, number) => window.map(({ index }, segment) => [index, { number, segment }] as const)));
  return requests.map((request, index) => {
    const place = inWindow.get(index);
    const end = place === undefined ? { code: request.code, cause: undefined } : ends[place.number]!;
    return pack([
      [1, place === undefined],
      [1, request.readError],
      [1, request.writeError],
      [8, end.code],
      [1, place === undefined || end.cause === place.segment],
      [16, place?.number ?? 0],
      [6, place?.segment ?? 0],
      [256, descriptorBits(request, random)],
    ]);
  });
}

function macrosOf(shape: BatcherShape, { requests, windows }: Plan, errors: number, ringAddr: number): Bench['macros'] {
  const { policies: inTurn, segments, gradual, windowBuffers = 1 } = shape;
  const refused = requests.filter(({ code }) => code !== codes.good).length;
  return {
    SLICES: shape.slices,
    PASSES: shape.passes,
    SEGMENTS: segments,
    BUS_BYTES: shape.busBytes,
    ADDR_BITS: shape.addressBits,
    WINDOWS: windows.length,
    ERRORS: errors,
    RING_LOG2: Math.log2(slotsOf(shape)),
    RING_ADDR: ringAddr,
    POLICIES: inTurn.reduce((bits, policy, filling) => bits + policies.indexOf(policy) * 4 ** filling, 0),
    TOKENS: requests.filter(({ code }) => code === codes.good).reduce((sum, { length }) => sum + Number(length), 0),
    COMPLETIONS: windows.length + refused,
    LOOKAHEAD: shape.lookahead,
    EXTRA_STAGES: shape.extraStages ?? 0,
    FORMING: (1 + (shape.extraStages ?? 0)) * shape.lookahead,
    MOST: segments >= 8 && inTurn.includes('tokens') ? 3 : 1,
    CYCLES: 150_000,
    ...(windowBuffers === 2 && { AHEAD: 1, WAITED: gradual ? 1 : Math.floor(windows.length / 4) }),
  };
}

function batcherBench(shape: BatcherShape, seed: number): Bench {
  const {
    slices,
    lanes,
    passes,
    busBytes,
    addressBits,
    lookahead,
    segments,
    passOver,
    gradual,
    windowBuffers = 1,
    extraStages = 0,
  } = shape;
  const random = makeRandom(seed);
  const params = makeParams({
    array: { slices, lanesPerSlice: lanes, passes },
    port: { busBytes, addressBits },
    batcher: { lookahead, segments, passOver, windowBuffers },
    timing: { extraStages },
  });
  const derived = derive(params);
  const plan = planOf(shape, derived, random);
  const { requests, windows, ends } = plan;
  const ringAddr = (1 + random.below(1000)) * Math.max(descriptorBytes, busBytes);
  const errors = errorsOf(plan);
  return {
    unit: 'batcher',
    files: render(params, batcher, descriptorReader, crc32, windowFormer, ram),
    macros: macrosOf(shape, plan, errors.length, ringAddr),
    vectors: vectorsOf(plan, random),
    inputs: {
      'windows.hex': [...windows.map((window, number) => packWindow(window, requests, ends[number]!, shape, derived)), '0'],
      'errors.hex': [1, 2].map((power) =>
        pack([[64, errors.reduce((sum, { code, tag }) => sum + BigInt(code * 2 ** 32 + tag) ** BigInt(power), 0n)]]),
      ),
    },
    plusargs: { seed, gradual: gradual ? 1 : 0 },
    cycles: 160_000,
    variants: paces,
  };
}

const shapes: readonly BatcherShape[] = [
  {
    policies: ['packed', 'uniform', 'single', 'tokens', 'packed', 'tokens'],
    slices: 4,
    lanes: 2,
    passes: 3,
    busBytes: 16,
    addressBits: 32,
    lookahead: 16,
    segments: 32,
    passOver: 1,
    gradual: false,
  },
  {
    policies: ['packed', 'uniform', 'tokens'],
    slices: 4,
    lanes: 1,
    passes: 4,
    busBytes: 8,
    addressBits: 40,
    lookahead: 16,
    segments: 8,
    passOver: 3,
    gradual: false,
    long: 9,
    extraStages: 1,
  },
  {
    policies: ['packed', 'tokens'],
    slices: 2,
    lanes: 4,
    passes: 1,
    busBytes: 64,
    addressBits: 64,
    lookahead: 4,
    segments: 4,
    passOver: 1,
    gradual: false,
  },
  {
    policies: ['single'],
    slices: 4,
    lanes: 2,
    passes: 2,
    busBytes: 4,
    addressBits: 24,
    lookahead: 2,
    segments: 16,
    passOver: 255,
    gradual: true,
    extraStages: 1,
  },
  {
    policies: ['packed'],
    slices: 1,
    lanes: 1,
    passes: 1,
    busBytes: 32,
    addressBits: 33,
    lookahead: 1,
    segments: 1,
    passOver: 1,
    gradual: true,
  },
  {
    policies: ['uniform', 'tokens'],
    slices: 2,
    lanes: 64,
    passes: 5,
    busBytes: 4,
    addressBits: 32,
    lookahead: 64,
    segments: 64,
    passOver: 8,
    gradual: false,
  },
  {
    policies: ['packed', 'tokens', 'single', 'tokens'],
    slices: 4,
    lanes: 2,
    passes: 3,
    busBytes: 16,
    addressBits: 32,
    lookahead: 16,
    segments: 16,
    passOver: 2,
    gradual: false,
    windowBuffers: 2,
  },
  {
    policies: ['single'],
    slices: 4,
    lanes: 1,
    passes: 3,
    busBytes: 8,
    addressBits: 26,
    lookahead: 4,
    segments: 4,
    passOver: 1,
    gradual: true,
    windowBuffers: 2,
  },
  {
    policies: ['packed', 'tokens'],
    slices: 2,
    lanes: 2,
    passes: 1,
    busBytes: 32,
    addressBits: 48,
    lookahead: 2,
    segments: 8,
    passOver: 1,
    gradual: false,
    windowBuffers: 2,
    extraStages: 1,
  },
];

describeUnit({
  unit: 'batcher',
  shapes,
  makeBench: batcherBench,
  mutants: [
    {
      what: 'times descriptors only while they are read',
      find: 'fetching_o     = !fetch_idle',
      put: 'fetching_o     = rd_req_valid_o || rd_ready_o',
    },
    { what: 'forms a window before the queue is full', find: '&& !(more && room)', put: '' },
    { what: 'allows no tokens at all', find: "(length == 32'd0) || ", put: '' },
    { what: 'looks at the low bits of a length only', find: '(length > TOKENS)', put: '(length[11:0] > TOKENS[11:0])' },
    { what: 'does not check where the output lies', find: " || (output_addr[BUS_SHIFT-1:0] != {BUS_SHIFT{1'b0}})", put: '' },
    { what: 'does not check the CRC', find: 'crc_i != RESIDUE', put: "1'b0" },
    { what: 'covers the status word', find: 'beat_q != STATUS_BEAT', put: "1'b1", shows: { seed: 1000, shape: 3 } },
    { what: 'covers the status word of a wide beat', find: '(ONE << STATUS_AT) - ONE', put: '(ONE << (STATUS_AT + 32)) - ONE' },
    { what: 'leaves out the CRC itself', find: "32'hffffffff } << STATUS_AT", put: "32'h00000000 } << STATUS_AT" },
    { what: 'goes on from the CRC of the descriptor before', find: 'crc_clear_o = state_q == IDLE', put: 'crc_clear_o = rst_i' },
    {
      what: 'looks at the length before the CRC',
      find: 'crc_bad    ? CODE_DESCRIPTOR_CRC :\n                    bad_length ? CODE_BAD_LENGTH :',
      put: 'bad_length ? CODE_BAD_LENGTH :\n                    crc_bad    ? CODE_DESCRIPTOR_CRC :',
    },
    {
      what: 'looks at the CRC before the bus error',
      find: 'error_q    ? CODE_READ_DESCRIPTOR :\n                    crc_bad    ? CODE_DESCRIPTOR_CRC :',
      put: 'crc_bad    ? CODE_DESCRIPTOR_CRC :\n                    error_q    ? CODE_READ_DESCRIPTOR :',
    },
    {
      what: 'looks at addresses outside before those that are not aligned',
      find: 'misaligned ? CODE_MISALIGNED :\n                    outside    ? CODE_BAD_DESCRIPTOR',
      put: 'outside    ? CODE_BAD_DESCRIPTOR :\n                    misaligned ? CODE_MISALIGNED',
    },
    { what: 'goes by the check of the descriptor before', find: '(state_q == GIVE) && !leaves', put: "1'b1" },
    {
      what: 'lets a descriptor with a wrong CRC enter the queue',
      find: 'checked && (code == CODE_GOOD)',
      put: 'checked && ((code == CODE_GOOD) || (code == CODE_DESCRIPTOR_CRC))',
    },
    {
      what: 'does not check the upper half of an address',
      find: 'outside    ? CODE_BAD_DESCRIPTOR',
      put: "1'b0       ? CODE_BAD_DESCRIPTOR",
    },
    { what: 'sees only the error of the last beat', find: 'error_q <= error_q || rd_error_i', put: 'error_q <= rd_error_i' },
    { what: 'tells the tag of a descriptor that was not read', find: "error_q || crc_bad) ? 32'd0", put: "crc_bad) ? 32'd0" },
    { what: 'tells the tag of a descriptor with a wrong CRC', find: "error_q || crc_bad) ? 32'd0", put: "error_q) ? 32'd0" },
    { what: 'blames every request of the window', find: 'refuse || cause_here;', put: "1'b1;" },
    { what: 'gives a refused descriptor the number of the last window', find: 'refuse ? windows_q : number_q', put: 'number_q' },
    { what: 'tells the tag of the first request instead of the cause', find: 'if (cause_here || (segment_q', put: 'if ((segment_q' },
    { what: 'does not tell of a completion that was not written', find: '|| wr_error_i;', put: ';' },
    { what: 'counts a completion before its response', find: 'if (wr_answered_i) head_q', put: 'if (wr_valid_o && wr_ready_i) head_q' },
    {
      what: 'waits for every response',
      find: 'free && !refuse && (state_q == COMPLETE);',
      put: `free && !refuse && (state_q == COMPLETE) && !waits_q;
  reg waits_q;
  always @(posedge clk_i) waits_q <= !rst_i && (complete || (waits_q && !wr_answered_i));`,
    },
    {
      what: 'tells of a window when its last completion is handed over',
      find: 'if (report) tell_q',
      put: "if (complete && last) tell_q <= 1'b1; else if (report) tell_q",
    },
    { what: 'tells of a window when the first response has come', find: 'if (wr_answered_i && answer_last)', put: 'if (wr_answered_i)' },
    { what: 'completes a window before the last one is told of', find: 'NEXT: if (!reporting)', put: 'NEXT:' },
    { what: 'completes a refused descriptor again and again', find: 'refused_valid && !refusing_q', put: 'refused_valid' },
    {
      what: 'takes any response for that of a refused descriptor',
      find: 'wr_answered_i && answer_refused',
      put: 'wr_answered_i && refusing_q',
    },
    { what: 'marks every completion as the last', find: "{ 1'b0, last, done_tag }", put: "{ 1'b0, 1'b1, done_tag }" },
    {
      what: 'tells the tag of the descriptor in hand',
      find: "{ 1'b1, 1'b0, tag }",
      put: "{ 1'b1, 1'b0, done_tag }",
      shows: { seed: 1000, shape: 8 },
    },
    { what: 'is idle before the last response is told of', find: '(state_q != IDLE) || reporting;', put: '(state_q != IDLE);' },
    { what: 'times responses only in a window', find: '((state_q != IDLE) || reporting)', put: '(state_q != IDLE)' },
    { what: 'goes on timing the window before', find: '(reporting && !begins)', put: 'reporting' },
    {
      what: 'writes the completion to the wrong word',
      find: 'localparam STATUS_BYTE   = DESC_STATUS % BUS_BYTES;',
      put: 'localparam STATUS_BYTE   = 20 % BUS_BYTES;',
    },
    { what: 'never wraps around the ring', find: 'fetched_q[SLOT_BITS-1:0] & ring_mask', put: 'fetched_q[SLOT_BITS-1:0]' },
    { what: 'takes the table of a window before it begins', find: 'if (begins) table_q', put: 'table_q', shows: { seed: 1000, shape: 6 } },
    { what: 'marks the first request when none is the cause', find: 'marked_q && (segment_q', put: '(segment_q' },
    {
      what: 'marks the request behind the cause',
      find: "(segment_q == { 1'b0, cause_q })",
      put: "(segment_q == { 1'b0, cause_q } + 1'b1)",
    },
    {
      what: 'tells the tag of the last request instead of the first',
      find: "(cause_here || (segment_q == {(SEG_BITS+1){1'b0}}))",
      put: '(cause_here || !marked_q)',
    },
    { what: 'looks for the segments of the next window in the one in work', find: '.find_next_i(find_next_i)', put: ".find_next_i(1'b0)" },
    {
      what: 'looks for the segments of a window that is formed as soon as it is',
      find: '.begin_i(window_start_o)',
      put: '.begin_i(formed)',
    },
    { what: 'forms no window while one is in work', find: '((state_q == IDLE) || plenty)', put: '(state_q == IDLE)' },
    { what: 'is not busy between fetch and completion', find: '(fetched != head_q) || more', put: 'more' },
  ],
});
