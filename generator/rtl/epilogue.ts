import { epilogueStages } from '../contract/latencies.js';
import { biasShiftMax } from '../contract/limits.js';
import { derive } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import type { Unit } from './render.js';

/** Bias, requantisation, activation table and residual. */
export function epilogue(params: Params): Unit {
  const { lanes, accBits } = derive(params);
  return {
    name: 'epilogue',
    context: () => ({ lanes, accBits, ...params.numerics, ...params.timing, tagBits: 16, biasShiftMax, stages: epilogueStages }),
  };
}
