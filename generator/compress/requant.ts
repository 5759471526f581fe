/** Integers for the scales of docs/numerics.md: multipliers and shifts, biases, norm parameters. */
import { fieldLargest } from '../contract/isa.js';
import { requantShift } from '../contract/limits.js';
import { UserError } from '../util/errors.js';
import { epsilonLimit, type NormEpsilon } from '../operations/norm/fields.js';
import type { Requant } from '../program/operation.js';
import { quantiseWith } from './values.js';

/** Largest m / 2^s. */
const mostFactor = fieldLargest('m') / 2 ** requantShift.min;

/**
 * m in 512 .. 1023 and s in the range of requantShift with m / 2^s nearest to the factor. Of a smaller factor m is less, down to 0:
 * sums have 32 bits, so that none changes a result by more than 2^-10 of a step.
 *
 * Errors   UserError that names the layer when the factor is larger than any m / 2^s
 */
export function requantFor(factor: number, layer = 'requantization'): Requant {
  if (!(factor > 0) || !(factor <= mostFactor))
    throw new UserError([
      `${layer}: scale = ${factor}: must be above 0 and at most ${mostFactor} steps of the result for one of the sum; calibrate on inputs that are like those in use, or train again`,
    ]);
  let s = 9 - Math.floor(Math.log2(factor));
  let m = Math.round(factor * 2 ** s);
  if (m > 1023) {
    m = 512;
    s -= 1;
  }
  const { min, max } = requantShift;
  if (s > max) return { m: Math.round(factor * 2 ** max), s: max };
  if (s < min) return { m: Math.round(factor * 2 ** min), s: min };
  return { m, s };
}

export interface ShiftedBytes {
  readonly bytes: Int8Array;
  readonly shift: number;
}

/** Bytes b with b << shift nearest to real / unit, the smallest shift that holds the largest value. */
export function shiftedBytes(real: Float32Array, unit: number, largestShift = 22): ShiftedBytes {
  const largest = real.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  let shift = 0;
  while (shift < largestShift && largest / (unit * 2 ** shift) > 127) shift++;
  return { bytes: quantiseWith(real, unit * 2 ** shift, 127), shift };
}

export interface NormIntegers {
  readonly gamma: Int8Array;
  readonly beta: Int8Array;
  readonly biasShift: number;
  readonly shift: number;
  /** Real value of one unit of a in eq. 14. */
  readonly unit: number;
}

/** Eq. 14: X = a >> shift, a in units of gammaScale / 2^10; gammaScale is chosen so that X has exactly this scale. */
export function normIntegers(gamma: Float32Array, beta: Float32Array, scale: number): NormIntegers {
  const largest = gamma.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
  const shift = Math.max(1, Math.min(30, Math.floor(10 + Math.log2((scale * 127) / largest))));
  const gammaScale = scale * 2 ** (10 - shift);
  const unit = gammaScale / 1024;
  const { bytes, shift: biasShift } = shiftedBytes(beta, unit);
  return { gamma: quantiseWith(gamma, gammaScale, 127), beta: bytes, biasShift, shift, unit };
}

export interface CopyIntegers {
  readonly gamma: number;
  readonly shift: number;
  /** Real value of one step of the copy, not below what was asked for. */
  readonly scale: number;
}

/** Eq. 14 of a copy without a norm: X = R * gamma >> shift. */
export function copyIntegers(residual: number, wanted: number): CopyIntegers {
  const factor = residual / wanted;
  const shift = Math.max(1, Math.min(30, Math.floor(Math.log2(127 / factor))));
  const gamma = Math.max(1, Math.min(127, Math.floor(factor * 2 ** shift)));
  return { gamma, shift, scale: (residual * 2 ** shift) / gamma };
}

/** Eq. 11: digits << shift, 11 bits, nearest to an epsilon in units of d^2 R^2. */
export function epsilonIntegers(epsilon: number | undefined, width: number, residual: number): NormEpsilon {
  const wanted = Math.min((epsilon ?? 0) * (width / residual) ** 2, epsilonLimit(width) / 2);
  const shift = Math.max(0, Math.ceil(Math.log2(Math.max(wanted, 1) / fieldLargest('m'))));
  return { digits: Math.round(wanted / 2 ** shift), shift };
}
