/**
 * Product with a shared matrix kept as codes, eq. 4: P[t][i] = sat_A(rq(sum_f X[t][f] * book[code[f][i]], m, s)).
 *
 * Shapes   codes uint8[inner * rank], book int8[16] -> weights int16[inner * rank]; P int8[tokens * rank]
 */
import type { ProjectOperation } from '../operations/project/fields.js';
import type { CodebookMatrix } from '../program/operation.js';
import { accumulateDense, type DenseProducts } from './dense.js';
import { requantize, satTo } from './requantize.js';
import type { State } from './state.js';

export function decodeCodebook(matrix: CodebookMatrix): Int16Array {
  return Int16Array.from(matrix.codes, (code) => matrix.book[code]!);
}

export function project(state: State, operation: ProjectOperation, weights: Int16Array, products: DenseProducts = accumulateDense): void {
  const {
    outer,
    inner,
    requant: { m, s },
  } = operation;
  const acc = new Int32Array(state.tokens * outer);
  products(acc, state[operation.source], state.tokens, weights, inner, outer);
  const { data, width } = state.P;
  const saturate = satTo(state.activationBits);
  for (let t = 0; t < state.tokens; t++) {
    for (let i = 0; i < outer; i++) data[t * width + i] = saturate(requantize(acc[t * outer + i]!, m, s));
  }
}
