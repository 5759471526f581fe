/** The header of an image: what the host needs and the chip never sees. */
import { mostFeatures } from '../contract/isa.js';
import crc32 from 'crc-32';
import { z } from 'zod';
import { UserError } from '../util/errors.js';
import { imageBusBytes } from '../contract/limits.js';
import { checkAgainst, issueLines, JsonError, parseJson } from '../input/json.js';

const count = z.number().int().nonnegative();
const positive = z.number().int().positive();
const region = z.strictObject({ offset: count, length: count });
const traffic = z.strictObject({
  program: count,
  codebooks: count,
  sparseValues: count,
  sparseIndices: count,
  parameters: count,
  dense: count,
  activationsIn: count,
  activationsOut: count,
  descriptors: count,
});

const manifestSchema = z.strictObject({
  numerics: z.literal(1),
  task: z.string(),
  columns: positive.max(mostFeatures),
  busBytes: positive
    .max(imageBusBytes.max)
    .refine(
      (bytes) => bytes >= imageBusBytes.min && Number.isInteger(Math.log2(bytes)),
      `must be a power of two from ${imageBusBytes.min}`,
    ),
  /** Banks of the model before it was ordered for `columns`. */
  banks: positive,
  /** Numbers of an input row that say its position. */
  positionRows: count.max(mostFeatures).default(0),
  inputScale: z.number().positive(),
  outputScale: z.number().positive(),
  matrices: z.array(z.strictObject({ inner: positive.max(mostFeatures), rank: positive.max(mostFeatures) })).max(8),
  /** W_S in 16-bit containers. */
  wideMatrices: z.boolean().default(false),
  table: z.boolean(),
  /** Instructions without END. */
  operations: count.max(65535),
  /** Bytes of the two regions by class. */
  bytes: z.strictObject({ cold: traffic, pass: traffic }),
  /** Offsets count from the end of the padded header. */
  regions: z.strictObject({ cold: region, pass: region }),
});

export type Manifest = z.infer<typeof manifestSchema>;

const magic = Uint8Array.from([0x54, 0x52, 0x45, 0x58, 0x49, 0x4d, 0x47, 0x02]);
const fixedBytes = 16;

export function crcOf(bytes: Uint8Array): number {
  return crc32.buf(bytes) >>> 0;
}

/** Fixed part, JSON and padding. */
export function writeHeader(manifest: Manifest): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(manifest));
  const header = new Uint8Array(Math.ceil((fixedBytes + json.length) / manifest.busBytes) * manifest.busBytes);
  header.set(magic);
  const view = new DataView(header.buffer);
  view.setUint32(8, json.length, true);
  view.setUint32(12, crcOf(json), true);
  header.set(json, fixedBytes);
  return header;
}

export function readHeader(bytes: Uint8Array): { manifest: Manifest; headerBytes: number } {
  if (bytes.length < fixedBytes) throw truncated(bytes.length, fixedBytes);
  if (magic.some((byte, i) => i < 7 && bytes[i] !== byte)) throw imageError('does not begin with TREXIMG; is it a *.tximg file?');
  if (bytes[7] !== magic[7]) throw imageError(`format version ${bytes[7]}: this program reads version 2; regenerate the image`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const jsonEnd = fixedBytes + view.getUint32(8, true);
  if (bytes.length < jsonEnd) throw truncated(bytes.length, jsonEnd);
  const json = bytes.subarray(fixedBytes, jsonEnd);
  if (crcOf(json) !== view.getUint32(12, true)) throw imageError('header: CRC-32 does not match; the file is damaged');
  const manifest = parseManifest(json);
  const headerBytes = Math.ceil(jsonEnd / manifest.busBytes) * manifest.busBytes;
  if (bytes.length < headerBytes) throw truncated(bytes.length, headerBytes);
  if (bytes.subarray(jsonEnd, headerBytes).some((byte) => byte !== 0)) throw imageError('header: padding is not zero; the file is damaged');
  return { manifest, headerBytes };
}

function parseManifest(json: Uint8Array): Manifest {
  let value: unknown;
  try {
    value = parseJson(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(json));
  } catch (error) {
    // TypeError: what is not UTF-8.
    if (!(error instanceof JsonError || error instanceof TypeError)) throw error;
    throw imageError(`header: ${error instanceof JsonError ? error.brief : 'is not valid JSON'}; regenerate the image`);
  }
  const { data, issues } = checkAgainst(manifestSchema, value);
  if (issues !== undefined) {
    const nameOf = (at: string): string => ['header', at].filter(Boolean).join('.');
    throw new UserError(issueLines(issues, nameOf).map((line) => `image ${line}; regenerate the image`));
  }
  return data;
}

export function imageError(problem: string): UserError {
  return new UserError([`image: ${problem}`]);
}

export function truncated(have: number, want: number): UserError {
  return imageError(`ends after ${have} bytes of at least ${want}; copy the file again`);
}
