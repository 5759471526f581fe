/**
 * What a norm loses where gamma and beta are rounded to bytes, given back by the dense layers that read its results: with g for gamma,
 * b for beta and rounded ones in brackets
 *
 *   W (z g + b) + c = W diag(g / [g]) (z [g] + [b]) + c + W (b - g / [g] [b])
 *
 * Only of weights with a step in every column. A model whose blocks are all factorized is left alone: where it was trained, its head has
 * learned to live with the rounding (generator/train/rounding.ts).
 */
import { encoderGraph, layerAt, layersOf, mapLayers, normAt, type DenseLayer, type Encoder } from '../model/encoder.js';
import { walk, type LinearStep, type NormPart } from '../model/graph.js';
import { normIntegers } from './requant.js';
import type { Scales } from './scales.js';

/** Correction per feature: the factor g / [g], and what is added to the results before the layer, b - g / [g] [b]. */
interface Correction {
  readonly factor: Float64Array;
  readonly added: Float64Array;
}

export function withNormRounding(encoder: Encoder, scales: Scales): Encoder {
  if (encoder.config.columnScales !== true || layersOf(encoder).every(({ kind }) => kind === 'factorized')) return encoder;
  const read = new Map<string, Correction>();
  let head: Correction | undefined;
  const places: Partial<Record<LinearStep['from'], Correction>> = {};
  walk(encoderGraph(encoder), {
    embed: () => undefined,
    residual: () => undefined,
    norm: ({ part, to, site }) => void (places[to] = correctionOf(encoder, part, scales.at(site))),
    copy: () => void delete places.x,
    linear: ({ from, outputs }) => {
      const correction = places[from];
      for (const { part, to } of outputs) {
        if (correction !== undefined && layerAt(encoder, part).kind === 'dense') read.set(part.path, correction);
        if (to === 'hidden') delete places.hidden;
      }
    },
    // Its results stand where the norm's did.
    attention: () => void delete places.x,
    head: () => (head = places.x),
    output: () => undefined,
    pool: () => undefined,
  });
  const corrected = mapLayers(encoder, (layer, { path }) => {
    const correction = read.get(path);
    return correction === undefined || layer.kind !== 'dense' ? layer : correctedLayer(layer, correction);
  });
  return head === undefined ? corrected : { ...corrected, head: correctedLayer(encoder.head, head) };
}

function correctionOf(encoder: Encoder, part: NormPart, scale: number): Correction {
  const { gamma, beta } = normAt(encoder, part);
  const rounded = normIntegers(gamma, beta, scale);
  // A gamma that is rounded to nothing cannot be given back.
  const factor = Float64Array.from(gamma, (value, f) => (rounded.gamma[f] === 0 ? 1 : value / (rounded.gamma[f]! * 1024 * rounded.unit)));
  const added = Float64Array.from(beta, (value, f) => value - factor[f]! * rounded.beta[f]! * 2 ** rounded.biasShift * rounded.unit);
  return { factor, added };
}

function correctedLayer<T extends DenseLayer>(layer: T, { factor, added }: Correction): T {
  const { inner, outer, weights, bias } = layer;
  const sums = Float64Array.from(bias);
  for (let f = 0; f < inner; f++) for (let j = 0; j < outer; j++) sums[j] = sums[j]! + added[f]! * weights[f * outer + j]!;
  return { ...layer, weights: weights.map((value, at) => value * factor[Math.floor(at / outer)]!), bias: Float32Array.from(sums) };
}
