/** Section: of each tile multipliers and biases of its columns, then of every step the values with their index codes, or values and rows in 16 bits. */
import { widths } from '../../contract/widths.js';
import { UserError } from '../../util/errors.js';
import type { BitReader, BitWriter } from '../../contract/bits.js';
import type { Bytes } from '../bytes.js';
import { columnBytes, columnsOf, paddedOutputs, readColumns, requireUnused, writeColumns } from '../section-tiles.js';
import { expandFrom, type ExpandOperation } from './fields.js';
import { sparseLimit } from '../../contract/limits.js';
import { indexCode } from './supports.js';

type Stored = Pick<ExpandOperation, 'indexBits' | 'wide'>;
const valueBits = ({ wide }: Stored): number => (wide ? 16 : widths.VALUE.bits);
const rowBits = ({ wide, indexBits }: Stored): number => (wide ? 16 : indexBits);

export const expandBytes: Bytes<ExpandOperation> = {
  write(out, operation, columns) {
    const { outer, k, wide } = operation;
    for (let tile = 0; tile < outer; tile += columns) {
      writeColumns(out, operation, tile, columns);
      for (let n = 0; n < k; n++) {
        if (wide) writeWideStep(out, operation, n, tile, columns);
        else writeCodedStep(out, operation, n, tile, columns);
      }
    }
  },
  read(from, instruction, columns) {
    const { inner: k, outer, wide, indexBits } = instruction;
    const numbers = columnsOf(instruction);
    const rows = new Int32Array(k * outer);
    const values = new Int8Array(k * outer);
    for (let tile = 0; tile < outer; tile += columns) {
      readColumns(from, numbers, tile, columns);
      for (let n = 0; n < k; n++) {
        if (wide === 1)
          readWideStep(from, values.subarray(n * outer, (n + 1) * outer), rows.subarray(n * outer, (n + 1) * outer), tile, columns);
        else readCodedStep(from, { values, rows, outer, indexBits }, n, tile, columns);
      }
    }
    return expandFrom(instruction, { ...numbers, rows, values });
  },
  content(operation, columns) {
    const padded = paddedOutputs(operation.outer, columns);
    return columnBytes(operation, columns) + (padded * operation.k * (valueBits(operation) + rowBits(operation))) / 8;
  },
  classes(operation, columns) {
    const entries = paddedOutputs(operation.outer, columns) * operation.k;
    return {
      sparseIndices: Math.floor((entries * rowBits(operation)) / 8),
      sparseValues: Math.floor((entries * valueBits(operation)) / 8),
    };
  },
  baseline: ({ outer }, layers) => layers.add(layers.projected * outer, outer),
  weights(operation) {
    const slots = operation.k * operation.outer;
    return { slots, slotBits: slots * (valueBits(operation) + rowBits(operation)), others: operation.outer };
  },
};

function writeCodedStep(out: BitWriter, operation: ExpandOperation, n: number, tile: number, columns: number): void {
  const { outer, values, indexBits } = operation;
  for (let j = tile; j < tile + columns; j++) {
    out.put(j < outer ? values[n * outer + j]! : 0, widths.VALUE.bits);
    out.put(j < outer ? indexCode(operation, n, j, columns) : 0, indexBits);
  }
}

/** Values of all columns, then their rows. */
function writeWideStep(out: BitWriter, { outer, values, rows }: ExpandOperation, n: number, tile: number, columns: number): void {
  for (const containers of [values, rows]) {
    for (let j = tile; j < tile + columns; j++) out.put(j < outer ? containers[n * outer + j]! : 0, 16);
  }
}

function readCodedStep(
  from: BitReader,
  { values, rows, outer, indexBits }: Pick<ExpandOperation, 'values' | 'rows' | 'outer' | 'indexBits'>,
  n: number,
  tile: number,
  columns: number,
): void {
  for (let j = tile; j < tile + columns; j++) {
    const value = from.takeSigned(widths.VALUE.bits);
    const code = from.take(indexBits);
    if (j >= outer) {
      requireUnused(value | code);
      continue;
    }
    const before = n < columns ? -1 : Math.floor(rows[(n - columns) * outer + j]! / columns);
    rows[n * outer + j] = (before + 1 + code) * columns + (((j % columns) + n) % columns);
    values[n * outer + j] = value;
  }
}

function readWideStep(from: BitReader, values: Int8Array, rows: Int32Array, tile: number, columns: number): void {
  for (let j = tile; j < tile + columns; j++) {
    const value = from.takeSigned(16);
    if (j >= values.length) requireUnused(value);
    else if (Math.abs(value) > sparseLimit)
      throw new UserError([`region pass: W_D holds ${value}, must be ${-sparseLimit} .. ${sparseLimit}; regenerate the image`]);
    else values[j] = value;
  }
  for (let j = tile; j < tile + columns; j++) {
    const row = from.take(16);
    if (j < rows.length) rows[j] = row;
    else requireUnused(row);
  }
}
