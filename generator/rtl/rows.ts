import { loadsAhead } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import { usesMacro } from './ram_1r1w.js';
import type { Unit } from './render.js';

/** Token rows to column words and back. */
export function rows(params: Params): Unit {
  const { slices, lanesPerSlice, passes } = params.array;
  const { busBytes, addressBits, rowCrc } = params.port;
  const rowBytes = Math.max(params.envelope.width, params.envelope.hidden);
  const turned = params.registerFile.directions === 1;
  const staged = params.timing.extraStages > 0;
  return {
    name: 'rows',
    context: () => ({
      slices,
      sliceLanes: lanesPerSlice,
      passes,
      segments: params.batcher.segments,
      busBytes,
      addressBits,
      rowBytes,
      turned,
      staged,
      // Words reach the staging file a cycle later; a turner counts them as they come.
      late: staged && !turned,
      ahead: loadsAhead(params),
      macro: usesMacro(params),
      rowCrc: rowCrc === 1,
      wide: busBytes > 4,
    }),
  };
}
