import { derive } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import type { Unit } from './render.js';

/** The multiply-accumulators with their double-buffered accumulators. */
export function peArray(params: Params): Unit {
  const { lanes, accBits } = derive(params);
  const { columns, slices, passes, pairedColumns } = params.array;
  return { name: 'pe_array', context: () => ({ columns, lanes, slices, passes, accBits, pairedColumns }) };
}
