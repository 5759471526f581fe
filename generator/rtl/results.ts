import { epilogueResidualStage, resultsDepth } from '../contract/latencies.js';
import { biasShiftMax } from '../contract/limits.js';
import { derive } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import type { Unit } from './render.js';

/** Path from the array through the epilogue to a destination. */
export function results(params: Params): Unit {
  const { lanes, accBits } = derive(params);
  const { columns, passes } = params.array;
  return {
    name: 'results',
    context: () => ({
      columns,
      lanes,
      passes,
      accBits,
      ...params.numerics,
      biasShiftMax,
      // The accumulator comes a cycle after its drain, the memory answers a cycle after it is asked: both take the same.
      residualDelay: epilogueResidualStage(params),
      pipeDepth: resultsDepth(params),
    }),
  };
}
