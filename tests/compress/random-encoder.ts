/** Small encoders with random weights of a trained model's size. */
import type { DenseLayer, Encoder, Norm } from '../../generator/model/encoder.js';
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
  const norm = (): Norm => ({ gamma: numbers(config.width, 0.1).map((g) => g + 1), beta: numbers(config.width, 0.1) });
  const { width, hidden } = config;
  const patches = config.input === 'patches';
  return {
    task: 'random',
    config,
    embedding: numbers((patches ? config.featureCount : config.vocabulary) * width, patches ? 0.5 : 0.8),
    embeddingBias: patches ? numbers(width, 0.1) : new Float32Array(width),
    positions: numbers(config.maxLength * width, 0.3),
    embeddingNorm: config.norm === 'post' && patches ? norm() : undefined,
    blocks: Array.from({ length: config.layers }, () => ({
      attentionNorm: norm(),
      query: dense(width, width),
      key: dense(width, width),
      value: dense(width, width),
      out: dense(width, width),
      hiddenNorm: norm(),
      hiddenIn: dense(width, hidden),
      hiddenOut: dense(hidden, width),
    })),
    finalNorm: config.norm === 'pre' ? norm() : undefined,
    head: dense(width, config.classes),
    shared: [],
  };
}

export function randomExamples(seed: number, config: ModelConfig, count: number): Example[] {
  const random = randomFrom(seed);
  return Array.from({ length: count }, () => {
    const length = 1 + Math.floor(random() * config.maxLength);
    const labels = new Int32Array(config.head === 'token' ? length : 1);
    return config.input === 'ids'
      ? { length, ids: Int32Array.from({ length }, () => Math.floor(random() * config.vocabulary)), labels }
      : { length, features: Float32Array.from({ length: length * config.featureCount }, () => random()), labels };
  });
}
