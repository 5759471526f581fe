import { issueLatency } from '../contract/latencies.js';
import type { Params } from '../params/fields.js';
import type { Unit } from './render.js';

/** The walk of a finished column tile. */
export function drain(params: Params): Unit {
  const { columns, passes } = params.array;
  return { name: 'drain', context: () => ({ columns, passes, issueLatency: issueLatency(params) }) };
}
