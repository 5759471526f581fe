/**
 * One attention head of one request, eq. 16-20.
 *
 * Shapes    Q, K, V int8[tokens * width], columns base .. base + inner -> the same columns of X
 * Formats   score Q6.5 in units of log2; p 0 .. 127; 1/sum = r * 2^(-9-b)
 * Exact     |sum p * V| < 2^14 * tokens, times r < 2^10
 */
import { expTable, recipTable } from '../contract/tables.js';
import type { AttendOperation } from '../operations/attend/fields.js';
import { bitLength, requantize, saturate, satTo } from './requantize.js';
import type { Plane, State } from './state.js';

export function attend(state: State, operation: AttendOperation): void {
  const { inner, base, causal, uniform, valueShift } = operation;
  const { tokens, V, X } = state;
  const narrowed = satTo(state.activationBits);
  const weights = new Int32Array(tokens);
  const acc = new Int32Array(inner);
  for (let t = 0; t < tokens; t++) {
    const keys = causal ? t + 1 : tokens;
    if (uniform) weights.fill(1, 0, keys);
    else softmax(weights, scores(state.Q, state.K, t, keys, operation));
    let sum = 0;
    acc.fill(0);
    for (let u = 0; u < keys; u++) {
      const p = weights[u]!;
      sum += p;
      const row = u * V.width + base;
      for (let f = 0; f < inner; f++) acc[f] = (acc[f]! + Math.imul(p, V.data[row + f]!)) | 0;
    }
    const { r, b } = reciprocal(sum);
    for (let f = 0; f < inner; f++) X.data[t * X.width + base + f] = narrowed(requantize(acc[f]!, r, b + valueShift));
  }
}

/** Eq. 16 for one query against keys 0 .. keys - 1. */
function scores(Q: Plane<Int8Array>, K: Plane<Int8Array>, t: number, keys: number, operation: AttendOperation): Int32Array {
  const {
    base,
    inner,
    score: { m, s },
  } = operation;
  const result = new Int32Array(keys);
  const query = t * Q.width + base;
  for (let u = 0; u < keys; u++) {
    const key = u * K.width + base;
    let dot = 0;
    for (let f = 0; f < inner; f++) dot = (dot + Math.imul(Q.data[query + f]!, K.data[key + f]!)) | 0;
    result[u] = saturate(requantize(dot, m, s), 12);
  }
  return result;
}

/** Eq. 17. */
function softmax(weights: Int32Array, score: Int32Array): void {
  let top = -2048;
  for (const value of score) top = Math.max(top, value);
  for (let u = 0; u < score.length; u++) {
    const distance = top - score[u]!;
    const n = distance >> 5;
    weights[u] = n >= 8 ? 0 : (expTable[distance & 31]! + (1 << (7 + n))) >> (8 + n);
  }
}

/** Eq. 18. */
export function reciprocal(sum: number): { r: number; b: number } {
  const b = bitLength(sum);
  return { r: recipTable[Math.floor(sum * 2 ** (9 - b)) - 256]!, b };
}
