/** Descriptors, good and bad, and windows of their requests, as testbench/batcher_tb.v takes them. */
import type { Placement, Window } from '../../generator/batch/form-windows.js';
import { completionCodes } from '../../generator/contract/registers.js';
import { widths } from '../../generator/contract/widths.js';
import type { Policy } from '../../generator/contract/codes.js';
import type { Derived } from '../../generator/params/derived.js';
import { crcOf } from '../../generator/program/manifest.js';
import { join, pack, type Random } from './unit-bench.js';

export interface BatcherShape {
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
  readonly extraStages?: 1;
  /** Number of requests of three slices that come first in every filling, then requests of one: the last of them are passed over again and again. */
  readonly long?: number;
}

const codes = completionCodes;

export interface Request {
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
export function makeRequest(random: Random, windowTokens: number, busBytes: number, addressBits: number): Request {
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
    () => ({ length: BigInt(windowTokens) + 1n + random.bits(widths.POSITION.bits), output: good.output + off, code: codes.badLength }),
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

/** Bits of a descriptor, 256 of them; the status word is anything. */
export function descriptorBits({ input, output, length, tag, flip }: Request, random: Random): bigint {
  const covered = (BigInt(tag) << 160n) | (length << 128n) | (output << 64n) | input;
  const crc = BigInt(crcOf(Uint8Array.from({ length: 24 }, (_, i) => Number((covered >> BigInt(8 * i)) & 0xffn))));
  return ((crc << 224n) | (random.bits(32) << 192n) | covered) ^ (flip === undefined ? 0n : 1n << BigInt(flip));
}

/** What the chip tells of it: the tag of a descriptor that came wrong is not trusted. */
export const toldTag = ({ code, tag }: Request): number => (code === codes.readDescriptor || code === codes.descriptorCrc ? 0 : tag);

/** Lengths that make walks long: many short ones, some that need the whole window. */
export function shortened(request: Request, random: Random, sliceTokens: number): Request {
  return request.code === codes.good && random.below(2) > 0 ? { ...request, length: BigInt(1 + random.below(sliceTokens)) } : request;
}

export interface End {
  readonly code: number;
  /** Segment of the request that is the cause. */
  readonly cause: number | undefined;
}

export function makeEnd(random: Random, window: Window): End {
  const code =
    random.below(2) === 0
      ? codes.good
      : [codes.readWeights, codes.readRows, codes.writeRows, codes.passCrc, codes.badProgram, codes.streamEnd][random.below(6)]!;
  const one = code === codes.readRows || code === codes.writeRows;
  return { code, cause: one ? random.below(window.length) : undefined };
}

/** How a window ends, its table and its segments, as the bench expects them. */
export function packWindow(
  window: Window,
  requests: readonly Request[],
  { code, cause }: End,
  { slices, lanes, passes, addressBits, segments }: Pick<BatcherShape, 'slices' | 'lanes' | 'passes' | 'addressBits' | 'segments'>,
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
  const listedBits = 2 + 2 * widths.POSITION.bits + 2 * addressBits;
  const listed = window.map(({ index, first, position, length }) => {
    const { input, output } = requests[index]!;
    return (
      [first, position, length].reduce((bits, value) => (bits << BigInt(widths.POSITION.bits)) + BigInt(value), 0n) *
        2n ** BigInt(2 * addressBits) +
      input * 2n ** BigInt(addressBits) +
      output
    );
  });
  return pack([
    [8, code],
    [1, cause !== undefined],
    [segmentBits, cause ?? 0],
    each(widths.POSITION.bits, fill),
    each(2, (slice) => window.find((placed) => placed.count > 1 && inSlice(placed, slice) > 0)?.first ?? slice),
    [3, Math.max(...window.map(({ count }) => count))],
    [widths.POSITION.bits, keys],
    [passes > 1 ? Math.ceil(Math.log2(passes)) : 1, Math.ceil(keys / lanes) - 1],
    [widths.SQUARES.bits, window.reduce((sum, { length }) => sum + length ** 2, 0)],
    [segmentBits + 1, window.length],
    [listedBits * segments, join(listed, listedBits)],
  ]);
}
