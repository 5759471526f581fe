import type { Params } from '../params/fields.js';
import type { Unit } from './render.js';

/** Keys and values of every slice. */
export function keyValue(params: Params): Unit {
  const { columns, slices, lanesPerSlice, passes } = params.array;
  const { kind, directions } = params.registerFile;
  const staged = params.timing.extraStages > 0;
  return {
    name: 'key_value',
    context: () => ({
      columns,
      slices,
      sliceLanes: lanesPerSlice,
      passes,
      width: params.envelope.width,
      ...params.numerics,
      turned: directions === 1,
      staged,
      fileStaged: staged && directions === 2,
      grid: kind === 'grid',
    }),
  };
}
