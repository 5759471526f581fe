/** LayerNorm, RMSNorm or a plain copy of the residual stream R to X or H, eq. 11-15. */
import { fieldLargest, type Instruction } from '../../contract/isa.js';
import { normKinds, type NormKind } from '../../contract/codes.js';
import { modelWidth } from '../../contract/limits.js';
import { codeOfSource, flag } from '../codes.js';
import type { Fields, Operation } from '../fields.js';
import { sources, type Source } from '../../contract/codes.js';
import { features } from '../types.js';

/** digits << shift is added to var. */
export interface NormEpsilon {
  readonly digits: number;
  readonly shift: number;
}

/** Shapes: gamma, beta int8[inner]. */
export interface NormOperation {
  readonly op: 'NORM';
  readonly kind: NormKind;
  readonly destination: Source;
  readonly inner: number;
  readonly gamma: Int8Array;
  readonly beta: Int8Array;
  readonly biasShift: number;
  readonly shift: number;
  /** Shift of eq. 15, or undefined when R stays as it is. */
  readonly writeBackShift: number | undefined;
  readonly epsilon: NormEpsilon;
}

export const noEpsilon: NormEpsilon = { digits: 0, shift: 0 };

type Usual = 'kind' | 'destination' | 'epsilon';

export const makeNorm = (fields: Omit<NormOperation, 'op' | Usual> & Partial<Pick<NormOperation, Usual>>): NormOperation => ({
  op: 'NORM',
  kind: 'layer',
  destination: 'X',
  epsilon: noEpsilon,
  ...fields,
});

export const isNorm = (operation: Operation | undefined): operation is NormOperation => operation?.op === 'NORM';

export function normFrom(
  { inner, biasShift, s, s2, writeBack, matrix, dst, m, depth }: Instruction,
  weights: Pick<NormOperation, 'gamma' | 'beta'>,
): NormOperation {
  return makeNorm({
    // What stands for none becomes the first, whose code is another: the field is refused.
    kind: normKinds[matrix] ?? normKinds[0],
    destination: sources[dst] ?? sources[0],
    inner,
    ...weights,
    biasShift,
    shift: s,
    writeBackShift: writeBack === 1 ? s2 : undefined,
    epsilon: { digits: m, shift: depth },
  });
}

/** Most that may be added: var never exceeds it. */
export function epsilonLimit(inner: number): number {
  return inner ** 2 * 2 ** 30;
}

export const normFields: Fields<NormOperation> = {
  op: 'NORM',
  opcode: 2,
  instruction: ({ kind, destination, inner, biasShift, shift, writeBackShift, epsilon }) => ({
    dst: codeOfSource(destination),
    matrix: normKinds.indexOf(kind),
    inner,
    biasShift,
    s: shift,
    s2: writeBackShift ?? 0,
    writeBack: flag(writeBackShift !== undefined),
    m: epsilon.digits,
    depth: epsilon.shift,
  }),
  check({ kind, inner, gamma, beta, biasShift, shift, writeBackShift, epsilon }, checks) {
    checks.range('inner', inner, 1, modelWidth.max);
    checks.length('gamma', gamma.length, inner);
    checks.length('beta', beta.length, inner);
    checks.shift('shift', shift);
    if (writeBackShift !== undefined) checks.shift('writeBackShift', writeBackShift);
    checks.range('epsilon.digits', epsilon.digits, 0, kind === 'plain' ? 0 : fieldLargest('m'));
    checks.range('epsilon.shift', epsilon.shift, 0, kind === 'plain' ? 0 : 52);
    if (epsilon.digits * 2 ** epsilon.shift >= epsilonLimit(inner))
      checks.report('epsilon.shift', epsilon.shift, `${epsilon.digits} << ${epsilon.shift} must be below inner^2 * 2^30; make it smaller`);
    checks.accumulator(256, biasShift);
  },
  accesses({ inner, destination, writeBackShift }) {
    const out = features(destination, inner);
    return { reads: [features('R', inner)], writes: writeBackShift === undefined ? [out] : [out, features('R', inner)] };
  },
};
