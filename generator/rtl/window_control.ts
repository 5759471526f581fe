import type { Params } from '../params/fields.js';
import type { Unit } from './render.js';

/** Starts and ends loads and windows, well or by an error. */
export function windowControl(params: Params): Unit {
  return { name: 'window_control', context: () => ({ segments: params.batcher.segments, rowCrc: params.port.rowCrc === 1 }) };
}
