import { epilogueStages } from '../contract/latencies.js';
import { derive } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import type { Unit } from './render.js';

/** Largest shift of a bias that equation 3 of docs/numerics.md allows: 2^(7 + 23) < 2^31. */
export const biasShiftMax = 23;

/** Bias, requantisation, activation table and residual. */
export function epilogue(params: Params): Unit {
  const { lanes, accBits } = derive(params);
  return {
    name: 'epilogue',
    context: () => ({ lanes, accBits, ...params.numerics, ...params.timing, tagBits: 16, biasShiftMax, stages: epilogueStages }),
  };
}
