/**
 * Destinations of the results of a linear layer, eq. 7-9, and the biases they start from.
 *
 * Shapes    acc int32[tokens * outer] -> columns base .. base + outer of the destination
 * Rounding  once, half up, then one saturation (requantize.ts)
 */
import type { Linear } from '../operations/linear.js';
import type { Destination } from '../contract/codes.js';
import type { Requant } from '../operations/types.js';
import { requantize, saturate16, saturate8, satTo } from './requantize.js';
import type { State } from './state.js';

export interface Epilogue {
  readonly destination: Destination;
  readonly base: number;
  readonly outer: number;
  readonly requant: Requant;
  readonly multipliers?: Uint8Array | undefined;
  readonly table: Int8Array | undefined;
}

/** int32[tokens * outer], each row bias << biasShift. */
export function startFromBias(tokens: number, bias: Int8Array, biasShift: number): Int32Array {
  const acc = new Int32Array(tokens * bias.length);
  const row = Int32Array.from(bias, (b) => b * 2 ** biasShift);
  for (let t = 0; t < tokens; t++) acc.set(row, t * bias.length);
  return acc;
}

/** A layer whose sums are biases and what `addProducts` adds to them. */
export function linear(state: State, layer: Linear, table: Int8Array | undefined, addProducts: (acc: Int32Array) => void): void {
  const acc = startFromBias(state.tokens, layer.bias, layer.biasShift);
  addProducts(acc);
  writeBack(state, acc, { ...layer, table: layer.activate ? table : undefined });
}

export function writeBack(state: State, acc: Int32Array, epilogue: Epilogue): void {
  const {
    destination,
    base,
    outer,
    requant: { m: common, s },
    multipliers,
    table,
  } = epilogue;
  const m = multipliers ?? new Uint16Array(outer).fill(common);
  if (destination === 'Rset' || destination === 'Radd') {
    const { data, width } = state.R;
    for (let t = 0; t < state.tokens; t++) {
      for (let j = 0; j < outer; j++) {
        const at = t * width + base + j;
        const before = destination === 'Radd' ? data[at]! : 0;
        data[at] = saturate16(before + requantize(acc[t * outer + j]!, m[j]!, s));
      }
    }
    return;
  }
  const { data, width } = state[destination];
  const saturate = satTo(state.activationBits);
  for (let t = 0; t < state.tokens; t++) {
    for (let j = 0; j < outer; j++) {
      const y = requantize(acc[t * outer + j]!, m[j]!, s);
      data[t * width + base + j] = saturate(table === undefined ? y : table[saturate8(y) + 128]!);
    }
  }
}
