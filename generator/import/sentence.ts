/** Files of sentence-transformers: where the encoder stands, what becomes of texts before it, and what follows it. */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { checked, readJson } from '../input/json.js';
import { UserError } from '../util/errors.js';
import { printable } from '../util/printable.js';
import type { ImportOptions } from './imported.js';

const modulesSchema = z
  .array(z.object({ path: z.string().regex(/^(?!.*\.\.)[^/\\]*$/, 'must name a folder inside'), type: z.string() }))
  .min(1)
  .max(16);
const poolingSchema = z.looseObject({
  word_embedding_dimension: z.int().min(1).optional(),
  include_prompt: z.boolean({ error: 'must be true or false' }).optional(),
});
const positive = 'must be an integer of at least 1, or null';
const textsSchema = z.object({
  max_seq_length: z.int(positive).min(1, positive).nullish(),
  do_lower_case: z.boolean({ error: 'must be true or false' }).nullish(),
});
const promptsSchema = z.object({
  prompts: z.record(z.string(), z.string({ error: 'must be a text' }), { error: 'must be an object, a name to its text' }).nullish(),
  default_prompt_name: z.string({ error: 'must be one of prompts, or null' }).nullish(),
});

/** The file about texts bears the name of the family that the model was made for. */
const textsNames = ['bert', 'roberta', 'distilbert', 'camembert', 'xlm-roberta'].map((family) => `sentence_${family}_config.json`);

export interface Sentence {
  /** Folder of config.json and weights. */
  readonly folder: string;
  /** Pooling; undefined where the folder has no modules. */
  readonly pooling: 'mean' | 'first' | undefined;
  readonly normalise: boolean;
  /** Width that the pooling was made for, and the file that says so. */
  readonly dimension?: { readonly path: string; readonly value: number };
  /** Most tokens that the source reads of a text, and the name of the file that says so. */
  readonly longest?: { readonly name: string; readonly tokens: number };
  /** What the host must know of texts and modules. */
  readonly host: readonly string[];
  readonly unsupported: readonly string[];
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

const advice = 'copy the folder again';

/** Modules of a folder; without its head the encoder stands alone, and what follows it is not read. */
export function readModules(folder: string, { head = 'own' }: ImportOptions = {}): Sentence {
  const path = join(folder, 'modules.json');
  if (!existsSync(path)) return { folder, pooling: undefined, normalise: false, host: [], unsupported: [] };
  const data = checked(modulesSchema, readJson({ path, advice }), path);
  const unsupported: string[] = [];
  const poolingLines: string[] = [];
  const found: Writable<Omit<Sentence, 'host' | 'unsupported'>> = { folder, pooling: undefined, normalise: false };
  const leftOut = head === 'none' ? data.splice(1).map(({ type }) => printable(kindOf(type))) : [];
  data.forEach(({ path: name, type }, i) => {
    const kind = kindOf(type);
    if (kind === 'Transformer' && i === 0) found.folder = join(folder, name);
    else if (kind === 'Pooling' && i === 1) {
      const config = join(folder, name, 'config.json');
      const pooling = readPooling(config);
      const mode = poolingMode(pooling);
      if (pooling.word_embedding_dimension !== undefined) found.dimension = { path: config, value: pooling.word_embedding_dimension };
      if (mode === 'mean' && pooling.include_prompt === false)
        poolingLines.push(
          `pooling: the mean is of all tokens; the source leaves those of a prompt out of it (include_prompt = false of ${join(name, 'config.json')}), so give texts without one`,
        );
      if (mode === 'mean' || mode === 'first') found.pooling = mode;
      else unsupported.push(`${config}: ${mode}: is not computed; needs pooling_mode_mean_tokens or pooling_mode_cls_token alone`);
    } else if (kind === 'Normalize' && i === 2) found.normalise = true;
    else unsupported.push(`${path}: ${i}.type = ${type}: is not computed; needs Transformer, Pooling and then Normalize or nothing`);
  });
  const { longest, host } = readTexts(found.folder);
  host.push(...poolingLines, ...promptLines(folder));
  if (leftOut.length > 0) host.push(`${leftOut.join(' and ')} of modules.json: left out by --head none`);
  return { ...found, ...(longest && { longest }), host, unsupported };
}

/** What the source does to every text before its tokens, but for the prompt. */
function readTexts(folder: string): { readonly longest: Sentence['longest']; readonly host: string[] } {
  const path = textsNames.map((name) => join(folder, name)).find((one) => existsSync(one));
  if (path === undefined) return { longest: undefined, host: [] };
  const { max_seq_length: tokens, do_lower_case: lower } = checked(textsSchema, readJson({ path, advice }), path);
  const name = basename(path);
  return {
    longest: typeof tokens === 'number' ? { name, tokens } : undefined,
    host: lower ? [`lower case: the source turns every text into it (do_lower_case of ${name}); give texts in lower case`] : [],
  };
}

function promptLines(folder: string): string[] {
  const path = join(folder, 'config_sentence_transformers.json');
  if (!existsSync(path)) return [];
  const { prompts, default_prompt_name: name } = checked(promptsSchema, readJson({ path, advice }), path);
  if (name === null || name === undefined) return [];
  const known = Object.keys(prompts ?? {});
  if (!known.includes(name))
    throw new UserError([
      `${path}: default_prompt_name = ${printable(name)}: must be one of prompts: ${printable(known.join(', ')) || 'there are none'}`,
    ]);
  const prompt = prompts![name]!;
  return prompt === ''
    ? []
    : [`prompt: the source puts ${printable(JSON.stringify(prompt))} before every text (prompts.${printable(name)}); begin texts with it`];
}

/** Name of a module's class. */
function kindOf(type: string): string {
  return type.split('.').at(-1)!;
}

function readPooling(path: string): z.infer<typeof poolingSchema> {
  return checked(poolingSchema, readJson({ path, advice }), path);
}

/** The one mode, or a fragment of a problem that names what there is. */
function poolingMode(config: Record<string, unknown>): string {
  const { pooling_mode: named } = config;
  const modes =
    typeof named === 'string'
      ? [`pooling_mode_${named}_tokens`]
      : Object.keys(config).filter((key) => key.startsWith('pooling_mode_') && config[key] === true);
  if (modes.length !== 1) return `pooling_mode_*: ${modes.length === 0 ? 'none is true' : modes.join(', ')}`;
  const mode = modes[0]!;
  if (mode === 'pooling_mode_mean_tokens') return 'mean';
  return mode === 'pooling_mode_cls_token' || mode === 'pooling_mode_cls_tokens' ? 'first' : `${mode} = true`;
}
