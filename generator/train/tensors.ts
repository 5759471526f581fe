/** The trained tensors of an encoder by name, out and back. Coded matrices are frozen, and ids have no bias. */
import { layerNames, type DenseLayer, type Encoder, type EncoderBlock, type Layer, type Norm } from '../model/encoder.js';
import type { TensorSpec } from './parameters.js';

export function tensorsOf(encoder: Encoder): TensorSpec[] {
  const specs: TensorSpec[] = [];
  const add = (name: string, values: ArrayLike<number>, decay: boolean): void => {
    specs.push({ name, values: values instanceof Float32Array ? values : Float32Array.from(values), decay });
  };
  const norm = (path: string, of: Norm): void => {
    add(`${path}.gamma`, of.gamma, false);
    add(`${path}.beta`, of.beta, false);
  };
  add('embedding', encoder.embedding, encoder.config.input === 'patches');
  if (encoder.config.input === 'patches') add('embeddingBias', encoder.embeddingBias, false);
  add('positions', encoder.positions, false);
  if (encoder.embeddingNorm !== undefined) norm('embeddingNorm', encoder.embeddingNorm);
  encoder.blocks.forEach((block, i) => {
    norm(`layers.${i}.attentionNorm`, block.attentionNorm);
    norm(`layers.${i}.hiddenNorm`, block.hiddenNorm);
    for (const name of layerNames) {
      const layer = block[name];
      if (layer.kind === 'dense') add(`layers.${i}.${name}.weights`, layer.weights, true);
      else add(`layers.${i}.${name}.values`, layer.sparse.values, false);
      add(`layers.${i}.${name}.bias`, layer.bias, false);
    }
  });
  if (encoder.finalNorm !== undefined) norm('finalNorm', encoder.finalNorm);
  add('head.weights', encoder.head.weights, true);
  add('head.bias', encoder.head.bias, false);
  encoder.shared.forEach(({ dictionary, coded }, n) => {
    if (coded === undefined) add(`shared.${n}`, dictionary.data, false);
  });
  return specs;
}

/** The encoder with other values; what `read` does not know stays. */
export function encoderWith(encoder: Encoder, read: (name: string) => Float32Array | undefined): Encoder {
  const norm = (path: string, of: Norm): Norm => ({ gamma: read(`${path}.gamma`) ?? of.gamma, beta: read(`${path}.beta`) ?? of.beta });
  const layer = <L extends Layer>(path: string, of: L): L => {
    const bias = read(`${path}.bias`) ?? of.bias;
    if (of.kind === 'dense') return { ...of, bias, weights: read(`${path}.weights`) ?? of.weights };
    const values = read(`${path}.values`);
    return { ...of, bias, sparse: values === undefined ? of.sparse : { ...of.sparse, values: Float64Array.from(values) } };
  };
  const block = (of: EncoderBlock, i: number): EncoderBlock => ({
    attentionNorm: norm(`layers.${i}.attentionNorm`, of.attentionNorm), hiddenNorm: norm(`layers.${i}.hiddenNorm`, of.hiddenNorm),
    query: layer(`layers.${i}.query`, of.query), key: layer(`layers.${i}.key`, of.key), value: layer(`layers.${i}.value`, of.value),
    out: layer(`layers.${i}.out`, of.out), hiddenIn: layer(`layers.${i}.hiddenIn`, of.hiddenIn), hiddenOut: layer(`layers.${i}.hiddenOut`, of.hiddenOut),
  });
  return {
    ...encoder,
    embedding: read('embedding') ?? encoder.embedding, embeddingBias: read('embeddingBias') ?? encoder.embeddingBias,
    positions: read('positions') ?? encoder.positions, embeddingNorm: encoder.embeddingNorm && norm('embeddingNorm', encoder.embeddingNorm),
    blocks: encoder.blocks.map(block), finalNorm: encoder.finalNorm && norm('finalNorm', encoder.finalNorm),
    head: layer<DenseLayer>('head', encoder.head),
    shared: encoder.shared.map((one, n) => {
      const values = read(`shared.${n}`);
      return values === undefined ? one : { dictionary: { ...one.dictionary, data: Float64Array.from(values) } };
    }),
  };
}
