/** A model as the image stores it: its operations with their weights, and what they share. */
import type { Operation } from '../operations/fields.js';

export type { Operation } from '../operations/fields.js';
export type { Destination, Source } from '../contract/codes.js';
export type { Requant } from '../operations/types.js';

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
