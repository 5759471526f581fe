import type { Params } from '../params/fields.js';
import type { Unit } from './render.js';

/** Staging of token rows in a memory of one direction. */
export function turnedStage(params: Params): Unit {
  const rowBytes = Math.max(params.envelope.width, params.envelope.hidden);
  return {
    name: 'turned_stage',
    context: () => ({
      lanes: params.array.lanesPerSlice,
      busBytes: params.port.busBytes,
      rowBytes,
      distributed: params.registerFile.kind === 'async' ? 1 : 0,
    }),
  };
}
