/**
 * Weights of few bits with a step of their own in every column, as the hardware has them: column j has the step
 * m_j * target / (input * 2^s), m_j a byte and s one for all.
 *
 * Bias   a byte in units of input * step << biasShift, the same shift for all columns: where a step is so small that the bias
 *        would not fit, the column takes a larger one; the shift is that of the least error
 */
import { requantShift } from '../contract/limits.js';
import { bestScale, quantiseWith } from './values.js';

export interface ColumnWeights {
  /** Shapes: weights [inner, outer] at f * outer + j, as the layer has them. */
  readonly weights: Int8Array;
  readonly bias: Int8Array;
  readonly biasShift: number;
  readonly multipliers: Uint8Array;
  /** s of eq. 2. */
  readonly shift: number;
  /** Real value of one step of each column's weights. */
  readonly steps: Float64Array;
  /** A column needs a larger step than multiplier and shift can have: its weights are saturated. */
  readonly saturated: boolean;
}

export interface ColumnTarget {
  /** Real value of one step of what is read, and of the results. */
  readonly input: number;
  readonly target: number;
  /** Largest weight. */
  readonly limit: number;
}

const largestMultiplier = 255;
const mostBiasShift = 22;
/** Magnitude of a usual input, in steps. */
const usualInput = 32;

interface Column {
  readonly values: Float64Array;
  readonly bias: number;
  readonly best: number;
}

export function quantiseColumns(
  weights: Float32Array | Float64Array,
  bias: Float32Array,
  { input, target, limit }: ColumnTarget,
): ColumnWeights {
  const outer = bias.length;
  const inner = weights.length / outer;
  const columns = Array.from({ length: outer }, (_, j): Column => {
    const values = Float64Array.from({ length: inner }, (_, f) => weights[f * outer + j]!);
    return { values, bias: bias[j]!, best: values.some((value) => value !== 0) ? bestScale(values, limit) : 0 };
  });
  const widest = Math.max(...columns.map(({ best }) => best)) || target / input;
  const shift = Math.max(
    requantShift.min,
    Math.min(requantShift.max, Math.floor(Math.log2((largestMultiplier * target) / (input * widest)))),
  );
  const unit = target / (input * 2 ** shift);
  const saturated = Math.round(widest / unit) > largestMultiplier;
  const chosen = columns.map(({ best }) => clampMultiplier(Math.round(best / unit)));
  const biasShift = leastBiasShift(columns, { chosen, unit, input });
  const multipliers = Uint8Array.from(columns, ({ bias: b }, j) => Math.max(chosen[j]!, leastMultiplier(b, biasShift, unit * input)));
  const steps = Float64Array.from(multipliers, (m) => m * unit);
  const out = new Int8Array(weights.length);
  columns.forEach(({ values }, j) => quantiseWith(values, steps[j]!, limit).forEach((code, f) => (out[f * outer + j] = code)));
  const biasCodes = Int8Array.from(columns, ({ bias: b }, j) => biasCode(b, steps[j]! * input * 2 ** biasShift));
  return { weights: out, bias: biasCodes, biasShift, multipliers, shift, steps, saturated };
}

const clampMultiplier = (m: number): number => Math.max(1, Math.min(largestMultiplier, m));

/** Least multiplier with which a bias fits into a byte. */
function leastMultiplier(bias: number, biasShift: number, unit: number): number {
  return clampMultiplier(Math.ceil(Math.abs(bias) / (127 * 2 ** biasShift * unit)));
}

function biasCode(bias: number, step: number): number {
  return Math.max(-127, Math.min(127, Math.round(bias / step)));
}

interface Choice {
  readonly chosen: readonly number[];
  readonly unit: number;
  readonly input: number;
}

/** Squared errors of results: of biases, and of weights whose steps had to grow. */
function leastBiasShift(columns: readonly Column[], { chosen, unit, input }: Choice): number {
  let best = 0;
  let least = Infinity;
  for (let biasShift = 0; biasShift <= mostBiasShift; biasShift++) {
    let error = 0;
    let grown = false;
    columns.forEach(({ values, bias }, j) => {
      const m = Math.max(chosen[j]!, leastMultiplier(bias, biasShift, unit * input));
      const step = m * unit;
      const biasStep = step * input * 2 ** biasShift;
      error += (bias - biasCode(bias, biasStep) * biasStep) ** 2;
      if (m === chosen[j]) return;
      grown = true;
      error += values.length * ((step ** 2 - (chosen[j]! * unit) ** 2) / 12) * (usualInput * input) ** 2;
    });
    if (error < least) {
      least = error;
      best = biasShift;
    }
    // From here on biases only get coarser.
    if (!grown) break;
  }
  return best;
}
