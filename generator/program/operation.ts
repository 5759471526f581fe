/**
 * What the machine does for one window, with its weights: the list that the compressor makes, the image stores and
 * the golden model executes. One operation is one instruction of docs/isa.md.
 */

/** y = (v * m + 2^(s-1)) >> s, eq. 2. */
export interface Requant {
  readonly m: number;
  readonly s: number;
}

export type Destination = 'X' | 'H' | 'Q' | 'K' | 'V' | 'Rset' | 'Radd';
export type Source = 'X' | 'H';

/**
 * A shared matrix W_S as 4-bit codes.
 *
 * Shapes   codes uint8[inner * rank], code of feature f and rank i at f * rank + i; book int8[16]
 */
export interface CodebookMatrix {
  readonly inner: number;
  readonly rank: number;
  readonly codes: Uint8Array;
  readonly book: Int8Array;
}

interface Linear {
  readonly bias: Int8Array;
  readonly biasShift: number;
  readonly requant: Requant;
  readonly destination: Destination;
  /** First feature written at the destination. */
  readonly base: number;
  readonly activate: boolean;
  readonly outer: number;
}

export interface LoadOperation {
  readonly op: 'LOAD';
  readonly outer: number;
  readonly base: number;
  readonly destination: 'X' | 'Rset';
  readonly shift: number;
  readonly alsoX: boolean;
}

/** Shapes: gamma, beta int8[inner]. */
export interface NormOperation {
  readonly op: 'NORM';
  readonly inner: number;
  readonly gamma: Int8Array;
  readonly beta: Int8Array;
  readonly biasShift: number;
  readonly shift: number;
  /** Shift of eq. 15, or undefined when R stays as it is. */
  readonly writeBackShift: number | undefined;
}

export interface ProjectOperation {
  readonly op: 'PROJECT';
  readonly source: Source;
  readonly matrix: number;
  readonly inner: number;
  readonly outer: number;
  readonly requant: Requant;
}

/**
 * Shapes   rows int32[k * outer], values int8[k * outer]: step n of output j at n * outer + j
 * Contract rows[n, j] mod banks = (j mod banks + n) mod banks, banks = the columns that the model is encoded for;
 *          within one (j, bank) rows rise from step to step
 */
export interface ExpandOperation extends Linear {
  readonly op: 'EXPAND';
  readonly k: number;
  readonly rank: number;
  /** Width of an index code; 0 when `wide`. */
  readonly indexBits: number;
  /** Values and plain row numbers in 16-bit containers: the same numbers uncoded. */
  readonly wide: boolean;
  readonly rows: Int32Array;
  readonly values: Int8Array;
}

/** Shapes: weights int16[inner * outer], feature f and output j at f * outer + j; int8 numbers unless `wide`. */
export interface DenseOperation extends Linear {
  readonly op: 'DENSE';
  readonly source: Source;
  readonly inner: number;
  readonly weights: Int16Array;
  /** Weights lie in 16-bit containers (the same int8 numbers): the uncompressed baseline. */
  readonly wide: boolean;
}

export interface AttendOperation {
  readonly op: 'ATTEND';
  readonly inner: number;
  readonly base: number;
  readonly causal: boolean;
  readonly uniform: boolean;
  /** Eq. 16; unused when uniform. */
  readonly score: Requant;
  /** The s of eq. 19. */
  readonly valueShift: number;
}

export interface StoreOperation {
  readonly op: 'STORE';
  readonly source: Source;
  readonly outer: number;
  readonly base: number;
  readonly firstRow: boolean;
}

export type Operation =
  | LoadOperation
  | NormOperation
  | ProjectOperation
  | ExpandOperation
  | DenseOperation
  | AttendOperation
  | StoreOperation;

export interface PackedModel {
  readonly task: string;
  /** Banks (= columns C) that the supports are balanced for. */
  readonly banks: number;
  /** A of docs/numerics.md, 4 .. 8. */
  readonly activationBits: number;
  readonly matrices: readonly CodebookMatrix[];
  /** W_S lies in 16-bit containers of its numbers, not in codes; on the chip it is coded all the same. */
  readonly wideMatrices: boolean;
  /** Eq. 8; undefined when no operation activates. Shape int8[256]. */
  readonly table: Int8Array | undefined;
  readonly operations: readonly Operation[];
  /** Numbers of an input row that say its position, behind its features; 0 where the host adds positions. */
  readonly positionRows: number;
  /** Bytes of one input row (LOAD outer) and how the host makes them: int8 = round(x / inputScale). */
  readonly inputScale: number;
  readonly outputScale: number;
}
