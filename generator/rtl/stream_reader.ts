import type { Params } from '../params/fields.js';
import type { Unit } from './render.js';

/** Prefetch of the pass region. */
export function streamReader(params: Params): Unit {
  const { busBytes, addressBits, burstBeats, prefetchBeats } = params.port;
  return { name: 'stream_reader', context: () => ({ busBytes, addressBits, burstBeats, prefetchBeats, wide: busBytes > 4 }) };
}
