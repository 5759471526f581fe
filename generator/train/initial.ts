/** The encoder before its first step. */
import { makeParts, type DenseLayer, type Encoder, type Norm } from '../model/encoder.js';
import { embeddedWidth } from '../model/config.js';
import { withoutHead } from '../model/encoder-tensors.js';
import { graphOf, type NormPart } from '../model/graph.js';
import { randomFrom, type Random } from '../util/random.js';
import { refuse } from '../util/errors.js';
import type { ModelConfig } from '../model/config.js';

/** Normal numbers by Box and Muller. */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Weights of deviation 1 / sqrt(inner); layers that add to the residual are smaller the more of them there are. */
export function initialEncoder(task: string, config: ModelConfig, seed: number): Encoder {
  refuse(config.width % config.heads === 0 ? [] : [`heads = ${config.heads}: must divide width = ${config.width}`]);
  const random = randomFrom(seed);
  const { width, classes, featureCount, vocabulary } = config;
  const graph = graphOf(config);
  const numbers = (count: number, deviation: number): Float32Array =>
    Float32Array.from({ length: count }, () => deviation * normal(random));
  const dense = (inner: number, outer: number, gain = 1): DenseLayer => ({
    kind: 'dense',
    inner,
    outer,
    weights: numbers(inner * outer, gain / Math.sqrt(inner)),
    bias: new Float32Array(outer),
  });
  const norm = ({ width: size }: NormPart): Norm => ({ gamma: new Float32Array(size).fill(1), beta: new Float32Array(size) });
  const embedded = embeddedWidth(config);
  const patches = config.input === 'patches';
  const last = 1 / Math.sqrt(2 * config.layers);
  const outputs = graph.steps.flatMap((step) => (step.kind === 'linear' ? step.outputs : []));
  const adding = new Set(outputs.filter(({ to }) => to === 'residual').map(({ part }) => part.path));
  return {
    task,
    config,
    embedding: patches ? numbers(featureCount * width, 1 / Math.sqrt(featureCount)) : numbers(vocabulary * embedded, 0.3),
    embeddingBias: new Float32Array(embedded),
    positions: numbers(config.maxLength * embedded, 0.1),
    ...makeParts(graph, norm, ({ inner, outer, path }) => dense(inner, outer, adding.has(path) ? last : 1)),
    head: config.head === 'none' ? withoutHead(width) : dense(width, classes, 0.5),
    shared: [],
  };
}
