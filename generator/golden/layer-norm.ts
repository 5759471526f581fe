/**
 * LayerNorm, RMSNorm or a plain copy of the residual stream, eq. 11-15.
 *
 * Shapes    R int16[tokens * width], gamma and beta int8[inner] -> X or H (and, with write-back, R)
 * Formats   z is Q5.10; g is UQ1.11
 * Exact     d <= 2048: var < 2^53 and (d * R - S1) * g < 2^40, both inside a double
 */
import { rsqrtTable } from '../contract/tables.js';
import type { NormOperation } from '../operations/norm/fields.js';
import { bitLength, saturate16, satTo, shiftRound } from './requantize.js';
import type { State } from './state.js';

export function layerNorm(state: State, operation: NormOperation): void {
  const { kind, destination, inner, gamma, beta, shift, writeBackShift, epsilon } = operation;
  const unit = 2 ** operation.biasShift;
  const { R } = state;
  const out = state[destination];
  const saturate = satTo(state.activationBits);
  for (let t = 0; t < state.tokens; t++) {
    const row = t * R.width;
    let sum = 0;
    let squares = 0;
    for (let f = 0; f < inner; f++) {
      const value = R.data[row + f]!;
      if (kind === 'layer') sum += value;
      squares += value * value;
    }
    const variance = inner * squares - sum * sum + epsilon.digits * 2 ** epsilon.shift;
    const h = Math.ceil(bitLength(variance) / 2);
    const g = variance === 0 ? 0 : rsqrtTable[Math.floor(variance * 2 ** (9 - 2 * h))]!;
    for (let f = 0; f < inner; f++) {
      const value = R.data[row + f]!;
      const z = kind === 'plain' ? value : saturate16(shiftRound((inner * value - sum) * g, h + 1));
      const a = z * gamma[f]! + beta[f]! * unit;
      out.data[t * out.width + f] = saturate(shiftRound(a, shift));
      if (writeBackShift !== undefined) R.data[row + f] = saturate16(shiftRound(a, writeBackShift));
    }
  }
}
