/**
 * Weights of three values with a step of their own in every column: what the factorized model is compared with. The chip does not have them.
 *
 *   w = 0 where |w| <= 0.7 mean |w|, else a sign times the mean |w| of those beyond
 *
 * Source   Li et al., Ternary Weight Networks, arXiv:1605.04711, eq. 5 and 6, by column
 */
import { encoderGraph, layerAt, mapLayers, type Encoder } from '../model/encoder.js';
import type { Quantiser, View } from './rounding.js';

const threshold = 0.7;

/** Rounds in place. Shapes   weights [inner, outer] at f * outer + j */
export function roundTernary(weights: Float32Array, outer: number): void {
  for (let j = 0; j < outer; j++) {
    let sum = 0;
    for (let at = j; at < weights.length; at += outer) sum += Math.abs(weights[at]!);
    const least = (threshold * sum * outer) / weights.length;
    let beyond = 0;
    let count = 0;
    for (let at = j; at < weights.length; at += outer) {
      const size = Math.abs(weights[at]!);
      if (size <= least) continue;
      beyond += size;
      count++;
    }
    const step = count === 0 ? 0 : beyond / count;
    for (let at = j; at < weights.length; at += outer) weights[at] = Math.abs(weights[at]!) <= least ? 0 : Math.sign(weights[at]!) * step;
  }
}

/** Rounds the layers of the blocks; everything else, and all activations, stay floats. */
export class TernaryRounding implements Quantiser {
  private readonly layers: readonly { readonly name: string; readonly outer: number }[];

  constructor(encoder: Encoder) {
    this.layers = encoderGraph(encoder).blocks.flatMap(({ layers }) =>
      layers.map((part) => ({ name: `${part.path}.weights`, outer: layerAt(encoder, part).outer })),
    );
  }

  roundParameters(view: View): void {
    for (const { name, outer } of this.layers) roundTernary(view(name), outer);
  }
}

/** The dense encoder with the weights that it was trained to have. */
export function ternaryEncoder(encoder: Encoder): Encoder {
  return mapLayers(encoder, (layer) => {
    if (layer.kind !== 'dense') return layer;
    const weights = Float32Array.from(layer.weights);
    roundTernary(weights, layer.outer);
    return { ...layer, weights };
  });
}
