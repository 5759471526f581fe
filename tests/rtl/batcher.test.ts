import { formWindows, policies, type Policy, type Window } from '../../generator/batch/form-windows.js';
import { derive } from '../../generator/params/derived.js';
import { makeParams } from '../../generator/params/params.js';
import { completionCodes } from '../../generator/params/registers.js';
import { batcher } from '../../generator/rtl/batcher.js';
import { descriptorReader } from '../../generator/rtl/descriptor_reader.js';
import { ram } from '../../generator/rtl/ram_1r1w.js';
import { windowFormer } from '../../generator/rtl/window_former.js';
import { describeUnit, join, makeRandom, pack, render, type Bench, type Random } from '../support/unit-bench.js';

interface Shape {
  readonly policy: Policy;
  readonly slices: number;
  readonly lanes: number;
  readonly passes: number;
  readonly busBytes: number;
  readonly addressBits: number;
  readonly lookahead: number;
  readonly passOver: number;
  /** The host submits bit by bit in a small ring; windows are certain only under `single`. */
  readonly gradual: boolean;
}

const codes = completionCodes;

interface Request {
  readonly length: bigint;
  readonly input: bigint;
  readonly output: bigint;
  readonly tag: number;
  readonly reserved: bigint;
  readonly readError: boolean;
  readonly writeError: boolean;
  /** Why it is refused, or good. */
  readonly code: number;
}

/** A descriptor, one in four with something wrong. */
function makeRequest(random: Random, windowTokens: number, busBytes: number, addressBits: number): Request {
  const address = (): bigint => (random.bits(addressBits) / BigInt(busBytes)) * BigInt(busBytes);
  const good = {
    length: BigInt(1 + random.below(windowTokens)), input: address(), output: address(), tag: Number(random.bits(32)), reserved: 0n,
    readError: false, writeError: random.below(20) === 0, code: codes.good as number,
  };
  const off = BigInt(1 + random.below(busBytes - 1));
  const faults: (() => Partial<Request>)[] = [
    () => ({ readError: true, tag: 0, code: codes.readDescriptor }),
    () => ({ length: 0n, input: good.input + off, code: codes.badLength }),
    () => ({ length: BigInt(windowTokens) + 1n + random.bits(12), reserved: 1n, code: codes.badLength }),
    () => ({ length: good.length + (1n << 31n), code: codes.badLength }),
    () => ({ input: good.input + off, code: codes.misaligned }),
    () => ({ output: good.output + off, reserved: 5n, code: codes.misaligned }),
    () => ({ reserved: 1n << BigInt(random.below(32)), code: codes.badDescriptor }),
  ];
  if (addressBits < 64) {
    faults.push(() => ({ input: good.input + (1n << BigInt(addressBits + random.below(64 - addressBits))), code: codes.badDescriptor }));
    faults.push(() => ({ output: good.output + (1n << 63n), code: codes.badDescriptor }));
  }
  return random.below(4) > 0 ? good : { ...good, ...faults[random.below(faults.length)]!() };
}

/** Lengths that make walks long: many short ones, some that need the whole window. */
function shortened(request: Request, random: Random, sliceTokens: number): Request {
  return request.code === codes.good && random.below(3) > 0 ? { ...request, length: BigInt(1 + random.below(sliceTokens)) } : request;
}

interface End {
  readonly code: number;
  /** First slice of the request that is the cause. */
  readonly cause: number | undefined;
}

function makeEnd(random: Random, window: Window): End {
  const code = random.below(2) === 0 ? codes.good : [codes.readWeights, codes.readRows, codes.writeRows, codes.passCrc, codes.badProgram, codes.streamEnd][random.below(6)]!;
  const one = code === codes.readRows || code === codes.writeRows;
  return { code, cause: one ? window[random.below(window.length)]!.first : undefined };
}

/** The window table as the bench expects it, with how the window ends. */
function packWindow(window: Window, requests: readonly Request[], { code, cause }: End, { slices, lanes, passes, addressBits }: Shape, sliceTokens: number): string {
  const fields = (bits: number, value: (index: number, first: number, count: number) => number | bigint): [number, bigint] => [
    bits * slices,
    join(Array.from({ length: slices }, (_, s) => {
      const placed = window.find(({ first, count }) => s >= first && s < first + count);
      return placed === undefined ? 0 : value(placed.index, placed.first, placed.count);
    }), bits),
  ];
  const lengths = window.map(({ index }) => Number(requests[index]!.length));
  const keys = Math.max(...lengths.map((length) => Math.min(length, sliceTokens)));
  return pack([
    [8, code], [slices, cause === undefined ? 0n : 1n << BigInt(cause)],
    fields(1, () => 1), fields(2, (_, first) => first), fields(3, (_index, _first, count) => count), fields(12, (index) => requests[index]!.length),
    fields(addressBits, (index) => requests[index]!.input), fields(addressBits, (index) => requests[index]!.output),
    [3, Math.max(...window.map(({ count }) => count))], [12, keys], [passes > 1 ? Math.ceil(Math.log2(passes)) : 1, Math.ceil(keys / lanes) - 1],
  ]);
}

function batcherBench(shape: Shape, seed: number): Bench {
  const { policy, slices, lanes, passes, busBytes, addressBits, lookahead, passOver, gradual } = shape;
  const random = makeRandom(seed);
  const params = makeParams({
    array: { slices, lanesPerSlice: lanes, passes }, port: { busBytes, addressBits }, batcher: { lookahead, passOver },
  });
  const { windowTokens, sliceTokens } = derive(params);
  const requests = Array.from({ length: gradual ? 60 : 160 }, () => shortened(makeRequest(random, windowTokens, busBytes, addressBits), random, sliceTokens));
  const windows = formWindows(requests.map(({ code, length }) => (code === codes.good ? Number(length) : 0)), { slices, sliceTokens, lookahead, passOver }, policy);
  const ends = windows.map((window) => makeEnd(random, window));
  const ringLog2 = gradual ? 3 : 8;
  const stride = Math.max(32, busBytes);
  const ringAddr = (1 + random.below(1000)) * stride;

  const inWindow = new Map(windows.flatMap((window, number) => window.map((placed) => [placed.index, { number, first: placed.first }] as const)));
  const errors = requests.flatMap(({ code, tag, writeError }) => (code !== codes.good || writeError ? [{ code: writeError ? codes.writeCompletion : code, tag }] : []));
  windows.forEach((window, number) => {
    const { code, cause } = ends[number]!;
    const told = window.find(({ first }) => cause === first) ?? window[0]!;
    if (code !== codes.good) errors.push({ code, tag: requests[told.index]!.tag });
  });
  const vectors = requests.map((request, index) => {
    const place = inWindow.get(index);
    const end = place === undefined ? { code: request.code, cause: undefined } : ends[place.number]!;
    return pack([
      [1, place === undefined], [1, request.readError], [1, request.writeError],
      [8, end.code], [1, place === undefined || end.cause === place.first], [16, place?.number ?? 0],
      [32, request.reserved], [32, random.bits(32)], [32, request.readError ? random.bits(32) : request.tag], [32, request.length], [64, request.output], [64, request.input],
    ]);
  });
  const refused = requests.filter(({ code }) => code !== codes.good).length;
  const tokens = requests.filter(({ code }) => code === codes.good).reduce((sum, { length }) => sum + Number(length), 0);
  return {
    unit: 'batcher',
    files: render(params, batcher, descriptorReader, windowFormer, ram),
    macros: {
      SLICES: slices, PASSES: passes, BUS_BYTES: busBytes, ADDR_BITS: addressBits,
      WINDOWS: windows.length, ERRORS: errors.length, RING_LOG2: ringLog2, RING_ADDR: ringAddr, POLICY: policies.indexOf(policy),
      TOKENS: tokens, COMPLETIONS: windows.length + refused, CYCLES: 50_000,
    },
    vectors,
    inputs: {
      'windows.hex': [...windows.map((window, number) => packWindow(window, requests, ends[number]!, shape, sliceTokens)), '0'],
      'errors.hex': [...errors.map(({ code, tag }) => pack([[8, code], [32, tag]])), '0'],
    },
    plusargs: { seed, gradual: gradual ? 1 : 0 },
    cycles: 60_000,
  };
}

describeUnit({
  unit: 'batcher',
  shapes: [
    { policy: 'packed', slices: 4, lanes: 2, passes: 3, busBytes: 16, addressBits: 32, lookahead: 8, passOver: 2, gradual: false },
    { policy: 'uniform', slices: 4, lanes: 1, passes: 4, busBytes: 8, addressBits: 40, lookahead: 16, passOver: 3, gradual: false },
    { policy: 'packed', slices: 2, lanes: 4, passes: 1, busBytes: 64, addressBits: 64, lookahead: 4, passOver: 1, gradual: false },
    { policy: 'single', slices: 4, lanes: 2, passes: 2, busBytes: 4, addressBits: 24, lookahead: 2, passOver: 255, gradual: true },
    { policy: 'packed', slices: 1, lanes: 1, passes: 1, busBytes: 32, addressBits: 33, lookahead: 1, passOver: 1, gradual: true },
    { policy: 'uniform', slices: 2, lanes: 64, passes: 5, busBytes: 4, addressBits: 32, lookahead: 64, passOver: 8, gradual: false },
  ],
  makeBench: batcherBench,
  mutants: [],
});
