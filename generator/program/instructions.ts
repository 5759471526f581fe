/** An operation's scalars as instruction fields; the fields that an operation does not use are zero. */
import { fieldsOf, type Operation } from '../operations/fields.js';
import type { Instruction } from '../contract/isa.js';

/** First word of each matrix in the on-chip store of W_S codes, C codes a word. */
export function codeBases(matrices: readonly { readonly inner: number; readonly rank: number }[], columns: number): number[] {
  let next = 0;
  return matrices.map(({ inner, rank }) => {
    const base = next;
    next += (rank / columns) * inner;
    return base;
  });
}

export function instructionOf(operation: Operation, bases: readonly number[]): Partial<Instruction> & { readonly op: number } {
  const fields = fieldsOf(operation);
  return { op: fields.opcode, ...fields.instruction(operation, bases) };
}
