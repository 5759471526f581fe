/** Words that the fields of several operations are made of. */

/** y = (v * m + 2^(s-1)) >> s, eq. 2. */
export interface Requant {
  readonly m: number;
  readonly s: number;
}

/** In the order of their codes in an instruction. */
export const destinations = ['X', 'H', 'Q', 'K', 'V', 'Rset', 'Radd'] as const;
export const sources = ['X', 'H'] as const;
export type Destination = (typeof destinations)[number];
export type Source = (typeof sources)[number];

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
