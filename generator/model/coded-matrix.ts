/** A shared matrix W_S in codes of its book, with the scale that makes real weights of it. */
import type { CodebookMatrix } from '../program/operation.js';
import { matrix, type Matrix } from './matrix.js';

export interface CodedMatrix extends CodebookMatrix {
  readonly scale: number;
}

/** Real weights: scale * book[code]. */
export function decodeMatrix({ inner, rank, codes, book, scale }: CodedMatrix): Matrix {
  return matrix(
    inner,
    rank,
    Float64Array.from(codes, (code) => book[code]! * scale),
  );
}
