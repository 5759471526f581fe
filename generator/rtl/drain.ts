import type { Params } from '../params/fields.js';
import type { Unit } from './render.js';

/** Cycles between the issue of a step and the first cycle in which its sum may be drained, less one. */
const issueLatency = 3;

/** The walk of a finished column tile. */
export function drain(params: Params): Unit {
  const { columns, passes } = params.array;
  return { name: 'drain', context: () => ({ columns, passes, issueLatency }) };
}
