import { loadsAhead } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import type { Unit } from './render.js';

/** Score memory, masks and softmax. */
export function scores(params: Params): Unit {
  const { columns, slices, lanesPerSlice, passes } = params.array;
  const { segments } = params.batcher;
  const staged = params.timing.extraStages > 0;
  return {
    name: 'scores',
    context: () => ({ columns, slices, sliceLanes: lanesPerSlice, passes, segments, staged, ahead: loadsAhead(params) }),
  };
}
