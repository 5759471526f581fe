/** Files of a tokenizer beside a model, and what keeps them from giving rows of its table. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { checked, readJson } from '../input/json.js';
import { refuse } from '../util/errors.js';
import { printable } from '../util/printable.js';

export const tokenizerName = 'tokenizer.json';
/** Largest tokenizer file that is read; those of many languages have a quarter of a million tokens. */
const mostTokenizerBytes = 64 * 2 ** 20;
const names = [tokenizerName, 'tokenizer_config.json'];

/** Files of the first folder that has a tokenizer. */
export function tokenizerFiles(folders: readonly string[]): string[] {
  const folder = folders.find((one) => existsSync(join(one, tokenizerName)));
  return folder === undefined ? [] : names.map((name) => join(folder, name)).filter((path) => existsSync(path));
}

/** What a post-processor says of the tokens that it adds to every text: their ids stand in the file a second time. */
const processorSchema = z
  .looseObject({
    special_tokens: z.record(z.string(), z.looseObject({ ids: z.array(z.number()), tokens: z.array(z.string()).optional() })).optional(),
    cls: z.tuple([z.string(), z.number()]).optional(),
    sep: z.tuple([z.string(), z.number()]).optional(),
  })
  .nullish();

/** The vocabulary of Unigram is a list of pieces with their scores, that of all others gives each token its id. */
function schemaOf(vocabulary: unknown, rows: number) {
  const error = rows === Infinity ? 'must be an integer of at least 0' : `must be an integer in 0 .. ${rows - 1}`;
  const id = z.int({ error }).min(0, error);
  const model = z.object({ type: z.enum(['BPE', 'Unigram', 'WordLevel', 'WordPiece']).optional(), unk_token: z.string().nullish() });
  return z.object({
    model: Array.isArray(vocabulary)
      ? model.extend({ vocab: z.array(z.tuple([z.string(), z.number()])).min(1), unk_id: id.nullish() })
      : model.extend({ vocab: z.record(z.string(), id) }),
    added_tokens: z.array(z.object({ id, content: z.string() })).default([]),
    post_processor: processorSchema,
  });
}

/** Ids of these tokens that are others than those of the vocabulary, which the library takes. */
function specialProblems(processor: z.infer<typeof processorSchema>, ids: ReadonlyMap<string, number>): string[] {
  const { special_tokens: named = {}, cls, sep } = processor ?? {};
  const said = [
    ...Object.entries(named).flatMap(([token, one]) => one.ids.map((id, i) => ['special_tokens', one.tokens?.[i] ?? token, id] as const)),
    ...(cls ? [['cls', ...cls] as const] : []),
    ...(sep ? [['sep', ...sep] as const] : []),
  ];
  return said.flatMap(([field, token, id]) =>
    !ids.has(token) || ids.get(token) === id
      ? []
      : [`post_processor.${field}: ${printable(JSON.stringify(token))} = ${id}: must be its id in the vocabulary, ${ids.get(token)}`],
  );
}

/** What tokenizer.json and tokenizer_config.json say, as the library takes it. */
export interface TokenizerFiles {
  readonly tokenizer: object;
  readonly config: object;
}

/**
 * The files that `tokenizerFiles` found.
 *
 * rows     of the table that the ids are for, where there is one
 * Errors   UserError with every id and token that is wrong
 */
export function readTokenizer([path, configPath]: readonly string[], rows = Infinity): TokenizerFiles {
  const read = (file: string): unknown => readJson({ path: file, advice: 'copy it again', mostBytes: mostTokenizerBytes });
  const value = read(path!) as { readonly model?: { readonly vocab?: unknown } | null } | null;
  const { model, added_tokens: added, post_processor: processor } = checked(schemaOf(value?.model?.vocab, rows), value, path!);
  const config = configPath === undefined ? {} : checked(z.looseObject({}), read(configPath), configPath);
  const { vocab, unk_token: unknown } = model;
  const problems: string[] = [];
  const ids = new Map(Array.isArray(vocab) ? vocab.map(([token], id) => [token, id] as const) : Object.entries(vocab));
  for (const { content, id } of added) ids.set(content, id);
  if (ids.size === 0) problems.push('model.vocab = {}: has no tokens');
  const [token, largest] = [...ids].reduce((most, one) => (one[1] > most[1] ? one : most), ['', -1] as const);
  if (largest >= rows)
    problems.push(
      `${printable(JSON.stringify(token))} = ${largest}: the vocabulary is larger than the embedding table of ${rows} rows; use the tokenizer of this model`,
    );
  if (typeof unknown === 'string' && !ids.has(unknown))
    problems.push(`model.unk_token = ${printable(JSON.stringify(unknown))}: is not in the vocabulary; give it an id there`);
  if ('unk_id' in model && typeof model.unk_id === 'number' && model.unk_id >= vocab.length)
    problems.push(`model.unk_id = ${model.unk_id}: must be an integer in 0 .. ${String(vocab.length - 1)}, a token of the vocabulary`);
  problems.push(...specialProblems(processor, ids));
  refuse(problems.map((problem) => `${path}: ${problem}`));
  // Of WordLevel the library knows only the unk_token of tokenizer_config.json, of all others only that of the model.
  return { tokenizer: { added_tokens: [], ...value }, config: typeof unknown === 'string' ? { ...config, unk_token: unknown } : config };
}
