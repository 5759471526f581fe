/** Plain rounding of the dense model's weights, the cheapest way to make it small; as floats, since the chip has no such layers. */
import { bestScale } from '../../compress/values.js';
import { layersOf, mapLayers, type DenseLayer, type Encoder } from '../../model/encoder.js';

/** What a model of few bits is compared with. */
export interface Opponent {
  readonly name: string;
  /** Of the weights of the blocks, with a scale of 16 bits a column. */
  readonly bytes: number;
  /** Mean cosine of the output rows to those of the dense float model. */
  readonly cosine: number;
  /** The task's metric. */
  readonly value: number;
}

export const opponentBits = [8, 4, 3, 2] as const;

/** Every column of the blocks' weights to the nearest of 2^bits - 1 levels around 0, by the scale of least squared error. */
export function roundedEncoder(encoder: Encoder, bits: number): Encoder {
  const limit = 2 ** (bits - 1) - 1;
  return mapLayers(encoder, (layer) => (layer.kind === 'dense' ? roundedLayer(layer, limit) : layer));
}

function roundedLayer(layer: DenseLayer, limit: number): DenseLayer {
  const { inner, outer } = layer;
  const weights = new Float32Array(layer.weights.length);
  const column = new Float32Array(inner);
  for (let j = 0; j < outer; j++) {
    for (let f = 0; f < inner; f++) column[f] = layer.weights[f * outer + j]!;
    const scale = bestScale(column, limit);
    for (let f = 0; f < inner; f++) weights[f * outer + j] = scale * Math.max(-limit, Math.min(limit, Math.round(column[f]! / scale)));
  }
  return { ...layer, weights };
}

export function roundedBytes(encoder: Encoder, bits: number): number {
  return layersOf(encoder).reduce((sum, { inner, outer }) => sum + Math.ceil((inner * outer * bits) / 8) + 2 * outer, 0);
}
