/** Tiles of C outputs in a section: their biases, and the unused columns of the last one. */
import { UserError } from '../util/errors.js';
import type { BitReader, BitWriter } from '../program/bits.js';

export function writeBias(out: BitWriter, bias: Int8Array, tile: number, columns: number): void {
  for (let c = 0; c < columns; c++) out.put(bias[tile + c] ?? 0, 8);
}

export function readBias(from: BitReader, bias: Int8Array, tile: number, columns: number): void {
  for (let j = tile; j < tile + columns; j++) {
    const value = from.takeSigned(8);
    if (j < bias.length) bias[j] = value;
    else requireUnused(value);
  }
}

export function requireUnused(value: number): void {
  if (value !== 0) throw new UserError(['region pass: an unused column of the last tile is not zero; regenerate the image']);
}

/** Outputs in whole tiles. */
export function paddedOutputs(outer: number, columns: number): number {
  return Math.ceil(outer / columns) * columns;
}
