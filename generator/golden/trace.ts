/** What one instruction left behind, for finding the first difference to the hardware. */
import type { Operation } from '../program/operation.js';
import { planeOf, type PlaneName, type State } from './state.js';

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

export function traceTensors(state: State, operation: Operation, stored: Int8Array | undefined): TraceTensor[] {
  const from = (name: PlaneName, base: number, width: number): TraceTensor => {
    const plane = state[name];
    const data = name === 'R' ? new Int16Array(state.tokens * width) : new Int8Array(state.tokens * width);
    for (let t = 0; t < state.tokens; t++) {
      data.set(plane.data.subarray(t * plane.width + base, t * plane.width + base + width), t * width);
    }
    return { name, base, width, tokens: state.tokens, data };
  };
  switch (operation.op) {
    case 'LOAD': {
      const tensors = [from(planeOf(operation.destination), operation.base, operation.outer)];
      if (operation.alsoX) tensors.push(from('X', operation.base, operation.outer));
      return tensors;
    }
    case 'NORM': {
      const tensors = [from('X', 0, operation.inner)];
      if (operation.writeBackShift !== undefined) tensors.push(from('R', 0, operation.inner));
      return tensors;
    }
    case 'PROJECT':
      return [from('P', 0, operation.outer)];
    case 'EXPAND':
    case 'DENSE':
      return [from(planeOf(operation.destination), operation.base, operation.outer)];
    case 'ATTEND':
      return [from('X', operation.base, operation.inner)];
    case 'STORE': {
      const data = stored ?? new Int8Array(0);
      return [{ name: 'out', base: operation.base, width: operation.outer, tokens: data.length / operation.outer, data }];
    }
  }
}
