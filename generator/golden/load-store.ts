/**
 * Rows in and rows out, eq. 10.
 *
 * Shapes   rows int8[tokens * outer] -> columns base .. base + outer of X or R, and back from X or H
 */
import type { LoadOperation } from '../operations/load/fields.js';
import type { StoreOperation } from '../operations/store/fields.js';
import { satTo } from './requantize.js';
import type { State } from './state.js';

export function load(state: State, operation: LoadOperation, rows: Int8Array): void {
  const { outer, base, destination, shift, alsoX } = operation;
  const { R, X } = state;
  const saturate = satTo(state.activationBits);
  for (let t = 0; t < state.tokens; t++) {
    for (let f = 0; f < outer; f++) {
      const value = rows[t * outer + f]!;
      if (destination === 'Rset') R.data[t * R.width + base + f] = value << shift;
      if (destination === 'X' || alsoX) X.data[t * X.width + base + f] = saturate(value);
    }
  }
}

export function store(state: State, operation: StoreOperation): Int8Array {
  const { source, outer, base, firstRow } = operation;
  const tokens = firstRow ? 1 : state.tokens;
  const rows = new Int8Array(tokens * outer);
  const { data, width } = state[source];
  for (let t = 0; t < tokens; t++) rows.set(data.subarray(t * width + base, t * width + base + outer), t * outer);
  return rows;
}
