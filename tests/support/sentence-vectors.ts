/** Vectors of sentences as the package of the model computes them, to compare with. */
import { createRequire } from 'node:module';
import { sentenceModel } from '../../generator/data/use/sentence-encoder.js';
import { peerFolder } from '../../generator/util/peers.js';

/** What the package @energetic-ai/embeddings makes of the model's files. */
interface EmbeddingsModel {
  embed(texts: readonly string[]): Promise<number[][]>;
}
interface Embeddings {
  initModel(source: unknown): Promise<EmbeddingsModel>;
}

const require = createRequire(import.meta.url);

/** The package's own vectors of texts, of 512 numbers and of length 1. */
export async function sentenceVectors(texts: readonly string[]): Promise<number[][]> {
  const { modelSource } = require(sentenceModel()) as { modelSource: unknown };
  const embeddings = require(peerFolder('@energetic-ai/embeddings', 'task use')) as Embeddings;
  return (await embeddings.initModel(modelSource)).embed(texts);
}
