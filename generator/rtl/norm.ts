import { derive } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import { rsqrtTable } from '../contract/tables.js';
import { biasShiftMax } from './epilogue.js';
import type { Unit } from './render.js';

/** LayerNorm of all lanes. */
export function norm(params: Params): Unit {
  const { lanes } = derive(params);
  const rsqrt = Array.from(rsqrtTable, (g, u) => ({ u, g })).filter(({ g }) => g > 0);
  return {
    name: 'norm',
    context: () => ({
      lanes,
      passes: params.array.passes,
      ...params.numerics,
      ...params.timing,
      maxWidth: params.envelope.width,
      biasShiftMax,
      rsqrt,
    }),
  };
}
