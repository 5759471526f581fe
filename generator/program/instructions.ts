/** An operation's scalars as instruction fields; the fields that an operation does not use are zero. */
import { UserError } from '../util/errors.js';
import { destinations, opcodes, sources, type Instruction } from '../contract/isa.js';
import type { Destination, Operation, PackedModel, Requant, Source } from './operation.js';

type Fields = Partial<Instruction> & { readonly op: number };

/** First word of each matrix in the on-chip store of W_S codes, C codes a word. */
export function codeBases(matrices: readonly { readonly inner: number; readonly rank: number }[], columns: number): number[] {
  let next = 0;
  return matrices.map(({ inner, rank }) => {
    const base = next;
    next += (rank / columns) * inner;
    return base;
  });
}

/** The word behind the last operation: a program is for activations of one width. */
export function endOf({ activationBits }: Pick<PackedModel, 'activationBits'>): Fields {
  return { op: opcodes.END, narrow: 8 - activationBits };
}

const flag = (value: boolean): number => (value ? 1 : 0);
const dst = (destination: Destination): number => destinations.indexOf(destination);

export function instructionOf(operation: Operation, bases: readonly number[]): Fields {
  const op = opcodes[operation.op];
  switch (operation.op) {
    case 'LOAD': {
      const { outer, base, destination, shift, alsoX } = operation;
      return { op, outer, base, dst: dst(destination), s: shift, writeBack: flag(alsoX) };
    }
    case 'NORM': {
      const { inner, biasShift, shift, writeBackShift } = operation;
      return { op, inner, biasShift, s: shift, s2: writeBackShift ?? 0, writeBack: flag(writeBackShift !== undefined) };
    }
    case 'PROJECT': {
      const { source, matrix, inner, outer, requant } = operation;
      return { op, src: sources.indexOf(source), matrix, inner, outer, m: requant.m, s: requant.s, codeBase: bases[matrix] ?? 0 };
    }
    case 'EXPAND':
      return { op, ...linear(operation), inner: operation.k, depth: operation.rank, indexBits: operation.indexBits, wide: flag(operation.wide) };
    case 'DENSE': {
      const { source, inner, wide } = operation;
      return { op, ...linear(operation), src: sources.indexOf(source), inner, wide: flag(wide) };
    }
    case 'ATTEND': {
      const { inner, base, causal, uniform, score, valueShift } = operation;
      return { op, inner, base, causal: flag(causal), uniform: flag(uniform), m: score.m, s: score.s, s2: valueShift };
    }
    case 'STORE':
      return { op, src: sources.indexOf(operation.source), outer: operation.outer, base: operation.base, firstRow: flag(operation.firstRow) };
  }
}

function linear(operation: Extract<Operation, { op: 'EXPAND' | 'DENSE' }>): Partial<Instruction> {
  const { outer, base, activate, biasShift, requant, destination } = operation;
  return { outer, base, activate: flag(activate), biasShift, m: requant.m, s: requant.s, dst: dst(destination) };
}

export function destinationOf({ dst: code }: Instruction): Destination {
  const destination = destinations[code];
  if (destination === undefined) throw new UserError([`instruction.dst = ${code}: must be 0 .. ${destinations.length - 1}`]);
  return destination;
}

export function sourceOf({ src }: Instruction): Source {
  return src === 1 ? 'H' : 'X';
}

export function requantOf({ m, s }: Instruction): Requant {
  return { m, s };
}
