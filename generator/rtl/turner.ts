import type { Params } from '../params/fields.js';
import type { Unit } from './render.js';

/** Turns tiles of words; its defaults are the values of one slice. */
export function turner(params: Params): Unit {
  const { columns, lanesPerSlice } = params.array;
  return {
    name: 'turner',
    context: () => ({ words: columns, elements: Math.max(lanesPerSlice, columns), dataBits: params.numerics.activationBits }),
  };
}
