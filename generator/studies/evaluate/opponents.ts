/** Ways to make a dense model's weights small, plain ones and one that was trained; as floats, since the chip has no such layers. */
import { bestScale } from '../../compress/values.js';
import { layersOf, mapLayers, type DenseLayer, type Encoder } from '../../model/encoder.js';

export interface OpponentModel {
  readonly name: string;
  /** Bytes of the weights of the blocks, with a scale of 16 bits a column. */
  readonly bytes: number;
  readonly encoder: () => Encoder;
  readonly trained: boolean;
}

const roundedBits = [8, 4, 3, 2] as const;

/** Weights of a column, which `keep` marks; the others become zero. */
type Keep = (column: Float32Array) => readonly boolean[];

/** @param ternary  weights of three values, trained from the same model by `train --stage ternary` */
export function opponentModels(encoder: Encoder, ternary?: () => Encoder): OpponentModel[] {
  return [
    ...roundedBits.map((bits) => ({
      name: `rounded to ${bits} bits a column`,
      bytes: bytesOf(encoder, (weights) => (weights * bits) / 8),
      encoder: () => roundedEncoder(encoder, bits),
      trained: false,
    })),
    {
      name: '2:4 sparse, 8 bits',
      // Half of the values, and two bits of place for each.
      bytes: bytesOf(encoder, (weights) => weights / 2 + weights / 8),
      encoder: () => roundedEncoder(encoder, 8, twoOfFour),
      trained: false,
    },
    {
      name: '85 % sparse, 8 bits',
      // The values that stay, and a bit for each weight that says whether it does.
      bytes: bytesOf(encoder, (weights) => 0.15 * weights + weights / 8),
      encoder: () => roundedEncoder(encoder, 8, largest(0.15)),
      trained: false,
    },
    ...(ternary === undefined
      ? []
      : [{ name: 'ternary, trained', bytes: bytesOf(encoder, (weights) => weights / 4), encoder: ternary, trained: true }]),
  ];
}

/** Every column of the blocks' weights to the nearest of 2^bits - 1 levels around 0, by the scale of least squared error. */
export function roundedEncoder(encoder: Encoder, bits: number, keep?: Keep): Encoder {
  const limit = 2 ** (bits - 1) - 1;
  return mapLayers(encoder, (layer) => (layer.kind === 'dense' ? roundedLayer(layer, limit, keep) : layer));
}

function roundedLayer(layer: DenseLayer, limit: number, keep: Keep | undefined): DenseLayer {
  const { inner, outer } = layer;
  const weights = new Float32Array(layer.weights.length);
  for (let j = 0; j < outer; j++) {
    const whole = Float32Array.from({ length: inner }, (_, f) => layer.weights[f * outer + j]!);
    const kept = keep?.(whole);
    const column = kept === undefined ? whole : whole.map((value, f) => (kept[f]! ? value : 0));
    const scale = bestScale(column, limit);
    for (let f = 0; f < inner; f++) weights[f * outer + j] = scale * Math.max(-limit, Math.min(limit, Math.round(column[f]! / scale)));
  }
  return { ...layer, weights };
}

/** Numbers of the values in falling order of magnitude; the first of equal ones comes first. */
function byMagnitude(values: Float32Array): number[] {
  return [...values.keys()].sort((a, b) => Math.abs(values[b]!) - Math.abs(values[a]!) || a - b);
}

/** The two largest of every four neighbours. */
export const twoOfFour: Keep = (column) => {
  const kept = Array.from(column, () => false);
  for (let first = 0; first < column.length; first += 4)
    for (const at of byMagnitude(column.subarray(first, first + 4)).slice(0, 2)) kept[first + at] = true;
  return kept;
};

/** Keeps so many of the largest, as a share. */
export function largest(share: number): Keep {
  return (column) => {
    const kept = Array.from(column, () => false);
    for (const at of byMagnitude(column).slice(0, Math.round(share * column.length))) kept[at] = true;
    return kept;
  };
}

function bytesOf(encoder: Encoder, weightBytes: (weights: number) => number): number {
  return layersOf(encoder).reduce((sum, { inner, outer }) => sum + Math.ceil(weightBytes(inner * outer)) + 2 * outer, 0);
}
