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
  const { source, outer, base, firstRow, best } = operation;
  const tokens = firstRow ? 1 : state.tokens;
  const { data, width } = state[source];
  if (best) {
    const indices = new Uint16Array(tokens);
    for (let t = 0; t < tokens; t++) indices[t] = largestOutput(data.subarray(t * width + base, t * width + base + outer));
    return bestRows(indices);
  }
  const rows = new Int8Array(tokens * outer);
  for (let t = 0; t < tokens; t++) rows.set(data.subarray(t * width + base, t * width + base + outer), t * outer);
  return rows;
}

/** Index of the largest output, ties to the lowest; eq. 21. */
export function largestOutput(outputs: Int8Array): number {
  let best = 0;
  for (let i = 1; i < outputs.length; i++) if (outputs[i]! > outputs[best]!) best = i;
  return best;
}

/** Indices side by side, two bytes each, the low one first. */
function bestRows(indices: Uint16Array): Int8Array {
  const rows = new Int8Array(2 * indices.length);
  const view = new DataView(rows.buffer);
  indices.forEach((index, t) => view.setUint16(2 * t, index, true));
  return rows;
}

/** Index of the largest output of every row that a STORE made. */
export function predictions({ outer, best }: Pick<StoreOperation, 'outer' | 'best'>, rows: Int8Array): number[] {
  if (best) return indicesOf(rows);
  return Array.from({ length: rows.length / outer }, (_, t) => largestOutput(rows.subarray(t * outer, (t + 1) * outer)));
}

/** Indices of the rows of a STORE with `best`. */
function indicesOf(rows: Int8Array): number[] {
  const view = new DataView(rows.buffer, rows.byteOffset, rows.byteLength);
  return Array.from({ length: rows.length / 2 }, (_, t) => view.getUint16(2 * t, true));
}
