import { formWindows, type Placement, type Window } from '../../generator/batch/form-windows.js';
import { policies, type Policy } from '../../generator/contract/codes.js';
import { derive, type Derived } from '../../generator/params/derived.js';
import { makeParams } from '../../generator/params/params.js';
import { completionCodes } from '../../generator/contract/registers.js';
import { crcOf } from '../../generator/program/manifest.js';
import { batcher } from '../../generator/rtl/batcher.js';
import { crc32 } from '../../generator/rtl/crc32.js';
import { descriptorReader } from '../../generator/rtl/descriptor_reader.js';
import { ram } from '../../generator/rtl/ram_1r1w.js';
import { windowFormer } from '../../generator/rtl/window_former.js';
import { describeUnit, join, makeRandom, pack, paces, render, type Bench, type Random } from '../support/unit-bench.js';

interface Shape {
  /** One for each filling of the ring. */
  readonly policies: readonly Policy[];
  readonly slices: number;
  readonly lanes: number;
  readonly passes: number;
  readonly busBytes: number;
  readonly addressBits: number;
  readonly lookahead: number;
  readonly segments: number;
  readonly passOver: number;
  /** The host submits one by one; windows are certain only under `single`, or when the queue holds one request. */
  readonly gradual: boolean;
  readonly windowBuffers?: 1 | 2;
  /** So many requests of three slices come first in every filling, then requests of one: the last of them are passed over again and again. */
  readonly long?: number;
}

const codes = completionCodes;

interface Request {
  readonly length: bigint;
  readonly input: bigint;
  readonly output: bigint;
  readonly tag: number;
  /** A bit of the descriptor that is not as it was when its CRC was made. */
  readonly flip?: number;
  readonly readError: boolean;
  readonly writeError: boolean;
  /** Why it is refused, or good. */
  readonly code: number;
}

/** A descriptor, one in four with something wrong. */
function makeRequest(random: Random, windowTokens: number, busBytes: number, addressBits: number): Request {
  const address = (): bigint => (random.bits(addressBits) / BigInt(busBytes)) * BigInt(busBytes);
  const good = {
    length: BigInt(1 + random.below(windowTokens)),
    input: address(),
    output: address(),
    tag: Number(random.bits(32)),
    readError: false,
    writeError: random.below(20) === 0,
    code: codes.good as number,
  };
  const off = BigInt(1 + random.below(busBytes - 1));
  // Anywhere but in the status word.
  const flip = (random.below(224) + 224) % 256;
  const faults: (() => Partial<Request>)[] = [
    () => ({ readError: true, code: codes.readDescriptor }),
    () => ({ readError: true, flip, code: codes.readDescriptor }),
    () => ({ flip, code: codes.descriptorCrc }),
    () => ({ flip: 160 + random.below(32), code: codes.descriptorCrc }),
    () => ({ flip, length: 0n, input: good.input + off, code: codes.descriptorCrc }),
    () => ({ length: 0n, input: good.input + off, code: codes.badLength }),
    () => ({ length: BigInt(windowTokens) + 1n + random.bits(12), output: good.output + off, code: codes.badLength }),
    () => ({ length: good.length + (1n << 31n), code: codes.badLength }),
    () => ({ input: good.input + off, code: codes.misaligned }),
    () => ({ output: good.output + off, code: codes.misaligned }),
  ];
  if (addressBits < 64) {
    faults.push(() => ({ input: good.input + (1n << BigInt(addressBits + random.below(64 - addressBits))), code: codes.badDescriptor }));
    faults.push(() => ({ output: good.output + (1n << 63n), code: codes.badDescriptor }));
    faults.push(() => ({ output: good.output + (1n << 63n), input: good.input + off, code: codes.misaligned }));
  }
  return random.below(4) > 0 ? good : { ...good, ...faults[random.below(faults.length)]!() };
}

/** Its 256 bits; the status word is anything. */
function descriptorBits({ input, output, length, tag, flip }: Request, random: Random): bigint {
  const covered = (BigInt(tag) << 160n) | (length << 128n) | (output << 64n) | input;
  const crc = BigInt(crcOf(Uint8Array.from({ length: 24 }, (_, i) => Number((covered >> BigInt(8 * i)) & 0xffn))));
  return ((crc << 224n) | (random.bits(32) << 192n) | covered) ^ (flip === undefined ? 0n : 1n << BigInt(flip));
}

/** What the chip tells of it: the tag of a descriptor that came wrong is not trusted. */
const toldTag = ({ code, tag }: Request): number => (code === codes.readDescriptor || code === codes.descriptorCrc ? 0 : tag);

/** Lengths that make walks long: many short ones, some that need the whole window. */
function shortened(request: Request, random: Random, sliceTokens: number): Request {
  return request.code === codes.good && random.below(2) > 0 ? { ...request, length: BigInt(1 + random.below(sliceTokens)) } : request;
}

interface End {
  readonly code: number;
  /** Segment of the request that is the cause. */
  readonly cause: number | undefined;
}

function makeEnd(random: Random, window: Window): End {
  const code =
    random.below(2) === 0
      ? codes.good
      : [codes.readWeights, codes.readRows, codes.writeRows, codes.passCrc, codes.badProgram, codes.streamEnd][random.below(6)]!;
  const one = code === codes.readRows || code === codes.writeRows;
  return { code, cause: one ? random.below(window.length) : undefined };
}

/** How a window ends, its table and its segments, as the bench expects them. */
function packWindow(
  window: Window,
  requests: readonly Request[],
  { code, cause }: End,
  { slices, lanes, passes, addressBits, segments }: Shape,
  { sliceTokens, segmentBits }: Derived,
): string {
  const inSlice = ({ first, position, length }: Placement, slice: number): number => {
    const [from, to] = [first * sliceTokens + position, first * sliceTokens + position + length];
    return Math.max(0, Math.min(to, (slice + 1) * sliceTokens) - Math.max(from, slice * sliceTokens));
  };
  const each = (bits: number, value: (slice: number) => number): [number, bigint] => [
    bits * slices,
    join(
      Array.from({ length: slices }, (_, slice) => value(slice)),
      bits,
    ),
  ];
  const fill = (slice: number): number => window.reduce((sum, placed) => sum + inSlice(placed, slice), 0);
  const keys = Math.max(...Array.from({ length: slices }, (_, slice) => fill(slice)));
  const listedBits = 2 + 12 + 12 + 2 * addressBits;
  const listed = window.map(({ index, first, position, length }) => {
    const { input, output } = requests[index]!;
    return (
      [first, position, length].reduce((bits, value) => bits * 4096n + BigInt(value), 0n) * 2n ** BigInt(2 * addressBits) +
      input * 2n ** BigInt(addressBits) +
      output
    );
  });
  return pack([
    [8, code],
    [1, cause !== undefined],
    [segmentBits, cause ?? 0],
    each(12, fill),
    each(2, (slice) => window.find((placed) => placed.count > 1 && inSlice(placed, slice) > 0)?.first ?? slice),
    [3, Math.max(...window.map(({ count }) => count))],
    [12, keys],
    [passes > 1 ? Math.ceil(Math.log2(passes)) : 1, Math.ceil(keys / lanes) - 1],
    [24, window.reduce((sum, { length }) => sum + length ** 2, 0)],
    [segmentBits + 1, window.length],
    [listedBits * segments, join(listed, listedBits)],
  ]);
}

function batcherBench(shape: Shape, seed: number): Bench {
  const {
    policies: inTurn,
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
    long,
  } = shape;
  const random = makeRandom(seed);
  const params = makeParams({
    array: { slices, lanesPerSlice: lanes, passes },
    port: { busBytes, addressBits },
    batcher: { lookahead, segments, passOver, windowBuffers },
  });
  const derived = derive(params);
  const { windowTokens, sliceTokens } = derived;
  const slots = gradual ? 8 : 64;
  const requests = Array.from({ length: gradual ? 60 : 64 * inTurn.length - 5 }, (_, index) => {
    const request = shortened(makeRequest(random, windowTokens, busBytes, addressBits), random, sliceTokens);
    if (long === undefined || request.code !== codes.good) return request;
    return { ...request, length: BigInt((index % slots < long ? 2 * sliceTokens : 0) + 1 + random.below(sliceTokens)) };
  });
  const lengths = requests.map(({ code, length }) => (code === codes.good ? Number(length) : 0));
  const windows = inTurn.flatMap((policy, filling) => {
    const from = gradual ? 0 : filling * slots;
    const formed = formWindows(
      lengths.slice(from, gradual ? undefined : from + slots),
      { slices, sliceTokens, lookahead, passOver, segments },
      policy,
    );
    return formed.map((window) => window.map((placed) => ({ ...placed, index: placed.index + from })));
  });
  const ends = windows.map((window) => makeEnd(random, window));
  const stride = Math.max(32, busBytes);
  const ringAddr = (1 + random.below(1000)) * stride;

  const inWindow = new Map(windows.flatMap((window, number) => window.map(({ index }, segment) => [index, { number, segment }] as const)));
  const errors = requests.flatMap((request) =>
    request.code !== codes.good || request.writeError
      ? [{ code: request.writeError ? codes.writeCompletion : request.code, tag: toldTag(request) }]
      : [],
  );
  windows.forEach((window, number) => {
    const { code, cause } = ends[number]!;
    const told = window[cause ?? 0]!;
    if (code !== codes.good) errors.push({ code, tag: requests[told.index]!.tag });
  });
  const vectors = requests.map((request, index) => {
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
  const refused = requests.filter(({ code }) => code !== codes.good).length;
  const tokens = requests.filter(({ code }) => code === codes.good).reduce((sum, { length }) => sum + Number(length), 0);
  return {
    unit: 'batcher',
    files: render(params, batcher, descriptorReader, crc32, windowFormer, ram),
    macros: {
      SLICES: slices,
      PASSES: passes,
      SEGMENTS: segments,
      BUS_BYTES: busBytes,
      ADDR_BITS: addressBits,
      WINDOWS: windows.length,
      ERRORS: errors.length,
      RING_LOG2: Math.log2(slots),
      RING_ADDR: ringAddr,
      POLICIES: inTurn.reduce((bits, policy, filling) => bits + policies.indexOf(policy) * 4 ** filling, 0),
      TOKENS: tokens,
      COMPLETIONS: windows.length + refused,
      LOOKAHEAD: lookahead,
      MOST: segments >= 8 && inTurn.includes('tokens') ? 3 : 1,
      CYCLES: 150_000,
      ...(windowBuffers === 2 && { AHEAD: 1, WAITED: gradual ? 1 : Math.floor(windows.length / 4) }),
    },
    vectors,
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

const shapes: readonly Shape[] = [
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
    { what: 'covers the status word', find: 'beat_q != STATUS_BEAT', put: "1'b1" },
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
    {
      what: 'lets a descriptor with a wrong CRC enter the queue',
      find: '(state_q == GIVE) && (code == CODE_GOOD)',
      put: '(state_q == GIVE) && ((code == CODE_GOOD) || (code == CODE_DESCRIPTOR_CRC))',
    },
    {
      what: 'does not check the upper half of an address',
      find: 'outside    ? CODE_BAD_DESCRIPTOR',
      put: "1'b0       ? CODE_BAD_DESCRIPTOR",
    },
    { what: 'sees only the error of the last beat', find: 'error_q <= error_q || rd_error_i', put: 'error_q <= rd_error_i' },
    { what: 'tells the tag of a descriptor that was not read', find: "error_q || crc_bad) ? 32'd0", put: "crc_bad) ? 32'd0" },
    { what: 'tells the tag of a descriptor with a wrong CRC', find: "error_q || crc_bad) ? 32'd0", put: "error_q) ? 32'd0" },
    { what: 'blames every request of the window', find: "{ number_q, 7'd0, cause_here, code_q }", put: "{ number_q, 7'd0, 1'b1, code_q }" },
    { what: 'gives a refused descriptor the number of the last window', find: '{ windows_q, 7', put: '{ number_q, 7' },
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
    { what: 'tells the tag of the descriptor in hand', find: "{ 1'b1, 1'b0, tag }", put: "{ 1'b1, 1'b0, done_tag }" },
    { what: 'is idle before the last response is told of', find: '(state_q != IDLE) || reporting;', put: '(state_q != IDLE);' },
    { what: 'times responses only in a window', find: '((state_q != IDLE) || reporting)', put: '(state_q != IDLE)' },
    { what: 'goes on timing the window before', find: '(reporting && !begins)', put: 'reporting' },
    {
      what: 'writes the completion to the wrong word',
      find: 'localparam STATUS_BYTE   = DESC_STATUS % BUS_BYTES;',
      put: 'localparam STATUS_BYTE   = 20 % BUS_BYTES;',
    },
    { what: 'never wraps around the ring', find: 'fetched_q[SLOT_BITS-1:0] & ring_mask', put: 'fetched_q[SLOT_BITS-1:0]' },
    { what: 'takes the table of a window before it begins', find: 'if (begins) table_q', put: 'table_q' },
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
