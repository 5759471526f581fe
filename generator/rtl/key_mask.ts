import { loadsAhead } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import type { Unit } from './render.js';

/** Which lanes may look at a key. */
export function keyMask(params: Params): Unit {
  const { slices, lanesPerSlice, passes } = params.array;
  return {
    name: 'key_mask',
    context: () => ({ slices, sliceLanes: lanesPerSlice, passes, segments: params.batcher.segments, ahead: loadsAhead(params) }),
  };
}
