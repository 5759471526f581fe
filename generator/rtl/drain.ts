import type { Params } from '../params/fields.js';
import { peArrayLatency } from './pe_array.js';
import type { Unit } from './render.js';

/** A step reaches the array one cycle after its issue, when the memories have answered. */
const memoryLatency = 1;

/** The walk of a finished column tile. */
export function drain(params: Params): Unit {
  const { columns, passes } = params.array;
  // The walk itself begins one cycle after the last cycle of waiting.
  return { name: 'drain', context: () => ({ columns, passes, issueLatency: memoryLatency + peArrayLatency - 1 }) };
}
