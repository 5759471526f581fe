/** Text to ids by the pieces of vocab.json, as the package @energetic-ai/embeddings reads it. */
import { createRequire } from 'node:module';
import { z } from 'zod';
import { UserError } from '../util/errors.js';
import { peerFolder } from '../util/peers.js';
import { checkAgainst, issueLines, readJson } from '../input/json.js';
import type { EncodeText } from './examples-file.js';

const require = createRequire(import.meta.url);

/** Pieces of words with their scores, by their ids. */
export const vocabularyName = 'vocab.json';

const vocabularySchema = z.array(z.tuple([z.string(), z.number().nullable()])).min(1);

interface Embeddings {
  readonly EmbeddingsModel: new (data: { vocabulary: unknown; model: undefined }) => {
    readonly tokenizer: { encode(text: string): number[] };
  };
}

export function pieceEncoder(path: string): EncodeText {
  const { data, issues } = checkAgainst(vocabularySchema, readJson({ path, advice: 'copy it again' }));
  if (issues !== undefined)
    throw new UserError(issueLines(issues.slice(0, 3)).map((line) => `${path}: ${line}; pieces with scores are expected`));
  const { EmbeddingsModel } = require(peerFolder('@energetic-ai/embeddings', 'an input with text')) as Embeddings;
  const { tokenizer } = new EmbeddingsModel({ vocabulary: data, model: undefined });
  return (text) => tokenizer.encode(text);
}
