/**
 * The safetensors format, as its authors specify it: 8 bytes with the length of the header (little-endian), the header in
 * JSON, and the tensors one after the other without gaps, row-major, little-endian.
 *
 * Source   https://github.com/huggingface/safetensors, "Format"
 */
import { z } from 'zod';
import { UserError } from '../errors.js';

export const dtypeBytes = {
  F64: 8, I64: 8, U64: 8, F32: 4, I32: 4, U32: 4, F16: 2, BF16: 2, I16: 2, U16: 2, I8: 1, U8: 1, BOOL: 1,
} as const;
export type Dtype = keyof typeof dtypeBytes;

export interface Tensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

const count = z.int().min(0);
const entrySchema = z.strictObject({
  dtype: z.enum(Object.keys(dtypeBytes) as [Dtype, ...Dtype[]]),
  shape: z.array(count),
  data_offsets: z.tuple([count, count]),
});
const headerSchema = z.record(z.string(), z.unknown());
const metadataKey = '__metadata__';

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Widest elements first, so that every tensor is aligned to its own elements; then by name. */
export function writeSafetensors(tensors: ReadonlyMap<string, Tensor>, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const order = [...tensors].sort(([a, x], [b, y]) => dtypeBytes[y.dtype] - dtypeBytes[x.dtype] || (a < b ? -1 : 1));
  let at = 0;
  const entries = order.map(([name, { dtype, shape, bytes }]) => {
    if (bytes.length !== elementCount(shape) * dtypeBytes[dtype]) throw new RangeError(`${name}: has ${bytes.length} bytes for ${dtype} [${shape.join(', ')}]`);
    const begin = at;
    at += bytes.length;
    return [name, { dtype, shape, data_offsets: [begin, at] }] as const;
  });
  const header = Object.keys(metadata).length === 0 ? entries : [[metadataKey, metadata], ...entries];
  const json = JSON.stringify(Object.fromEntries(header as [string, unknown][]));
  const text = new TextEncoder().encode(json.padEnd(Math.ceil(Buffer.byteLength(json) / 8) * 8 - Buffer.byteLength(json) + json.length));
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(text.length), true);
  return Uint8Array.from(Buffer.concat([length, text, ...order.map(([, { bytes }]) => bytes)]));
}

/** All problems of the file at once; `path` names it. */
export function readSafetensors(bytes: Uint8Array, path: string): Map<string, Tensor> {
  const { entries, data } = readHeader(bytes, path);
  const problems: string[] = [];
  const tensors = new Map<string, Tensor>();
  const places: { readonly name: string; readonly begin: number; readonly end: number }[] = [];
  for (const [name, value] of entries) {
    const parsed = entrySchema.safeParse(value);
    if (!parsed.success) {
      problems.push(...parsed.error.issues.map((issue) => `${path}: ${name}.${issue.path.join('.')}: ${issue.message}`));
      continue;
    }
    const { dtype, shape, data_offsets: [begin, end] } = parsed.data;
    places.push({ name, begin, end });
    const wanted = elementCount(shape) * dtypeBytes[dtype];
    if (end - begin !== wanted) problems.push(`${path}: ${name}.data_offsets = [${begin}, ${end}]: ${dtype} [${shape.join(', ')}] needs ${wanted} bytes`);
    else tensors.set(name, { dtype, shape, bytes: data.subarray(begin, end) });
  }
  places.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let at = 0;
  for (const { name, begin, end } of places) {
    if (begin !== at) problems.push(`${path}: ${name}.data_offsets = [${begin}, ${end}]: must begin at ${at}, where the tensor before ends`);
    at = end;
  }
  if (problems.length === 0 && at !== data.length) {
    problems.push(`${path}: has ${data.length} bytes of tensors, its header lists ${at}; ${at > data.length ? 'the file is cut, copy it again' : 'the file is damaged'}`);
  }
  if (problems.length > 0) throw new UserError(problems);
  return tensors;
}

function readHeader(bytes: Uint8Array, path: string): { entries: [string, unknown][]; data: Uint8Array } {
  const foreign = (problem: string): UserError => new UserError([`${path}: ${problem}; is it a safetensors file?`]);
  if (bytes.length < 8) throw foreign(`has ${bytes.length} bytes, fewer than the 8 of its header's length`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  if (length > bytes.length - 8) throw foreign(`says that its header has ${length} bytes, ${bytes.length - 8} are left`);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + length)));
  } catch {
    throw foreign('its header is not JSON');
  }
  const parsed = headerSchema.safeParse(value);
  if (!parsed.success) throw foreign('its header is not an object');
  const entries = Object.entries(parsed.data).filter(([name]) => name !== metadataKey);
  return { entries, data: bytes.subarray(8 + length) };
}
