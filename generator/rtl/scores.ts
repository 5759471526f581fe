import { loadsAhead } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import type { Unit } from './render.js';

/** Score memory, masks and softmax. */
export function scores(params: Params): Unit {
  const { columns, slices, lanesPerSlice, passes } = params.array;
  return {
    name: 'scores',
    context: () => ({ columns, slices, sliceLanes: lanesPerSlice, passes, segments: params.batcher.segments, ahead: loadsAhead(params) }),
  };
}
