/** Inputs of an image from a file: int8 rows as LOAD reads them, or ids and features that the host embeds first. */
import { z } from 'zod';
import { embed } from '../compress/embed.js';
import type { Encoder } from '../model/encoder.js';
import { findLoad } from '../operations/load/fields.js';
import { findStore } from '../operations/store/fields.js';
import type { Image } from '../program/image.js';
import type { Example } from '../data/dataset.js';
import { checkedLine, exampleOf, lineShape, readJsonLines, type EncodeText } from '../data/examples-file.js';

const byte = z.int().min(-128).max(127);
const rowsSchema = z.strictObject({
  /** The bytes of LOAD, one list per token. */
  rows: z.array(z.array(byte)).min(1),
  /** One per row of the output; below 0 is not scored. */
  labels: z.array(z.int()).optional(),
});

export interface FileInput {
  /** Rows of LOAD's width, int8[length * outer]. */
  readonly request: Int8Array;
  readonly example: Example;
}

/**
 * Reads one input per line. Lines with `rows` need nothing else; lines with `ids` or `features` need the encoder whose
 * embedding makes rows of them.
 *
 * Errors   UserError with every line that is wrong
 */
export function readRequests(path: string, image: Image, encoder: Encoder | undefined, encode?: EncodeText): FileInput[] {
  return readJsonLines(path, (value, report) => {
    if (typeof value === 'object' && value !== null && 'rows' in value) return rowsInput(value, image, encoder, report);
    if (encoder === undefined)
      return void report('has no rows; ids and features need the model that embeds them: give --task or --checkpoint');
    const example = exampleOf(value, lineShape(encoder), report, encode);
    return example === undefined ? undefined : { example, request: embed(encoder, example, image.model) };
  });
}

function rowsInput(
  value: object,
  { model }: Image,
  encoder: Encoder | undefined,
  report: (problem: string) => void,
): FileInput | undefined {
  const data = checkedLine(rowsSchema, value, report);
  if (data === undefined) return undefined;
  const { rows, labels } = data;
  const load = findLoad(model);
  const store = findStore(model);
  if (load === undefined || store === undefined) return void report('the image has no LOAD or no STORE');
  const wrong = rows.findIndex((row) => row.length !== load.outer);
  if (wrong >= 0) return void report(`rows.${wrong}: has ${rows[wrong]!.length} bytes; LOAD reads ${load.outer} per token`);
  // Labels are of what the host makes of the outputs, where it is known.
  const { classes, head } = encoder?.host === undefined ? { classes: store.outer, head: 'token' } : lineShape(encoder);
  const outputs = store.firstRow || head === 'sequence' ? 1 : rows.length;
  if (labels !== undefined && labels.length !== outputs)
    return void report(`labels: has ${labels.length}, must have ${outputs}, one per output row`);
  if (classes === 0 && labels !== undefined) return void report('labels: outputs are features here, no classes; leave them out');
  const beyond = labels?.find((label) => label >= classes);
  if (beyond !== undefined) return void report(`labels = ${beyond}: must be below ${classes}, the outputs of the model`);
  return {
    request: Int8Array.from(rows.flat()),
    example: {
      length: rows.length,
      labels: Int32Array.from(labels ?? Array.from({ length: outputs }, () => -1), (label) => Math.max(label, -1)),
    },
  };
}
