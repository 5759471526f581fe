import { normStages } from '../contract/latencies.js';
import { biasShiftMax, modelWidth } from '../contract/limits.js';
import { derive } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import type { Unit } from './render.js';

/** LayerNorm of all lanes. */
export function norm(params: Params): Unit {
  const { lanes, vectorLanes } = derive(params);
  return {
    name: 'norm',
    context: () => ({
      lanes,
      vectorLanes,
      passes: params.array.passes,
      ...params.numerics,
      ...params.timing,
      maxWidth: params.envelope.width,
      biasShiftMax,
      widthMin: modelWidth.min,
      widthMax: modelWidth.max,
      stages: normStages,
    }),
  };
}
