/**
 * The encoder in plain floats, one request at a time: the reference that calibration watches and tests compare with.
 * Every int8 tensor of the machine has a site here; a visitor may read it or round it in place.
 */
import type { Example } from '../data/dataset.js';
import { decodeMatrix } from '../model/coded-matrix.js';
import type { DenseLayer, Encoder, EncoderBlock, Layer, Norm } from '../model/encoder.js';

export type Visitor = (site: string, values: Float32Array) => void;

export const normEpsilon = 1e-5;

export function activate(kind: 'gelu' | 'relu', x: number): number {
  if (kind === 'relu') return Math.max(0, x);
  return x * normalDistribution(x);
}

/** Phi(x) by Abramowitz and Stegun 7.1.26, error below 1e-6: what the training kernels compute. */
function normalDistribution(x: number): number {
  const z = Math.abs(x) * Math.SQRT1_2;
  const t = 1 / (1 + 0.3275911 * z);
  const p = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  const tail = 0.5 * p * Math.exp(-z * z);
  return x < 0 ? tail : 1 - tail;
}

/** Rows of width features: table rows of a token's ids, or its projected patch, plus its position. */
export function embedFloat(encoder: Encoder, example: Example): Float32Array {
  const { embedding, embeddingBias, positions, config: { width, featureCount } } = encoder;
  const out = new Float32Array(example.length * width);
  const idsPerToken = example.ids === undefined ? 0 : example.ids.length / example.length;
  for (let t = 0; t < example.length; t++) {
    for (let f = 0; f < width; f++) out[t * width + f] = positions[t * width + f]! + embeddingBias[f]!;
    for (let n = 0; n < idsPerToken; n++) {
      const row = example.ids![t * idsPerToken + n]! * width;
      for (let f = 0; f < width; f++) out[t * width + f] = out[t * width + f]! + embedding[row + f]!;
    }
    if (example.features === undefined) continue;
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
  encoder: Encoder, example: Example, visit: Visitor = () => undefined, weights = sharedWeights(encoder),
): Float32Array {
  const { config, blocks } = encoder;
  const tokens = example.length;
  const features = example.features?.slice();
  if (features !== undefined) visit('features', features);
  const residual = embedFloat(encoder, features === undefined ? example : { ...example, features });
  visit('input', residual);
  let x = residual;
  if (encoder.embeddingNorm !== undefined) {
    x = layerNorm(residual, tokens, encoder.embeddingNorm);
    residual.set(x);
    visit('layers.0.attentionNorm', x);
  }
  visit('residual', residual);
  blocks.forEach((block, i) => {
    const path = `layers.${i}`;
    if (config.norm === 'pre') {
      x = layerNorm(residual, tokens, block.attentionNorm);
      visit(`${path}.attentionNorm`, x);
    }
    const attended = attention(encoder, block, x, tokens, path, visit, weights);
    add(residual, linear(block.out, attended, tokens, weights, (p) => visit(`${path}.attentionOut`, p)));
    visit('residual', residual);
    x = afterSublayer(encoder, residual, tokens, config.norm === 'pre' ? block.hiddenNorm : block.attentionNorm);
    visit(`${path}.hiddenNorm`, x);
    const hidden = linear(block.hiddenIn, x, tokens, weights, (p) => visit(`${path}.hiddenIn`, p));
    visit('activation', hidden);
    for (let f = 0; f < hidden.length; f++) hidden[f] = activate(config.activation, hidden[f]!);
    visit('hidden', hidden);
    add(residual, linear(block.hiddenOut, hidden, tokens, weights, (p) => visit(`${path}.hiddenOut`, p)));
    visit('residual', residual);
    if (config.norm === 'post') {
      x = afterSublayer(encoder, residual, tokens, block.hiddenNorm);
      visit(`layers.${i + 1}.attentionNorm`, x);
    }
  });
  if (encoder.finalNorm !== undefined) x = layerNorm(residual, tokens, encoder.finalNorm);
  visit('final', x);
  const logits = dense(encoder.head, x, tokens);
  visit('logits', logits);
  if (config.head === 'token') return logits;
  const mean = new Float32Array(config.classes);
  for (let at = 0; at < logits.length; at++) mean[at % config.classes] = mean[at % config.classes]! + logits[at]! / tokens;
  visit('pooled', mean);
  return mean;
}

/** Normalises what was added; in post-norm encoders the residual itself becomes the normalised value. */
function afterSublayer({ config }: Encoder, residual: Float32Array, tokens: number, norm: Norm): Float32Array {
  const x = layerNorm(residual, tokens, norm);
  if (config.norm === 'post') residual.set(x);
  return x;
}

function attention(
  { config }: Encoder, block: EncoderBlock, x: Float32Array, tokens: number, path: string, visit: Visitor, weights: readonly Float32Array[],
): Float32Array {
  const { width, heads, causal } = config;
  const e = width / heads;
  const projected = (p: Float32Array): void => visit(`${path}.attentionIn`, p);
  const [q, k, v] = (['query', 'key', 'value'] as const).map((name) => {
    const values = linear(block[name], x, tokens, weights, projected);
    visit(`${path}.${name}`, values);
    return values;
  }) as [Float32Array, Float32Array, Float32Array];
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
  visit(`${path}.attended`, out);
  return out;
}

function linear(
  layer: Layer, x: Float32Array, tokens: number, weights: readonly Float32Array[], projected: (p: Float32Array) => void,
): Float32Array {
  if (layer.kind === 'dense') return dense(layer, x, tokens);
  const { inner, outer, sparse: { k, rank, rows, values } } = layer;
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
      const a = x[from + f]!, b = x[from + f + 1]!, c = x[from + f + 2]!, d = x[from + f + 3]!;
      const w0 = f * outer, w1 = w0 + outer, w2 = w1 + outer, w3 = w2 + outer;
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

function layerNorm(of: Float32Array, tokens: number, { gamma, beta }: Norm): Float32Array {
  const width = gamma.length;
  const out = new Float32Array(of.length);
  for (let t = 0; t < tokens; t++) {
    let mean = 0;
    for (let f = 0; f < width; f++) mean += of[t * width + f]! / width;
    let variance = 0;
    for (let f = 0; f < width; f++) variance += (of[t * width + f]! - mean) ** 2 / width;
    const scale = 1 / Math.sqrt(variance + normEpsilon);
    for (let f = 0; f < width; f++) out[t * width + f] = (of[t * width + f]! - mean) * scale * gamma[f]! + beta[f]!;
  }
  return out;
}

function add(to: Float32Array, what: Float32Array): void {
  for (let i = 0; i < to.length; i++) to[i] = to[i]! + what[i]!;
}
