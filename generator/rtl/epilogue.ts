import { derive } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import type { Unit } from './render.js';

/** Cycles from in_valid_i to out_valid_o, and from in_valid_i to the cycle in which residual_i is taken. */
export const epilogueLatency = 5;
export const epilogueResidualStage = 3;

/** Largest shift of a bias; generator/params/derived.ts reserves accumulator bits for the same one. */
export const biasShiftMax = 16;

/** Bias, requantisation, activation table and residual. */
export function epilogue(params: Params): Unit {
  const { lanes, accBits } = derive(params);
  return { name: 'epilogue', context: () => ({ lanes, accBits, tagBits: 16, biasShiftMax }) };
}
