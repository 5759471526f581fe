import type { Params } from '../params/fields.js';
import type { Unit } from './render.js';

/** Reads V for the turners of a one-direction register file. */
export function valueWalk(params: Params): Unit {
  const { columns, lanesPerSlice } = params.array;
  return {
    name: 'value_walk',
    context: () => ({ columns, banks: Math.max(lanesPerSlice, columns), ahead: params.registerFile.turn === 'ahead' ? 1 : 0 }),
  };
}
