import type { Params } from '../params/fields.js';
import type { Unit } from './render.js';

/** A shift in front of a saturation; its defaults are the widths of the epilogue's, whoever uses it gives his own. */
export function fitShift(params: Params): Unit {
  return { name: 'fit_shift', context: () => ({ inBits: 43, amountBits: 6, outBits: 18, extraStages: params.timing.extraStages }) };
}
