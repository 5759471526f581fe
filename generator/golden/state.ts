/** What the machine holds for one request between instructions, token-major. */
import { fieldsOf, type Operation } from '../operations/fields.js';
import type { Buffer } from '../operations/types.js';

export interface Plane<Data extends Int8Array | Int16Array> {
  readonly data: Data;
  readonly width: number;
}

export interface State {
  readonly tokens: number;
  /** A: every plane but R holds signed numbers of so many bits. */
  readonly activationBits: number;
  readonly X: Plane<Int8Array>;
  readonly H: Plane<Int8Array>;
  readonly Q: Plane<Int8Array>;
  readonly K: Plane<Int8Array>;
  readonly V: Plane<Int8Array>;
  readonly P: Plane<Int8Array>;
  readonly R: Plane<Int16Array>;
}

export type PlaneName = Buffer;
export type PlaneWidths = Record<PlaneName, number>;

/** Features of each plane that the operations touch. */
export function planeWidths(operations: readonly Operation[]): PlaneWidths {
  const widths: PlaneWidths = { X: 0, H: 0, Q: 0, K: 0, V: 0, P: 0, R: 0 };
  for (const operation of operations) {
    const { reads, writes } = fieldsOf(operation).accesses(operation);
    for (const { buffer, first, count } of [...reads, ...writes]) widths[buffer] = Math.max(widths[buffer], first + count);
  }
  return widths;
}

export function createState(tokens: number, widths: PlaneWidths, activationBits: number): State {
  const plane = (name: PlaneName): Plane<Int8Array> => ({ data: new Int8Array(tokens * widths[name]), width: widths[name] });
  return {
    tokens,
    activationBits,
    X: plane('X'),
    H: plane('H'),
    Q: plane('Q'),
    K: plane('K'),
    V: plane('V'),
    P: plane('P'),
    R: { data: new Int16Array(tokens * widths.R), width: widths.R },
  };
}
