/** What one instruction left behind, for finding the first difference to the hardware. */
import { fieldsOf, type Operation } from '../operations/fields.js';
import { bestBytes } from '../operations/types.js';
import type { PlaneName, State } from './state.js';

export interface TraceTensor {
  readonly name: PlaneName | 'out';
  /** First feature of the plane. */
  readonly base: number;
  readonly width: number;
  readonly tokens: number;
  /** Token-major, tokens * width. */
  readonly data: Int8Array | Int16Array;
}

export interface TraceEvent {
  readonly request: number;
  /** Position in the program. */
  readonly index: number;
  readonly operation: Operation;
  readonly tensors: readonly TraceTensor[];
}

/** What the operation wrote, or `stored`, the rows that left the machine. */
export function traceTensors(state: State, operation: Operation, stored: Int8Array | undefined): TraceTensor[] {
  const { reads, writes } = fieldsOf(operation).accesses(operation);
  if (stored !== undefined) {
    // Indices of largest outputs are rows of their own bytes.
    const indices = 'best' in operation && operation.best;
    return reads.map(({ first, count }) => {
      const [base, width] = indices ? [0, bestBytes] : [first, count];
      return { name: 'out', base, width, tokens: stored.length / width, data: stored };
    });
  }
  return writes.map(({ buffer: name, first: base, count: width }) => {
    const plane = state[name];
    const data = name === 'R' ? new Int16Array(state.tokens * width) : new Int8Array(state.tokens * width);
    for (let t = 0; t < state.tokens; t++) {
      data.set(plane.data.subarray(t * plane.width + base, t * plane.width + base + width), t * width);
    }
    return { name, base, width, tokens: state.tokens, data };
  });
}
