/** LayerNorm of the residual stream R to X, eq. 11-15. */
import type { Instruction } from '../../contract/isa.js';
import { flag } from '../codes.js';
import type { Fields, Operation } from '../fields.js';
import { features } from '../types.js';

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

export const makeNorm = (fields: Omit<NormOperation, 'op'>): NormOperation => ({ op: 'NORM', ...fields });

export const isNorm = (operation: Operation | undefined): operation is NormOperation => operation?.op === 'NORM';

export function normFrom(
  { inner, biasShift, s, s2, writeBack }: Instruction,
  weights: Pick<NormOperation, 'gamma' | 'beta'>,
): NormOperation {
  return makeNorm({ inner, ...weights, biasShift, shift: s, writeBackShift: writeBack === 1 ? s2 : undefined });
}

export const normFields: Fields<NormOperation> = {
  op: 'NORM',
  opcode: 2,
  instruction: ({ inner, biasShift, shift, writeBackShift }) => ({
    inner,
    biasShift,
    s: shift,
    s2: writeBackShift ?? 0,
    writeBack: flag(writeBackShift !== undefined),
  }),
  check({ inner, gamma, beta, biasShift, shift, writeBackShift }, checks) {
    checks.range('inner', inner, 1, 2048);
    checks.length('gamma', gamma.length, inner);
    checks.length('beta', beta.length, inner);
    checks.range('shift', shift, 1, 40);
    if (writeBackShift !== undefined) checks.range('writeBackShift', writeBackShift, 1, 40);
    checks.accumulator(256, biasShift);
  },
  accesses({ inner, writeBackShift }) {
    const x = features('X', inner);
    return { reads: [features('R', inner)], writes: writeBackShift === undefined ? [x] : [x, features('R', inner)] };
  },
};
