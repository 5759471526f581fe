/** Product of X or H with a matrix of its own, eq. 6. */
import { mostFeatures, type Instruction } from '../../contract/isa.js';
import { codeOfSource, flag, sourceOf } from '../codes.js';
import type { Fields } from '../fields.js';
import { checkLinear, linearAccesses, linearFrom, linearInstruction, type Linear } from '../linear.js';
import type { Source } from '../../contract/codes.js';
import { features } from '../types.js';

/** Shapes: weights int16[inner * outer], feature f and output j at f * outer + j; int8 numbers unless `wide`. */
export interface DenseOperation extends Linear {
  readonly op: 'DENSE';
  readonly source: Source;
  readonly inner: number;
  readonly weights: Int16Array;
  /** Weights lie in 16-bit containers (the same int8 numbers): the uncompressed baseline. */
  readonly wide: boolean;
}

export const makeDense = (fields: Omit<DenseOperation, 'op'>): DenseOperation => ({ op: 'DENSE', ...fields });

export function denseFrom(
  instruction: Instruction,
  { weights, ...numbers }: Pick<DenseOperation, 'bias' | 'multipliers' | 'weights'>,
): DenseOperation {
  return makeDense({
    source: sourceOf(instruction),
    inner: instruction.inner,
    weights,
    wide: instruction.wide === 1,
    ...linearFrom(instruction, numbers),
  });
}

export const denseFields: Fields<DenseOperation> = {
  op: 'DENSE',
  opcode: 5,
  instruction: (operation) => ({
    ...linearInstruction(operation),
    src: codeOfSource(operation.source),
    inner: operation.inner,
    wide: flag(operation.wide),
  }),
  check(operation, checks) {
    const { source, inner, weights, destination, base, outer, biasShift } = operation;
    checkLinear(operation, checks);
    checks.range('inner', inner, 1, mostFeatures);
    checks.length('weights', weights.length, inner * outer);
    checks.accumulator(inner, biasShift);
    const wrong = weights.find((weight) => weight < -128 || weight > 127);
    if (wrong !== undefined) checks.report('weights', wrong, 'must be -128 .. 127');
    if (source === destination && outer > checks.columns && base < inner) {
      checks.report('base', base, `would overwrite features it still reads; base >= ${inner} or at most ${checks.columns} outputs`);
    }
  },
  accesses: (operation) => linearAccesses(features(operation.source, operation.inner), operation),
  sums: ({ inner, biasShift }) => ({ depth: inner, biasShift }),
  widen: (operation) => ({ ...operation, wide: true }),
  narrowest: (operation) => ({ ...operation, biasShift: 0 }),
};
