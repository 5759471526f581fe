import { coveredBytes, descriptorBytes, descriptorFields as inDescriptor } from '../contract/descriptor.js';
import { refuse } from '../util/errors.js';
import { loadOf } from '../operations/load/fields.js';
import { outputRuns, storeOf } from '../operations/store/fields.js';
import type { Params } from '../params/fields.js';
import type { Image } from '../program/image.js';
import { crcOf } from '../program/manifest.js';

/** Place of one request, as the host has put it. Addresses in bytes. */
export interface PlacedRequest {
  readonly tokens: number;
  readonly input: number;
  readonly output: number;
  /** Bytes of the output rows, padding included, without the CRC beat behind them. */
  readonly outputBytes: number;
}

/** What lies where in the memory of a run; every area is followed by a beat that nobody may touch. */
export interface MemoryMap {
  /** Address of the first byte. */
  readonly base: number;
  readonly cold: number;
  readonly pass: number;
  readonly ring: number;
  readonly ringLog2: number;
  /** Bytes from one descriptor to the next. */
  readonly stride: number;
  readonly requests: readonly PlacedRequest[];
  /** Address behind the last area. */
  readonly end: number;
  /** Tells whether a beat with their CRC stands behind the rows of a request, in and out. */
  readonly rowCrc: boolean;
  /** Beats of the memory model: a power of two, or as many as there are addresses. */
  readonly beats: number;
}

const leastBeats = 4096;

const roundUp = (value: number, unit: number): number => Math.ceil(value / unit) * unit;

/** Bytes of a token row in memory. */
export function rowBytes(bytes: number, { busBytes }: Image): number {
  return roundUp(bytes, busBytes);
}

/** Tokens of requests given as rows of LOAD's width. */
export function tokensOf(image: Image, requests: readonly Int8Array[]): number[] {
  const { outer } = loadOf(image.model);
  return requests.map((rows) => rows.length / outer);
}

/**
 * Lay out the two regions, the ring, and rows in and out of requests of these lengths in tokens; `gap` bytes stay free behind the ring.
 *
 * Errors   UserError when it does not fit the addresses of the port
 */
export function layOut(image: Image, params: Params, lengths: readonly number[], base = 0, gap = 0): MemoryMap {
  const { busBytes, addressBits, rowCrc } = params.port;
  const crcBytes = rowCrc * busBytes;
  const stride = Math.max(descriptorBytes, busBytes);
  const ringLog2 = Math.ceil(Math.log2(Math.max(1, lengths.length)));
  const store = storeOf(image.model);
  let next = base;
  const place = (bytes: number, unit = busBytes): number => {
    const at = roundUp(next, unit);
    next = at + roundUp(bytes, busBytes) + busBytes;
    return at;
  };
  const ring = place(stride * 2 ** ringLog2, stride);
  next += gap;
  const cold = place(image.cold.length);
  const pass = place(image.pass.length);
  const requests = lengths.map((tokens): PlacedRequest => {
    const { runs, bytes } = outputRuns(store, tokens);
    const outputBytes = runs * rowBytes(bytes, image);
    const input = place(tokens * rowBytes(loadOf(image.model).outer, image) + crcBytes);
    return { tokens, input, output: place(outputBytes + crcBytes), outputBytes };
  });
  // The last area may end where the addresses end.
  const end = next - busBytes;
  const beats = Math.min(Math.max(leastBeats, 2 ** Math.ceil(Math.log2((next - base) / busBytes))), (2 ** addressBits - base) / busBytes);
  refuse(
    end <= 2 ** addressBits
      ? []
      : [`port.addressBits = ${addressBits} bits: a run of ${lengths.length} inputs needs ${end} bytes; raise it or give fewer inputs`],
  );
  return { base, cold, pass, ring, ringLog2, stride, requests, rowCrc: rowCrc === 1, end, beats };
}

/** Byte of untouched memory, so that a write too many shows. */
export function untouched(index: number): number {
  return (index * 73 + 0xa5) & 0xff;
}

/** The memory before the run: int8 rows of each request, with their CRC where the chip wants it, its descriptor with the tag, and a pattern all around. */
export function fillMemory(map: MemoryMap, image: Image, requests: readonly Int8Array[], tags: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(map.beats * image.busBytes);
  for (let index = 0; index < bytes.length; index++) bytes[index] = untouched(index);
  bytes.set(image.cold, map.cold - map.base);
  bytes.set(image.pass, map.pass - map.base);
  const { outer } = loadOf(image.model);
  const inRow = rowBytes(outer, image);
  requests.forEach((rows, r) => {
    const { input, output, tokens } = map.requests[r]!;
    for (let t = 0; t < tokens; t++) {
      const at = input - map.base + t * inRow;
      bytes.fill(0, at, at + inRow);
      bytes.set(new Uint8Array(rows.buffer, rows.byteOffset + t * outer, outer), at);
    }
    if (map.rowCrc) writeRowsCrc(bytes, input - map.base, tokens * inRow, image);
    writeDescriptor(bytes, map.ring - map.base + r * map.stride, { input, output, tokens, tag: tags[r]! });
  });
  return bytes;
}

/** CRC-32 of rows at `at`, padding included, in a beat of its own behind them. */
export function rowsCrcBeat(bytes: Uint8Array, at: number, length: number, { busBytes }: Pick<Image, 'busBytes'>): Uint8Array {
  const beat = new Uint8Array(busBytes);
  new DataView(beat.buffer).setUint32(0, crcOf(bytes.subarray(at, at + length)), true);
  return beat;
}

export function writeRowsCrc(bytes: Uint8Array, at: number, length: number, image: Pick<Image, 'busBytes'>): void {
  bytes.set(rowsCrcBeat(bytes, at, length, image), at + length);
}

export interface Descriptor {
  readonly input: number;
  readonly output: number;
  readonly tokens: number;
  readonly tag: number;
}

/** All of its bytes with their CRC, docs/stream.md "Descriptors". */
export function writeDescriptor(bytes: Uint8Array, at: number, { input, output, tokens, tag }: Descriptor): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, descriptorBytes);
  view.setBigUint64(inDescriptor.input.at, BigInt(input), true);
  view.setBigUint64(inDescriptor.output.at, BigInt(output), true);
  view.setUint32(inDescriptor.tokens.at, tokens, true);
  view.setUint32(inDescriptor.tag.at, tag, true);
  view.setUint32(inDescriptor.status.at, 0, true);
  view.setUint32(inDescriptor.crc.at, crcOf(bytes.subarray(at, at + coveredBytes)), true);
}
