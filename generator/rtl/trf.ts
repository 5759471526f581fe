import { derive } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import type { Unit } from './render.js';

/** The two-direction register file; its defaults are the values V of one slice. */
export function trf(params: Params): Unit {
  const { kind } = params.registerFile;
  return {
    name: 'trf',
    context: () => ({
      rows: derive(params).sliceTokens,
      cols: params.envelope.width,
      banks: Math.max(params.array.lanesPerSlice, params.array.columns),
      write: params.array.lanesPerSlice,
      dataBits: params.numerics.activationBits,
      grid: kind === 'grid',
      distributed: kind === 'async' ? 1 : 0,
    }),
  };
}
