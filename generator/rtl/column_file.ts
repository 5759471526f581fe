import { derive } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import type { Unit } from './render.js';

/** The one-direction register file; its defaults are the values V of one slice. */
export function columnFile(params: Params): Unit {
  const { columns, lanesPerSlice } = params.array;
  const banks = Math.max(lanesPerSlice, columns);
  return {
    name: 'column_file',
    context: () => ({
      rows: derive(params).sliceTokens,
      cols: params.envelope.width,
      banks,
      write: lanesPerSlice,
      read: banks,
      dataBits: params.numerics.activationBits,
      distributed: params.registerFile.kind === 'async' ? 1 : 0,
    }),
  };
}
