/** One attention head, or the mean of V, to X, eq. 16-20. */
import { mostFeatures, type Instruction } from '../../contract/isa.js';
import { valueShift } from '../../contract/limits.js';
import { flag, requantOf } from '../codes.js';
import type { Fields, Operation } from '../fields.js';
import { features, type Requant } from '../types.js';

export interface AttendOperation {
  readonly op: 'ATTEND';
  readonly inner: number;
  readonly base: number;
  readonly causal: boolean;
  readonly uniform: boolean;
  /** Eq. 16; unused when uniform. */
  readonly score: Requant;
  /** The s of eq. 19. */
  readonly valueShift: number;
}

export const makeAttend = (fields: Omit<AttendOperation, 'op'>): AttendOperation => ({ op: 'ATTEND', ...fields });

export const isAttend = (operation: Operation | undefined): operation is AttendOperation => operation?.op === 'ATTEND';

export function attendFrom(instruction: Instruction): AttendOperation {
  const { inner, base, causal, uniform, s2 } = instruction;
  return makeAttend({ inner, base, causal: causal === 1, uniform: uniform === 1, score: requantOf(instruction), valueShift: s2 });
}

export const attendFields: Fields<AttendOperation> = {
  op: 'ATTEND',
  opcode: 6,
  instruction: ({ inner, base, causal, uniform, score: { m, s }, valueShift }) => ({
    inner,
    base,
    causal: flag(causal),
    uniform: flag(uniform),
    m,
    s,
    s2: valueShift,
  }),
  check({ inner, base, score, valueShift: shift }, checks) {
    checks.range('inner', inner, 1, mostFeatures);
    checks.place(base, inner);
    checks.requant('score', score);
    checks.range('valueShift', shift, valueShift.min, valueShift.max);
  },
  accesses({ inner, base, uniform }) {
    const read = uniform ? (['V'] as const) : (['Q', 'K', 'V'] as const);
    return { reads: read.map((buffer) => features(buffer, inner, base)), writes: [features('X', inner, base)] };
  },
};
