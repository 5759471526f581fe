import { derive } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import type { Unit } from './render.js';

/** Cycles from a step to the first drain that sees it; templates/pe_array.v.hbs draws the pipeline. */
export const peArrayLatency = 3;

/** The multiply-accumulators with their double-buffered accumulators. */
export function peArray(params: Params): Unit {
  const { lanes, accBits } = derive(params);
  const { columns, slices, passes } = params.array;
  return { name: 'pe_array', context: () => ({ columns, lanes, slices, passes, accBits }) };
}
