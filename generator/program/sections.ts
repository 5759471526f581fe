/** The sections of the two regions, docs/stream.md: each is written and read by a pair of functions. */
import { UserError } from '../util/errors.js';
import type { BitReader, BitWriter } from './bits.js';
import { destinationOf, requantOf, sourceOf } from './instructions.js';
import type { Instruction } from '../contract/isa.js';
import type { CodebookMatrix, DenseOperation, ExpandOperation, NormOperation, Operation } from './operation.js';
import { indexCode } from './supports.js';

export function writeCodes(out: BitWriter, { inner, rank, codes, book }: CodebookMatrix, columns: number, wide: boolean): void {
  for (let tile = 0; tile < rank; tile += columns) {
    for (let f = 0; f < inner; f++) {
      for (let c = 0; c < columns; c++) {
        const code = codes[f * rank + tile + c]!;
        if (wide) out.put(book[code]!, 16);
        else out.put(code, 4);
      }
      out.align(1);
    }
  }
}

/** Of a number that stands several times in its book: the lowest code, as the hardware finds it. */
export function readCodes(from: BitReader, { inner, rank, book }: Omit<CodebookMatrix, 'codes'>, columns: number, wide: boolean): Uint8Array {
  const codes = new Uint8Array(inner * rank);
  for (let tile = 0; tile < rank; tile += columns) {
    for (let f = 0; f < inner; f++) {
      for (let c = 0; c < columns; c++) codes[f * rank + tile + c] = wide ? codeOf(from.takeSigned(16), book) : from.take(4);
      from.align(1);
    }
  }
  return codes;
}

function codeOf(value: number, book: Int8Array): number {
  const code = book.indexOf(value);
  if (code < 0) throw new UserError([`region cold: W_S holds ${value}, which is not in its codebook; regenerate the image`]);
  return code;
}

export function writeSection(out: BitWriter, operation: Operation, columns: number): void {
  if (operation.op === 'NORM') writeNorm(out, operation);
  if (operation.op === 'EXPAND') writeExpand(out, operation, columns);
  if (operation.op === 'DENSE') writeDense(out, operation, columns);
}

function writeNorm(out: BitWriter, { inner, gamma, beta }: NormOperation): void {
  for (let f = 0; f < inner; f++) {
    out.put(gamma[f]!, 8);
    out.put(beta[f]!, 8);
  }
}

function writeExpand(out: BitWriter, operation: ExpandOperation, columns: number): void {
  const { outer, bias, k, rows, values, indexBits, wide } = operation;
  for (let tile = 0; tile < outer; tile += columns) {
    for (let c = 0; c < columns; c++) out.put(bias[tile + c] ?? 0, 8);
    for (let n = 0; n < k; n++) {
      if (wide) {
        for (const containers of [values, rows]) {
          for (let j = tile; j < tile + columns; j++) out.put(j < outer ? containers[n * outer + j]! : 0, 16);
        }
        continue;
      }
      for (let j = tile; j < tile + columns; j++) {
        out.put(j < outer ? values[n * outer + j]! : 0, 6);
        out.put(j < outer ? indexCode(operation, n, j, columns) : 0, indexBits);
      }
    }
  }
}

function writeDense(out: BitWriter, { outer, inner, bias, weights, wide }: DenseOperation, columns: number): void {
  for (let tile = 0; tile < outer; tile += columns) {
    for (let c = 0; c < columns; c++) out.put(bias[tile + c] ?? 0, 8);
    for (let f = 0; f < inner; f++) {
      for (let j = tile; j < tile + columns; j++) out.put(j < outer ? weights[f * outer + j]! : 0, wide ? 16 : 8);
    }
  }
}

export function readNorm(from: BitReader, instruction: Instruction): NormOperation {
  const { inner, biasShift, s, s2, writeBack } = instruction;
  const gamma = new Int8Array(inner);
  const beta = new Int8Array(inner);
  for (let f = 0; f < inner; f++) {
    gamma[f] = from.takeSigned(8);
    beta[f] = from.takeSigned(8);
  }
  return { op: 'NORM', inner, gamma, beta, biasShift, shift: s, writeBackShift: writeBack === 1 ? s2 : undefined };
}

export function readExpand(from: BitReader, instruction: Instruction, columns: number): ExpandOperation {
  const { inner: k, outer, depth: rank, indexBits, base, biasShift } = instruction;
  const wide = instruction.wide === 1;
  const bias = new Int8Array(outer);
  const rows = new Int32Array(k * outer);
  const values = new Int8Array(k * outer);
  for (let tile = 0; tile < outer; tile += columns) {
    readBias(from, bias, tile, columns);
    for (let n = 0; n < k; n++) {
      if (wide) {
        readStep(from, values.subarray(n * outer, (n + 1) * outer), rows.subarray(n * outer, (n + 1) * outer), tile, columns);
        continue;
      }
      for (let j = tile; j < tile + columns; j++) {
        const value = from.takeSigned(6);
        const code = from.take(indexBits);
        if (j >= outer) {
          unused(value | code);
          continue;
        }
        const before = n < columns ? -1 : Math.floor(rows[(n - columns) * outer + j]! / columns);
        rows[n * outer + j] = (before + 1 + code) * columns + (((j % columns) + n) % columns);
        values[n * outer + j] = value;
      }
    }
  }
  return {
    op: 'EXPAND', k, rank, indexBits, wide, rows, values, bias, biasShift, requant: requantOf(instruction),
    destination: destinationOf(instruction), base, activate: instruction.activate === 1, outer,
  };
}

/** Values of all columns, then their rows. */
function readStep(from: BitReader, values: Int8Array, rows: Int32Array, tile: number, columns: number): void {
  for (let j = tile; j < tile + columns; j++) {
    const value = from.takeSigned(16);
    if (j >= values.length) unused(value);
    else if (value < -31 || value > 31) throw new UserError([`region pass: W_D holds ${value}, must be -31 .. 31; regenerate the image`]);
    else values[j] = value;
  }
  for (let j = tile; j < tile + columns; j++) {
    const row = from.take(16);
    if (j < rows.length) rows[j] = row;
    else unused(row);
  }
}

export function readDense(from: BitReader, instruction: Instruction, columns: number): DenseOperation {
  const { inner, outer, base, biasShift } = instruction;
  const bits = instruction.wide === 1 ? 16 : 8;
  const bias = new Int8Array(outer);
  const weights = new Int16Array(inner * outer);
  for (let tile = 0; tile < outer; tile += columns) {
    readBias(from, bias, tile, columns);
    for (let f = 0; f < inner; f++) {
      for (let j = tile; j < tile + columns; j++) {
        const weight = from.takeSigned(bits);
        if (j < outer) weights[f * outer + j] = weight;
        else unused(weight);
      }
    }
  }
  return {
    op: 'DENSE', source: sourceOf(instruction), inner, weights, wide: bits === 16, bias, biasShift,
    requant: requantOf(instruction), destination: destinationOf(instruction), base, activate: instruction.activate === 1, outer,
  };
}

function readBias(from: BitReader, bias: Int8Array, tile: number, columns: number): void {
  for (let j = tile; j < tile + columns; j++) {
    const value = from.takeSigned(8);
    if (j < bias.length) bias[j] = value;
    else unused(value);
  }
}

function unused(value: number): void {
  if (value !== 0) throw new UserError(['region pass: an unused column of the last tile is not zero; regenerate the image']);
}
