/** Features of each buffer that an operation reads and writes, docs/isa.md: what fits and what has been written follow from them. */
import type { Destination, Operation } from './operation.js';

export type Buffer = 'X' | 'H' | 'Q' | 'K' | 'V' | 'R' | 'P';

/** Features first .. first + count - 1 of every token. */
export interface Features {
  readonly buffer: Buffer;
  readonly first: number;
  readonly count: number;
}

export interface Accesses {
  readonly reads: readonly Features[];
  readonly writes: readonly Features[];
}

function features(buffer: Buffer, count: number, first = 0): Features {
  return { buffer, first, count };
}

function bufferOf(destination: Destination): Buffer {
  return destination === 'Rset' || destination === 'Radd' ? 'R' : destination;
}

export function accessesOf(operation: Operation): Accesses {
  switch (operation.op) {
    case 'LOAD': {
      const { outer, base, destination, alsoX } = operation;
      const to = features(bufferOf(destination), outer, base);
      return { reads: [], writes: alsoX ? [to, features('X', outer, base)] : [to] };
    }
    case 'NORM': {
      const { inner, writeBackShift } = operation;
      const x = features('X', inner);
      return { reads: [features('R', inner)], writes: writeBackShift === undefined ? [x] : [x, features('R', inner)] };
    }
    case 'PROJECT':
      return { reads: [features(operation.source, operation.inner)], writes: [features('P', operation.outer)] };
    case 'EXPAND':
    case 'DENSE': {
      const { destination, outer, base } = operation;
      const from = operation.op === 'EXPAND' ? features('P', operation.rank) : features(operation.source, operation.inner);
      const to = features(bufferOf(destination), outer, base);
      return { reads: destination === 'Radd' ? [from, to] : [from], writes: [to] };
    }
    case 'ATTEND': {
      const { inner, base, uniform } = operation;
      const read = uniform ? ['V'] as const : ['Q', 'K', 'V'] as const;
      return { reads: read.map((buffer) => features(buffer, inner, base)), writes: [features('X', inner, base)] };
    }
    case 'STORE':
      return { reads: [features(operation.source, operation.outer, operation.base)], writes: [] };
  }
}
