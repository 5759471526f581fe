/** Words that the fields of several operations are made of. */
import type { Destination } from '../contract/codes.js';

/** y = (v * m + 2^(s-1)) >> s, eq. 2. */
export interface Requant {
  readonly m: number;
  readonly s: number;
}

/** What the machine holds of a window between instructions. */
export type Buffer = 'X' | 'H' | 'Q' | 'K' | 'V' | 'R' | 'P';

/** Features first .. first + count - 1 of every token. */
export interface Features {
  readonly buffer: Buffer;
  readonly first: number;
  readonly count: number;
}

/** docs/isa.md: what fits and what has been written follow from them. */
export interface Accesses {
  readonly reads: readonly Features[];
  readonly writes: readonly Features[];
}

/** Rows that cross the memory port: one per token, or the first token's of each request alone. */
export interface TokenRows {
  readonly trafficClass: 'activationsIn' | 'activationsOut';
  readonly bytes: number;
  readonly firstRow: boolean;
  /** The rows of a request lie side by side; else each begins at a beat. */
  readonly sideBySide: boolean;
}

/** Bytes of the index of the largest output. */
export const bestBytes = 2;

/** Neighbouring bytes in memory, each run padded to whole beats. */
export interface Runs {
  readonly runs: number;
  /** Bytes of one run, without its padding. */
  readonly bytes: number;
}

/** How the rows of a request of so many tokens lie in memory. */
export function runsOf({ bytes, firstRow, sideBySide }: Omit<TokenRows, 'trafficClass'>, tokens: number): Runs {
  const rows = firstRow ? 1 : tokens;
  return sideBySide ? { runs: 1, bytes: rows * bytes } : { runs: rows, bytes };
}

/** The longest sum that an operation makes, eq. 3. */
export interface Sums {
  readonly depth: number;
  readonly biasShift: number;
}

export function features(buffer: Buffer, count: number, first = 0): Features {
  return { buffer, first, count };
}

export function bufferOf(destination: Destination): Exclude<Buffer, 'P'> {
  return destination === 'Rset' || destination === 'Radd' ? 'R' : destination;
}
