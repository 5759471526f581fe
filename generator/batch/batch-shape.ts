import { derive } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import type { BatchShape } from './form-windows.js';

/** What the batcher of this hardware knows about windows. */
export function batchShapeOf(params: Params): BatchShape {
  return {
    slices: params.array.slices,
    sliceTokens: derive(params).sliceTokens,
    lookahead: params.batcher.lookahead,
    passOver: params.batcher.passOver,
    segments: params.batcher.segments,
  };
}
