/**
 * The encoder in plain floats, one request at a time: the reference that calibration watches and tests compare with.
 * Every int8 tensor of the machine has a site here; a visitor may read it or round it in place.
 */
import type { Example } from '../data/dataset.js';
import { activate } from '../model/activations.js';
import { decodeMatrix } from '../model/coded-matrix.js';
import { embeddedWidth, floatEpsilon } from '../model/config.js';
import { encoderGraph, layerAt, normAt, type DenseLayer, type Encoder, type Layer, type Norm } from '../model/encoder.js';
import { sites, walk, type AttentionStep, type Place } from '../model/graph.js';

export type Visitor = (site: string, values: Float32Array) => void;

/** Rows of width features: table rows of a token's ids, or its projected patch, plus its position. */
export function embedFloat(encoder: Encoder, example: Example): Float32Array {
  const {
    embedding,
    embeddingBias,
    positions,
    config: { featureCount, input },
  } = encoder;
  const width = embeddedWidth(encoder.config);
  const out = new Float32Array(example.length * width);
  const idsPerToken = example.ids === undefined ? 0 : example.ids.length / example.length;
  for (let t = 0; t < example.length; t++) {
    for (let f = 0; f < width; f++) out[t * width + f] = positions[t * width + f]! + embeddingBias[f]!;
    for (let n = 0; n < idsPerToken; n++) {
      const row = example.ids![t * idsPerToken + n]! * width;
      for (let f = 0; f < width; f++) out[t * width + f] = out[t * width + f]! + embedding[row + f]!;
    }
    if (example.features === undefined) continue;
    if (input === 'features') {
      for (let f = 0; f < width; f++) out[t * width + f] = out[t * width + f]! + example.features[t * width + f]!;
      continue;
    }
    for (let i = 0; i < featureCount; i++) {
      const value = example.features[t * featureCount + i]!;
      for (let f = 0; f < width; f++) out[t * width + f] = out[t * width + f]! + value * embedding[i * width + f]!;
    }
  }
  return out;
}

/** Real weights of every shared matrix, as coded where codes exist. */
export function sharedWeights({ shared }: Encoder): Float32Array[] {
  return shared.map(({ dictionary, coded }) => Float32Array.from(coded === undefined ? dictionary.data : decodeMatrix(coded).data));
}

/** Logits [1 or tokens, classes]. */
export function forward(
  encoder: Encoder,
  example: Example,
  visit: Visitor = () => undefined,
  weights = sharedWeights(encoder),
): Float32Array {
  const tokens = example.length;
  const at = {} as Record<Place, Float32Array>;
  let result: Float32Array = new Float32Array();
  walk(encoderGraph(encoder), {
    embed: ({ site, alsoX }) => {
      const features = example.features?.slice();
      if (features !== undefined && encoder.config.input === 'patches') visit(sites.features, features);
      at.residual = embedFloat(encoder, features === undefined ? example : { ...example, features });
      visit(site, at.residual);
      if (alsoX) at.x = at.residual;
    },
    residual: ({ site }) => visit(site, at.residual),
    norm: ({ part, centred, to, site, alsoSite, replacesResidual }) => {
      const values = layerNorm(at.residual, tokens, normAt(encoder, part), floatEpsilon(encoder.config, part.path), centred);
      if (replacesResidual) at.residual.set(values);
      visit(site, values);
      if (alsoSite !== undefined) visit(alsoSite, values);
      at[to] = values;
    },
    copy: ({ site }) => visit(site, (at.x = at.residual.slice())),
    linear: ({ from, projection, outputs }) => {
      for (const { part, to, site, activation, replaces } of outputs) {
        const values = linear(layerAt(encoder, part), at[from], tokens, weights, (p) => visit(projection, p));
        if (site === undefined && replaces !== true) {
          add(at[to], values);
          continue;
        }
        if (site !== undefined) visit(site, values);
        if (activation !== undefined) {
          for (let f = 0; f < values.length; f++) values[f] = activate(activation.of, values[f]!);
          visit(activation.site, values);
        }
        at[to] = values;
      }
    },
    attention: (step) => {
      at.attended = attention(step, at, tokens);
      visit(step.site, at.attended);
    },
    head: ({ site }) => visit(site, (result = dense(encoder.head, at.x, tokens))),
    output: () => (result = at.x),
    pool: ({ site }) => visit(site, (result = meanOverTokens(result, tokens))),
  });
  return result;
}

function meanOverTokens(logits: Float32Array, tokens: number): Float32Array {
  const classes = logits.length / tokens;
  const mean = new Float32Array(classes);
  for (let at = 0; at < logits.length; at++) mean[at % classes] = mean[at % classes]! + logits[at]! / tokens;
  return mean;
}

function attention(
  { heads, inner: e, causal }: AttentionStep,
  { query: q, key: k, value: v }: Readonly<Record<Place, Float32Array>>,
  tokens: number,
): Float32Array {
  const width = heads * e;
  const out = new Float32Array(tokens * width);
  const scores = new Float64Array(tokens);
  for (let h = 0; h < heads; h++) {
    for (let t = 0; t < tokens; t++) {
      const keys = causal ? t + 1 : tokens;
      let top = -Infinity;
      for (let u = 0; u < keys; u++) {
        let dot = 0;
        for (let f = 0; f < e; f++) dot += q[t * width + h * e + f]! * k[u * width + h * e + f]!;
        scores[u] = dot / Math.sqrt(e);
        top = Math.max(top, scores[u]!);
      }
      let sum = 0;
      for (let u = 0; u < keys; u++) sum += scores[u] = Math.exp(scores[u]! - top);
      for (let u = 0; u < keys; u++) {
        const p = scores[u]! / sum;
        for (let f = 0; f < e; f++) out[t * width + h * e + f] = out[t * width + h * e + f]! + p * v[u * width + h * e + f]!;
      }
    }
  }
  return out;
}

function linear(
  layer: Layer,
  x: Float32Array,
  tokens: number,
  weights: readonly Float32Array[],
  projected: (p: Float32Array) => void,
): Float32Array {
  if (layer.kind === 'dense') return dense(layer, x, tokens);
  const {
    inner,
    outer,
    sparse: { k, rank, rows, values },
  } = layer;
  const none = new Float32Array(rank);
  const p = dense({ kind: 'dense', inner, outer: rank, weights: weights[layer.matrix]!, bias: none }, x, tokens);
  projected(p);
  const out = new Float32Array(tokens * outer);
  for (let t = 0; t < tokens; t++) {
    out.set(layer.bias, t * outer);
    for (let n = 0; n < k; n++) {
      for (let j = 0; j < outer; j++) {
        out[t * outer + j] = out[t * outer + j]! + p[t * rank + rows[n * outer + j]!]! * values[n * outer + j]!;
      }
    }
  }
  return out;
}

function dense({ inner, outer, weights, bias }: DenseLayer, x: Float32Array, tokens: number): Float32Array {
  const out = new Float32Array(tokens * outer);
  for (let t = 0; t < tokens; t++) {
    const row = out.subarray(t * outer, (t + 1) * outer);
    row.set(bias);
    const from = t * inner;
    let f = 0;
    // Four features at a time: a sum is read and written once for all of them.
    for (; f + 3 < inner; f += 4) {
      const a = x[from + f]!,
        b = x[from + f + 1]!,
        c = x[from + f + 2]!,
        d = x[from + f + 3]!;
      const w0 = f * outer,
        w1 = w0 + outer,
        w2 = w1 + outer,
        w3 = w2 + outer;
      for (let j = 0; j < outer; j++) {
        row[j] = row[j]! + a * weights[w0 + j]! + b * weights[w1 + j]! + c * weights[w2 + j]! + d * weights[w3 + j]!;
      }
    }
    for (; f < inner; f++) {
      const value = x[from + f]!;
      for (let j = 0; j < outer; j++) row[j] = row[j]! + value * weights[f * outer + j]!;
    }
  }
  return out;
}

function layerNorm(of: Float32Array, tokens: number, { gamma, beta }: Norm, epsilon: number, centred: boolean): Float32Array {
  const width = gamma.length;
  const out = new Float32Array(of.length);
  for (let t = 0; t < tokens; t++) {
    let mean = 0;
    if (centred) for (let f = 0; f < width; f++) mean += of[t * width + f]! / width;
    let variance = 0;
    for (let f = 0; f < width; f++) variance += (of[t * width + f]! - mean) ** 2 / width;
    const scale = 1 / Math.sqrt(variance + epsilon);
    for (let f = 0; f < width; f++) out[t * width + f] = (of[t * width + f]! - mean) * scale * gamma[f]! + beta[f]!;
  }
  return out;
}

function add(to: Float32Array, what: Float32Array): void {
  for (let i = 0; i < to.length; i++) to[i] = to[i]! + what[i]!;
}
