import type { Params } from '../params/fields.js';
import type { Unit } from './render.js';

/** Gives rows its work, the rows of the next window among it. */
export function loadAhead(params: Params): Unit {
  return { name: 'load_ahead', context: () => ({ segments: params.batcher.segments, rowCrc: params.port.rowCrc === 1 }) };
}
