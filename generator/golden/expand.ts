/**
 * Products with a sparse matrix, eq. 5.
 *
 *   acc[t][j] += sum_{n<k} P[t][rows[n][j]] * values[n][j]
 *
 * Shapes   P int8[tokens * width], rows int32[k * outer], values int8[k * outer] -> acc int32[tokens * outer]
 * Exact    eq. 3 keeps every partial sum inside int32
 */
import type { Plane } from './state.js';

export function accumulateSparse(
  acc: Int32Array,
  P: Plane<Int8Array>,
  tokens: number,
  rows: Int32Array,
  values: Int8Array,
  k: number,
  outer: number,
): void {
  const data = P.data;
  let t = 0;
  for (; t + 1 < tokens; t += 2) {
    const rowA = t * P.width;
    const rowB = rowA + P.width;
    const outA = t * outer;
    const outB = outA + outer;
    for (let n = 0; n < k; n++) {
      const step = n * outer;
      for (let j = 0; j < outer; j++) {
        const row = rows[step + j]!;
        const value = values[step + j]!;
        acc[outA + j] = (acc[outA + j]! + Math.imul(data[rowA + row]!, value)) | 0;
        acc[outB + j] = (acc[outB + j]! + Math.imul(data[rowB + row]!, value)) | 0;
      }
    }
  }
  if (t === tokens) return;
  for (let n = 0; n < k; n++) {
    for (let j = 0; j < outer; j++) {
      const product = Math.imul(data[t * P.width + rows[n * outer + j]!]!, values[n * outer + j]!);
      acc[t * outer + j] = (acc[t * outer + j]! + product) | 0;
    }
  }
}
