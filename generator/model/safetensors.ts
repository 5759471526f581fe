/**
 * The safetensors format, as its authors specify it: 8 bytes with the length of the header (little-endian), the header in
 * JSON, and the tensors one after the other without gaps, row-major, little-endian.
 *
 * Source   https://github.com/huggingface/safetensors, "Format"
 */
import { z } from 'zod';
import { UserError } from '../util/errors.js';
import { checkAgainst, issueLines, JsonError, parseJson } from '../input/json.js';

export const dtypeBytes = {
  F64: 8,
  I64: 8,
  U64: 8,
  F32: 4,
  I32: 4,
  U32: 4,
  F16: 2,
  BF16: 2,
  I16: 2,
  U16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
} as const;
export type Dtype = keyof typeof dtypeBytes;
const dtypes = Object.keys(dtypeBytes) as Dtype[];

/** A tensor whose bytes are fetched piece by piece. */
export interface StoredTensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Bytes `begin` to `end` of the tensor. */
  readonly read: (begin: number, end: number) => Uint8Array;
}

/** A tensor in memory. */
export interface Tensor extends Omit<StoredTensor, 'read'> {
  readonly bytes: Uint8Array;
}

/** Bytes at any place of a file, or of what stands for one. */
export interface ByteSource {
  readonly size: number;
  readonly read: (begin: number, end: number) => Uint8Array;
}

const count = z.int().min(0);
const entrySchema = z.strictObject({ dtype: z.string(), shape: z.array(count).max(16), data_offsets: z.tuple([count, count]) });
const headerSchema = z.record(z.string(), z.unknown());
const metadataKey = '__metadata__';
const lengthBytes = 8;
/** Limit of the authors' own reader. */
const mostHeaderBytes = 100_000_000;

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Widest elements first, so that every tensor is aligned to its own elements; then by name. */
export function writeSafetensors(tensors: ReadonlyMap<string, Tensor>, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const order = [...tensors].sort(([a, x], [b, y]) => dtypeBytes[y.dtype] - dtypeBytes[x.dtype] || (a < b ? -1 : 1));
  let at = 0;
  const entries = order.map(([name, { dtype, shape, bytes }]) => {
    if (bytes.length !== elementCount(shape) * dtypeBytes[dtype])
      throw new RangeError(`${name}: has ${bytes.length} bytes for ${dtype} [${shape.join(', ')}]`);
    const begin = at;
    at += bytes.length;
    return [name, { dtype, shape, data_offsets: [begin, at] }] as const;
  });
  const header = Object.keys(metadata).length === 0 ? entries : [[metadataKey, metadata], ...entries];
  const json = JSON.stringify(Object.fromEntries(header as [string, unknown][]));
  const text = new TextEncoder().encode(json.padEnd(Math.ceil(Buffer.byteLength(json) / 8) * 8 - Buffer.byteLength(json) + json.length));
  const length = new Uint8Array(lengthBytes);
  new DataView(length.buffer).setBigUint64(0, BigInt(text.length), true);
  return Uint8Array.from(Buffer.concat([length, text, ...order.map(([, { bytes }]) => bytes)]));
}

/** All problems of the header at once, no tensor read; `path` names the file. */
export function readTensors(source: ByteSource, path: string): Map<string, StoredTensor> {
  const { entries, dataBegin } = readHeader(source, path);
  const dataBytes = source.size - dataBegin;
  const problems: string[] = [];
  const tensors = new Map<string, StoredTensor>();
  const places: { readonly name: string; readonly begin: number; readonly end: number }[] = [];
  for (const [name, value] of entries) {
    const { data, issues } = checkAgainst(entrySchema, value);
    if (issues !== undefined) {
      for (const line of issueLines(issues, (at) => [name, at].filter(Boolean).join('.'))) problems.push(`${path}: ${line}`);
      continue;
    }
    const {
      shape,
      data_offsets: [begin, end],
    } = data;
    places.push({ name, begin, end });
    const dtype = dtypes.find((known) => known === data.dtype);
    if (dtype === undefined) {
      problems.push(
        `${path}: ${name}.dtype = ${data.dtype}: is not read; store floats as F32, F16 or BF16, integers as I32, I16, I8 or U8`,
      );
      continue;
    }
    const wanted = elementCount(shape) * dtypeBytes[dtype];
    if (end - begin !== wanted)
      problems.push(`${path}: ${name}.data_offsets = [${begin}, ${end}]: ${dtype} [${shape.join(', ')}] needs ${wanted} bytes`);
    else tensors.set(name, { dtype, shape, read: (from, to) => source.read(dataBegin + begin + from, dataBegin + begin + to) });
  }
  // A tensor whose place is not known leaves a gap of its own.
  const allPlaced = places.length === entries.length;
  places.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let at = 0;
  for (const { name, begin, end } of places) {
    if (allPlaced && begin !== at)
      problems.push(`${path}: ${name}.data_offsets = [${begin}, ${end}]: must begin at ${at}, where the tensor before ends`);
    at = end;
  }
  if (problems.length === 0 && at !== dataBytes) {
    problems.push(
      `${path}: has ${dataBytes} bytes of tensors, its header lists ${at}; ${at > dataBytes ? 'the file is cut, copy it again' : 'the file is damaged'}`,
    );
  }
  if (problems.length > 0) throw new UserError(problems);
  return tensors;
}

function readHeader(source: ByteSource, path: string): { entries: [string, unknown][]; dataBegin: number } {
  const foreign = (problem: string): UserError => new UserError([`${path}: ${problem}; is it a safetensors file?`]);
  if (source.size < lengthBytes) throw foreign(`has ${source.size} bytes, fewer than the ${lengthBytes} of its header's length`);
  const first = source.read(0, lengthBytes);
  const length = Number(new DataView(first.buffer, first.byteOffset, lengthBytes).getBigUint64(0, true));
  const left = source.size - lengthBytes;
  if (length > left) throw foreign(`says that its header has ${length} bytes, ${left} are left`);
  if (length > mostHeaderBytes)
    throw foreign(`says that its header has ${length} bytes, more than the ${mostHeaderBytes} that the format allows`);
  const dataBegin = lengthBytes + length;
  let value: unknown;
  try {
    value = parseJson(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(source.read(lengthBytes, dataBegin)));
  } catch (error) {
    // TypeError: what is not UTF-8.
    if (!(error instanceof JsonError || error instanceof TypeError)) throw error;
    throw foreign(`its header ${error instanceof JsonError ? error.brief : 'is not valid JSON'}`);
  }
  const { data, issues } = checkAgainst(headerSchema, value);
  if (issues !== undefined) throw foreign('its header is not an object');
  return { entries: Object.entries(data).filter(([name]) => name !== metadataKey), dataBegin };
}

/** A tensor in memory as its readers take it. */
export function stored({ dtype, shape, bytes }: Tensor): StoredTensor {
  return { dtype, shape, read: (begin, end) => bytes.subarray(begin, end) };
}
