/** Integers for the scales of docs/numerics.md: multipliers and shifts, biases, norm parameters. */
import { UserError } from '../util/errors.js';
import type { Requant } from '../program/operation.js';
import { quantiseWith } from './values.js';

/** m in 512 .. 1023 and s in 1 .. 40 with m / 2^s nearest to the factor. */
export function requantFor(factor: number): Requant {
  if (!(factor > 0) || !Number.isFinite(factor)) throw new UserError([`scale = ${factor}: must be positive and finite`]);
  let s = 9 - Math.floor(Math.log2(factor));
  let m = Math.round(factor * 2 ** s);
  if (m > 1023) {
    m = 512;
    s -= 1;
  }
  if (s > 40) return { m: Math.round(factor * 2 ** 40), s: 40 };
  if (s < 1) return { m: Math.min(2047, Math.round(factor * 2)), s: 1 };
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
