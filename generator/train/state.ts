/**
 * State of a run: one file, replaced in one step, so that a kill at any moment leaves a whole one.
 *
 * Layout   uint32 length of the header, the header as JSON, then values and Adam's two moments as float32
 */
import { createHash, type Hash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { UserError } from '../util/errors.js';
import { readBytes } from '../input/bytes.js';
import { checkAgainst, JsonError, parseJson } from '../input/json.js';
import { makeFolder, replaceFile } from '../util/write-file.js';
import type { Parameters } from './parameters.js';

const progressSchema = z.object({
  /** Steps done. */
  step: z.int().min(0),
  /** Sums since the last line of the log. */
  loss: z.number(),
  right: z.number(),
  labels: z.number(),
  seconds: z.number(),
  /** Lines so far. */
  log: z.array(z.string()),
});
export type Progress = Readonly<z.infer<typeof progressSchema>>;

const headerSchema = progressSchema.extend({ fingerprint: z.string(), count: z.int().min(0) });
type Header = z.infer<typeof headerSchema>;

/** Plain data in the order in which it stands, typed arrays by their bytes: every value and every end has its mark. */
function addTo(hash: Hash, value: unknown): void {
  if (ArrayBuffer.isView(value)) {
    hash.update(`${value.constructor.name} ${value.byteLength}:`);
    hash.update(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  } else if (value instanceof Map) {
    addTo(hash, [...value]);
  } else if (typeof value === 'object' && value !== null) {
    hash.update(Array.isArray(value) ? '[' : '{');
    for (const [name, of] of Object.entries(value)) {
      if (of === undefined) continue;
      hash.update(`${JSON.stringify(name)}:`);
      addTo(hash, of);
    }
    hash.update('}');
  } else {
    hash.update(`${typeof value} ${JSON.stringify(value)};`);
  }
}

/** What must be equal for a state to be continued. */
export function fingerprintOf(settings: unknown): string {
  const hash = createHash('sha256');
  addTo(hash, settings);
  return hash.digest('hex').slice(0, 16);
}

export function writeState(path: string, parameters: Parameters, progress: Progress, fingerprint: string): void {
  const header: Header = { ...progress, fingerprint, count: parameters.count };
  const text = Buffer.from(JSON.stringify(header));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(text.length);
  makeFolder(dirname(path));
  const [first, second] = parameters.moments();
  replaceFile(path, [
    size,
    text,
    ...[parameters.values(), first, second].map((view) => Buffer.from(view.buffer, view.byteOffset, view.byteLength)),
  ]);
}

/** Header of a state; undefined for what is none. */
function headerOf(text: string): Header | undefined {
  try {
    return checkAgainst(headerSchema, parseJson(text)).data;
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return undefined;
  }
}

/** Continues from the file if there is one; its progress, or undefined for a new run. */
export function readState(path: string, parameters: Parameters, fingerprint: string): Progress | undefined {
  if (!existsSync(path)) return undefined;
  const bytes = readBytes({ path, option: 'state', advice: 'delete it to start anew', mostBytes: 2 ** 31 });
  const textEnd = bytes.length >= 4 ? 4 + bytes.readUInt32LE(0) : Infinity;
  const header = bytes.length < textEnd ? undefined : headerOf(bytes.toString('utf8', 4, textEnd));
  if (header === undefined) throw new UserError([`state = ${path}: is not a training state or is cut off; delete it to start anew`]);
  if (header.fingerprint !== fingerprint || header.count !== parameters.count) {
    throw new UserError([`state = ${path}: belongs to a run with other settings; delete it to start anew, or give another --out`]);
  }
  if (bytes.length !== textEnd + 12 * parameters.count) throw new UserError([`state = ${path}: is cut off; delete it to start anew`]);
  const [first, second] = parameters.moments();
  [parameters.values(), first, second].forEach((view, i) => {
    const from = textEnd + 4 * i * parameters.count;
    view.set(new Float32Array(bytes.buffer.slice(bytes.byteOffset + from, bytes.byteOffset + from + 4 * parameters.count)));
  });
  return header;
}
