/**
 * Products with a dense matrix, eq. 4 and 6.
 *
 *   acc[t][j] += sum_f x[t][f] * w[f][j]
 *
 * Shapes   x int8[tokens * width], w int16[inner * outer] -> acc int32[tokens * outer]
 * Exact    eq. 3 keeps every partial sum inside int32
 * Order    four features and two tokens at a time, so that weights are read once for two tokens
 */
import type { Plane } from './state.js';

export type DenseProducts = (
  acc: Int32Array,
  x: Plane<Int8Array>,
  tokens: number,
  weights: Int16Array,
  inner: number,
  outer: number,
) => void;

export function accumulateDense(
  acc: Int32Array,
  x: Plane<Int8Array>,
  tokens: number,
  weights: Int16Array,
  inner: number,
  outer: number,
): void {
  let t = 0;
  for (; t + 1 < tokens; t += 2) twoTokens(acc, x, t, weights, inner, outer);
  if (t < tokens) oneToken(acc, x, t, weights, inner, outer);
}

function twoTokens(acc: Int32Array, x: Plane<Int8Array>, t: number, weights: Int16Array, inner: number, outer: number): void {
  const data = x.data;
  const rowA = t * x.width;
  const rowB = rowA + x.width;
  const outA = t * outer;
  const outB = outA + outer;
  let f = 0;
  for (; f + 3 < inner; f += 4) {
    const a0 = data[rowA + f]!,
      a1 = data[rowA + f + 1]!,
      a2 = data[rowA + f + 2]!,
      a3 = data[rowA + f + 3]!;
    const b0 = data[rowB + f]!,
      b1 = data[rowB + f + 1]!,
      b2 = data[rowB + f + 2]!,
      b3 = data[rowB + f + 3]!;
    const w0 = f * outer,
      w1 = w0 + outer,
      w2 = w1 + outer,
      w3 = w2 + outer;
    for (let j = 0; j < outer; j++) {
      const p = weights[w0 + j]!,
        q = weights[w1 + j]!,
        r = weights[w2 + j]!,
        s = weights[w3 + j]!;
      acc[outA + j] = (acc[outA + j]! + Math.imul(a0, p) + Math.imul(a1, q) + Math.imul(a2, r) + Math.imul(a3, s)) | 0;
      acc[outB + j] = (acc[outB + j]! + Math.imul(b0, p) + Math.imul(b1, q) + Math.imul(b2, r) + Math.imul(b3, s)) | 0;
    }
  }
  for (; f < inner; f++) {
    const a = data[rowA + f]!,
      b = data[rowB + f]!;
    for (let j = 0; j < outer; j++) {
      const w = weights[f * outer + j]!;
      acc[outA + j] = (acc[outA + j]! + Math.imul(a, w)) | 0;
      acc[outB + j] = (acc[outB + j]! + Math.imul(b, w)) | 0;
    }
  }
}

function oneToken(acc: Int32Array, x: Plane<Int8Array>, t: number, weights: Int16Array, inner: number, outer: number): void {
  const out = t * outer;
  for (let f = 0; f < inner; f++) {
    const a = x.data[t * x.width + f]!;
    for (let j = 0; j < outer; j++) acc[out + j] = (acc[out + j]! + Math.imul(a, weights[f * outer + j]!)) | 0;
  }
}
