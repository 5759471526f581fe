/** Text to ids, on the host: by the tokenizer's own files, in the library that reads them. */
import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { EncodeText } from '../data/examples-file.js';
import { UserError } from '../util/errors.js';
import { requirePeers } from '../util/peers.js';
import { readJson } from '../input/json.js';
import { pieceEncoder, vocabularyName } from './sentence-pieces.js';
import { mostTokenizerBytes, tokenizerFiles, tokenizerName } from './tokenizer-files.js';

type Library = typeof import('@huggingface/tokenizers');

const require = createRequire(import.meta.url);
const advice = 'copy it again';

/** Files that the encoder of a folder is made of. */
export function encoderFiles(folder: string): string[] {
  const files = tokenizerFiles([folder]);
  return files.length > 0 ? files : [join(folder, vocabularyName)].filter((path) => existsSync(path));
}

/**
 * Encoder of texts from the folder of a model; undefined where it has no tokenizer. The library is loaded at the first text.
 *
 * Errors   UserError of the encoder for a piece of a text to which the tokenizer gives no id, as where its unk_token is missing
 */
export function textEncoder(folder: string): EncodeText | undefined {
  if (!existsSync(join(folder, tokenizerName))) {
    const pieces = join(folder, vocabularyName);
    return existsSync(pieces) ? pieceEncoder(pieces) : undefined;
  }
  let tokenizer: InstanceType<Library['Tokenizer']> | undefined;
  return (text) => {
    const { ids, tokens }: { readonly ids: readonly number[]; readonly tokens: readonly string[] } = (tokenizer ??= load(folder)).encode(
      text,
    );
    const missing = ids.findIndex((id) => !Number.isInteger(id));
    if (missing < 0) return ids;
    throw new UserError([
      `${join(folder, tokenizerName)}: has no id for ${JSON.stringify(tokens[missing])} of the text ${JSON.stringify(text.slice(0, 60))}; give its vocabulary this piece, or one for model.unk_token, or ids in place of texts`,
    ]);
  };
}

function load(folder: string): InstanceType<Library['Tokenizer']> {
  requirePeers(['@huggingface/tokenizers'], 'an input with text');
  const [path, configPath] = tokenizerFiles([folder]);
  const read = (file: string): object => readJson({ path: file, advice, mostBytes: mostTokenizerBytes }) as object;
  const [files, config] = [read(path!), configPath === undefined ? {} : read(configPath)];
  const { Tokenizer } = require('@huggingface/tokenizers') as Library;
  try {
    return new Tokenizer(files, config);
  } catch {
    throw new UserError([`${path}: is no tokenizer that @huggingface/tokenizers knows; ${advice}, or give ids`]);
  }
}
