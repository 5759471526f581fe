/** Small encoders with random weights of a trained model's size. */
import type { DenseLayer, Encoder, Norm } from '../../generator/model/encoder.js';
import { embeddedWidth } from '../../generator/model/config.js';
import { withoutHead } from '../../generator/model/encoder-tensors.js';
import { graphOf, type LayerName, type NormPart } from '../../generator/model/graph.js';
import { randomFrom } from '../../generator/util/random.js';
import type { Example } from '../../generator/data/dataset.js';
import type { ModelConfig } from '../../generator/model/config.js';

export const smallConfig: ModelConfig = {
  input: 'ids',
  vocabulary: 20,
  featureCount: 0,
  width: 32,
  layers: 2,
  heads: 4,
  hidden: 64,
  maxLength: 16,
  classes: 5,
  head: 'token',
  norm: 'pre',
  activation: 'gelu',
  causal: false,
};

export function randomEncoder(seed: number, part: Partial<ModelConfig> = {}): Encoder {
  const config = { ...smallConfig, ...part };
  const random = randomFrom(seed);
  const numbers = (length: number, size: number): Float32Array =>
    Float32Array.from({ length }, () => size * (random() + random() + random() - 1.5) * 2);
  const dense = (inner: number, outer: number): DenseLayer => ({
    kind: 'dense',
    inner,
    outer,
    weights: numbers(inner * outer, 1 / Math.sqrt(inner)),
    bias: numbers(outer, 0.1),
  });
  const norm = ({ width: size }: NormPart): Norm => ({ gamma: numbers(size, 0.1).map((g) => g + 1), beta: numbers(size, 0.1) });
  const { width } = config;
  const embedded = embeddedWidth(config);
  const patches = config.input === 'patches';
  const rows = { patches: config.featureCount, ids: config.vocabulary, features: 0 }[config.input];
  const graph = graphOf(config, { embeddingNorm: config.norm === 'post' && patches });
  const embedding = numbers(rows * embedded, patches ? 0.5 : 0.8);
  const embeddingBias = patches ? numbers(width, 0.1) : new Float32Array(embedded);
  const positions = numbers(config.maxLength * embedded, 0.3);
  const { embeddingNorm } = graph;
  const first = embeddingNorm && norm(embeddingNorm);
  // In the order in which they were drawn when every block had the same parts: other tests hold numbers of these encoders.
  const blocks = graph.blocks.map(({ norms, layers }) => {
    const layer = (name: LayerName): DenseLayer => {
      const { inner, outer } = layers.find((part) => part.name === name)!;
      return dense(inner, outer);
    };
    const [attentionNorm, hiddenNorm] = norms;
    return {
      attentionNorm: norm(attentionNorm!),
      query: layer('query'),
      key: layer('key'),
      value: layer('value'),
      out: layer('out'),
      hiddenNorm: norm(hiddenNorm!),
      hiddenIn: layer('hiddenIn'),
      hiddenOut: layer('hiddenOut'),
      ...(layers.some(({ name }) => name === 'widen') && { widen: layer('widen') }),
    };
  });
  return {
    task: 'random',
    config,
    embedding,
    embeddingBias,
    positions,
    embeddingNorm: first,
    blocks,
    finalNorm: graph.finalNorm && norm(graph.finalNorm),
    head: config.head === 'none' ? withoutHead(width) : dense(width, config.classes),
    shared: [],
  };
}

export function randomExamples(seed: number, config: ModelConfig, count: number): Example[] {
  const random = randomFrom(seed);
  return Array.from({ length: count }, () => {
    const length = 1 + Math.floor(random() * config.maxLength);
    const labels = new Int32Array(config.head === 'sequence' ? 1 : length);
    return config.input === 'ids'
      ? { length, ids: Int32Array.from({ length }, () => Math.floor(random() * config.vocabulary)), labels }
      : { length, features: Float32Array.from({ length: length * config.featureCount }, () => random()), labels };
  });
}
