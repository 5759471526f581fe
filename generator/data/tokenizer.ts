/** Text to ids, on the host: by the tokenizer's own files, in the library that reads them. */
import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { EncodeText } from '../data/examples-file.js';
import { problemsOf, refuse, UserError } from '../util/errors.js';
import { installedVersion, requirePeers } from '../util/peers.js';
import { printable } from '../util/printable.js';
import { pieceEncoder, vocabularyName } from './sentence-pieces.js';
import { readTokenizer, tokenizerFiles, tokenizerName } from './tokenizer-files.js';

type Library = typeof import('@huggingface/tokenizers');

const require = createRequire(import.meta.url);
const library = '@huggingface/tokenizers';
const advice = 'copy it again';
const trial = 'A text, of 4 words';

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
    const { ids, tokens }: { readonly ids: readonly number[]; readonly tokens: readonly (string | undefined)[] } = (tokenizer ??=
      load(folder)).encode(text);
    const missing = ids.findIndex((id) => !Number.isInteger(id));
    if (missing < 0) return ids;
    throw new UserError([
      `${join(folder, tokenizerName)}: has no id for ${JSON.stringify(tokens[missing]) ?? 'a piece'} of the text ${JSON.stringify(text.slice(0, 60))}; give its vocabulary this piece, or one for model.unk_token, or ids in place of texts`,
    ]);
  };
}

function load(folder: string): InstanceType<Library['Tokenizer']> {
  requirePeers([library], 'an input with text');
  return opened(tokenizerFiles([folder]));
}

function opened(files: readonly string[], rows?: number): InstanceType<Library['Tokenizer']> {
  const { tokenizer, config } = readTokenizer(files, rows);
  const { Tokenizer } = require(library) as Library;
  let made: InstanceType<Library['Tokenizer']>;
  let special: readonly string[];
  try {
    made = new Tokenizer(tokenizer, config);
    // Some parts are looked at only when a text is read.
    made.encode(trial);
    special = made.encode('').tokens;
  } catch (error) {
    throw new UserError([`${files[0]}: ${library} does not take it${reasonOf(error)}; ${advice}, or give ids`]);
  }
  // Tokens that every text gets, and so every text would fail by, or have as an unknown word.
  refuse(
    [...new Set(special)]
      .filter((token) => made.token_to_id(token) === undefined)
      .map((token) => `${files[0]}: post_processor: adds ${printable(`"${token}"`)}, which is not in the vocabulary; give it an id there`),
  );
  return made;
}

/** What the library says of a part that it does not know; of its other errors it has no words for a reader. */
function reasonOf(error: unknown): string {
  return error instanceof Error && error.name === 'Error' ? ` (${printable(error.message)})` : '';
}

/**
 * Everything that keeps the files of a tokenizer, if there are any, from giving rows of a table; parts that the library does not
 * know are among it where the library is installed.
 */
export function tokenizerProblems(files: readonly string[], rows: number): readonly string[] {
  if (files.length === 0) return [];
  return problemsOf(() => (installedVersion(library) === undefined ? readTokenizer(files, rows) : opened(files, rows)));
}
