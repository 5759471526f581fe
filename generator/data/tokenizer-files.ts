/** Files of a tokenizer beside a model. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { checked, readJson } from '../input/json.js';
import { printable } from '../util/printable.js';

export const tokenizerName = 'tokenizer.json';
/** Largest tokenizer file that is read; those of many languages have a quarter of a million tokens. */
export const mostTokenizerBytes = 64 * 2 ** 20;
const names = [tokenizerName, 'tokenizer_config.json'];

/** Files of the first folder that has a tokenizer. */
export function tokenizerFiles(folders: readonly string[]): string[] {
  const folder = folders.find((one) => existsSync(join(one, tokenizerName)));
  return folder === undefined ? [] : names.map((name) => join(folder, name)).filter((path) => existsSync(path));
}

const id = z.int().min(0);
const tokenizerSchema = z.object({
  model: z.object({ vocab: z.union([z.record(z.string(), id), z.array(z.unknown())]) }),
  added_tokens: z.array(z.object({ id, content: z.string() })).default([]),
});

/** A token whose id is beyond the table; `path` may be any file of the tokenizer. */
export function vocabularyProblems(path: string, rows: number): string[] {
  if (!path.endsWith(tokenizerName)) return [];
  const data = checked(tokenizerSchema, readJson({ path, advice: 'copy it again', mostBytes: mostTokenizerBytes }), path);
  const { vocab } = data.model;
  const listed = Array.isArray(vocab) ? (vocab.length === 0 ? [] : [['the last token', vocab.length - 1] as const]) : Object.entries(vocab);
  const all = [...listed, ...data.added_tokens.map(({ id: added, content }) => [content, added] as const)];
  const [token, largest] = all.reduce((most, one) => (one[1] > most[1] ? one : most), ['', -1] as readonly [string, number]);
  return largest < rows
    ? []
    : [
        `${path}: ${printable(JSON.stringify(token))} = ${largest}: the vocabulary is larger than the embedding table of ${rows} rows; use the tokenizer of this model`,
      ];
}
