/** Tiles of C outputs in a section: multipliers and biases of their columns, and the unused columns of the last one. */
import { UserError } from '../util/errors.js';
import type { Instruction } from '../contract/isa.js';
import type { BitReader, BitWriter } from '../contract/bits.js';
import type { ColumnNumbers, Linear } from './linear.js';

export function writeColumns(out: BitWriter, { bias, multipliers }: ColumnNumbers, tile: number, columns: number): void {
  if (multipliers !== undefined) for (let c = 0; c < columns; c++) out.put(multipliers[tile + c] ?? 0, 8);
  for (let c = 0; c < columns; c++) out.put(bias[tile + c] ?? 0, 8);
}

/** Room for what `readColumns` reads tile by tile. */
export function columnsOf({ outer, perColumn }: Pick<Instruction, 'outer' | 'perColumn'>): ColumnNumbers {
  return { bias: new Int8Array(outer), ...(perColumn === 1 && { multipliers: new Uint8Array(outer) }) };
}

export function readColumns(from: BitReader, { bias, multipliers }: ColumnNumbers, tile: number, columns: number): void {
  const read = (to: Int8Array | Uint8Array, take: () => number): void => {
    for (let j = tile; j < tile + columns; j++) {
      const value = take();
      if (j < to.length) to[j] = value;
      else requireUnused(value);
    }
  };
  if (multipliers !== undefined) read(multipliers, () => from.take(8));
  read(bias, () => from.takeSigned(8));
}

/** Bytes of a section that say something of its columns. */
export function columnBytes({ outer, multipliers }: Pick<Linear, 'outer' | 'multipliers'>, columns: number): number {
  return paddedOutputs(outer, columns) * (multipliers === undefined ? 1 : 2);
}

export function requireUnused(value: number): void {
  if (value !== 0) throw new UserError(['region pass: an unused column of the last tile is not zero; regenerate the image']);
}

/** Outputs in whole tiles. */
export function paddedOutputs(outer: number, columns: number): number {
  return Math.ceil(outer / columns) * columns;
}
