/** The trained tensors of an encoder by name, out and back. Coded matrices are frozen, and ids have no bias. */
import { encoderGraph, layerAt, makeParts, normAt, type DenseLayer, type Encoder, type Layer, type Norm } from '../model/encoder.js';
import { ends, sharedPath, type NormPart } from '../model/graph.js';
import type { TensorSpec } from './parameters.js';

const embeddingBias = `${ends.embedding}Bias`;

export function tensorsOf(encoder: Encoder): TensorSpec[] {
  const specs: TensorSpec[] = [];
  const add = (name: string, values: ArrayLike<number>, decay: boolean): void => {
    specs.push({ name, values: values instanceof Float32Array ? values : Float32Array.from(values), decay });
  };
  const { embeddingNorm, blocks, finalNorm } = encoderGraph(encoder);
  const norm = (part: NormPart): void => {
    const { gamma, beta } = normAt(encoder, part);
    add(`${part.path}.gamma`, gamma, false);
    add(`${part.path}.beta`, beta, false);
  };
  if (encoder.embedding.length > 0) add(ends.embedding, encoder.embedding, encoder.config.input === 'patches');
  if (encoder.config.input === 'patches') add(embeddingBias, encoder.embeddingBias, false);
  add(ends.positions, encoder.positions, false);
  if (embeddingNorm !== undefined) norm(embeddingNorm);
  for (const { norms, layers } of blocks) {
    norms.forEach(norm);
    for (const part of layers) {
      const layer = layerAt(encoder, part);
      if (layer.kind === 'dense') add(`${part.path}.weights`, layer.weights, true);
      else add(`${part.path}.values`, layer.sparse.values, false);
      add(`${part.path}.bias`, layer.bias, false);
    }
  }
  if (finalNorm !== undefined) norm(finalNorm);
  if (encoder.head.outer > 0) {
    add(`${ends.head}.weights`, encoder.head.weights, true);
    add(`${ends.head}.bias`, encoder.head.bias, false);
  }
  encoder.shared.forEach(({ dictionary, coded }, n) => {
    if (coded === undefined) add(sharedPath(n), dictionary.data, false);
  });
  return specs;
}

/** The encoder with other values; what `read` does not know stays. */
export function encoderWith(encoder: Encoder, read: (name: string) => Float32Array | undefined): Encoder {
  const norm = (part: NormPart): Norm => {
    const of = normAt(encoder, part);
    return { gamma: read(`${part.path}.gamma`) ?? of.gamma, beta: read(`${part.path}.beta`) ?? of.beta };
  };
  const layer = <L extends Layer>(path: string, of: L): L => {
    const bias = read(`${path}.bias`) ?? of.bias;
    if (of.kind === 'dense') return { ...of, bias, weights: read(`${path}.weights`) ?? of.weights };
    const values = read(`${path}.values`);
    return { ...of, bias, sparse: values === undefined ? of.sparse : { ...of.sparse, values: Float64Array.from(values) } };
  };
  return {
    ...encoder,
    embedding: read(ends.embedding) ?? encoder.embedding,
    embeddingBias: read(embeddingBias) ?? encoder.embeddingBias,
    positions: read(ends.positions) ?? encoder.positions,
    ...makeParts(encoderGraph(encoder), norm, (part) => layer(part.path, layerAt(encoder, part))),
    head: layer<DenseLayer>(ends.head, encoder.head),
    shared: encoder.shared.map((one, n) => {
      const values = read(sharedPath(n));
      return values === undefined ? one : { dictionary: { ...one.dictionary, data: Float64Array.from(values) } };
    }),
  };
}
