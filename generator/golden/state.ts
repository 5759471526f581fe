/** What the machine holds for one request between instructions, token-major. */
import type { Operation } from '../program/operation.js';

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

export type PlaneName = 'X' | 'H' | 'Q' | 'K' | 'V' | 'P' | 'R';
export type PlaneWidths = Record<PlaneName, number>;

/** Features of each plane that the operations touch. */
export function planeWidths(operations: readonly Operation[]): PlaneWidths {
  const widths: PlaneWidths = { X: 0, H: 0, Q: 0, K: 0, V: 0, P: 0, R: 0 };
  const touch = (name: PlaneName, width: number): void => {
    widths[name] = Math.max(widths[name], width);
  };
  for (const operation of operations) {
    switch (operation.op) {
      case 'LOAD':
        if (operation.destination === 'Rset') touch('R', operation.base + operation.outer);
        if (operation.destination === 'X' || operation.alsoX) touch('X', operation.base + operation.outer);
        break;
      case 'NORM':
        touch('R', operation.inner);
        touch('X', operation.inner);
        break;
      case 'PROJECT':
        touch(operation.source, operation.inner);
        touch('P', operation.outer);
        break;
      case 'EXPAND':
      case 'DENSE':
        if (operation.op === 'EXPAND') touch('P', operation.rank);
        else touch(operation.source, operation.inner);
        touch(planeOf(operation.destination), operation.base + operation.outer);
        break;
      case 'ATTEND':
        for (const name of ['Q', 'K', 'V', 'X'] as const) {
          if (!operation.uniform || name === 'V' || name === 'X') touch(name, operation.base + operation.inner);
        }
        break;
      case 'STORE':
        touch(operation.source, operation.base + operation.outer);
    }
  }
  return widths;
}

export function planeOf(destination: 'X' | 'H' | 'Q' | 'K' | 'V' | 'Rset' | 'Radd'): Exclude<PlaneName, 'P'> {
  return destination === 'Rset' || destination === 'Radd' ? 'R' : destination;
}

export function createState(tokens: number, widths: PlaneWidths, activationBits: number): State {
  const plane = (name: PlaneName): Plane<Int8Array> => ({ data: new Int8Array(tokens * widths[name]), width: widths[name] });
  return {
    tokens, activationBits,
    X: plane('X'), H: plane('H'), Q: plane('Q'), K: plane('K'), V: plane('V'), P: plane('P'),
    R: { data: new Int16Array(tokens * widths.R), width: widths.R },
  };
}
