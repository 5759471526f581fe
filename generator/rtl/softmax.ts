import { softmaxCycles, softmaxStages } from '../contract/latencies.js';
import { mostKeys } from '../contract/widths.js';
import { derive } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import { expTable } from '../contract/tables.js';
import type { Unit } from './render.js';

/** Equations 17, 18 and 20 on the score memory; keys are numbered slice by slice, each in whole tiles. */
export function softmax(params: Params): Unit {
  const { lanes, sliceTokens } = derive(params);
  const { slices, columns, passes } = params.array;
  return {
    name: 'softmax',
    context: () => ({
      lanes,
      passes,
      maxKeys: slices * Math.ceil(sliceTokens / columns) * columns,
      mostKeys,
      staged: params.timing.extraStages > 0,
      stages: softmaxStages,
      overhead: softmaxCycles.walk + softmaxCycles.solve,
      exp: Array.from(expTable, (e, q) => ({ q, e: e >> 7 })),
    }),
  };
}
