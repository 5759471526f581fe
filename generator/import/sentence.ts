/** `modules.json` of sentence-transformers: where the encoder stands, and what follows it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { checked, readJson } from '../input/json.js';
import { printable } from '../util/printable.js';
import type { ImportOptions } from './imported.js';

const modulesSchema = z
  .array(z.object({ path: z.string().regex(/^(?!.*\.\.)[^/\\]*$/, 'must name a folder inside'), type: z.string() }))
  .min(1)
  .max(16);
const poolingSchema = z.looseObject({ word_embedding_dimension: z.int().min(1).optional() });

export interface Sentence {
  /** Folder of config.json and weights. */
  readonly folder: string;
  /** Pooling; undefined where the folder has no modules. */
  readonly pooling: 'mean' | 'first' | undefined;
  readonly normalise: boolean;
  /** Width that the pooling was made for, and the file that says so. */
  readonly dimension?: { readonly path: string; readonly value: number };
  /** What the host must know of the modules. */
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
      if (mode === 'mean' || mode === 'first') found.pooling = mode;
      else unsupported.push(`${config}: ${mode}: is not computed; needs pooling_mode_mean_tokens or pooling_mode_cls_token alone`);
    } else if (kind === 'Normalize' && i === 2) found.normalise = true;
    else unsupported.push(`${path}: ${i}.type = ${type}: is not computed; needs Transformer, Pooling and then Normalize or nothing`);
  });
  const host = leftOut.length === 0 ? [] : [`${leftOut.join(' and ')} of modules.json: left out by --head none`];
  return { ...found, host, unsupported };
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
