import { memoryLatency, peArrayLatency } from '../contract/latencies.js';
import type { Params } from '../params/fields.js';
import type { Unit } from './render.js';

/** The walk of a finished column tile. */
export function drain(params: Params): Unit {
  const { columns, passes } = params.array;
  // The walk itself begins one cycle after the last cycle of waiting.
  return { name: 'drain', context: () => ({ columns, passes, issueLatency: memoryLatency + peArrayLatency - 1 }) };
}
