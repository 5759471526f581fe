import type { Params } from '../params/fields.js';
import type { Unit } from './render.js';

/** A queue of words; its defaults are the buffer of the weight stream. */
export function fifo(params: Params): Unit {
  const { busBytes, prefetchBeats } = params.port;
  const distributed = params.memory.kind === 'distributed' ? 1 : 0;
  return { name: 'fifo', context: () => ({ wordBits: 8 * busBytes, depth: prefetchBeats, distributed }) };
}
