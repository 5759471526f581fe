import { passOver as passOverRange } from '../contract/limits.js';
import { loadsAhead } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import type { Unit } from './render.js';

/** The look-ahead queue and the walk that fills a window. */
export function windowFormer(params: Params): Unit {
  const { slices, lanesPerSlice, passes } = params.array;
  const { lookahead, segments, passOver } = params.batcher;
  return {
    name: 'window_former',
    context: () => ({
      slices,
      sliceLanes: lanesPerSlice,
      passes,
      addressBits: params.port.addressBits,
      lookahead,
      segments,
      passOver,
      passOverMin: passOverRange.min,
      passOverMax: passOverRange.max,
      ahead: loadsAhead(params),
      staged: params.timing.extraStages > 0,
    }),
  };
}
