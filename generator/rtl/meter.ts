import { derive } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import type { Unit } from './render.js';

/** What every cycle of a window was, for the counters. */
export function meter(params: Params): Unit {
  const { columns, slices, lanesPerSlice, passes } = params.array;
  return {
    name: 'meter',
    context: () => ({
      columns,
      slices,
      lanes: derive(params).lanes,
      sliceLanes: lanesPerSlice,
      passes,
      staged: params.timing.extraStages > 0,
    }),
  };
}
