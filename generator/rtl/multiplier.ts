import type { Params } from '../params/fields.js';
import type { Unit } from './render.js';

/** A registered product; its defaults are the widths of a small one, whoever uses it gives his own. */
export function multiplier(params: Params): Unit {
  return { name: 'multiplier', context: () => ({ aBits: 16, bBits: 16, outBits: 31, multiplierStages: params.timing.multiplierStages }) };
}
