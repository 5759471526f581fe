import { bitRange } from '../contract/bits.js';
import { statusFields } from '../contract/descriptor.js';
import { loadsAhead } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import { writeTagBits } from './axi_write.js';
import type { Unit } from './render.js';

/** Serves the descriptor ring: queue, windows, completions. */
export function batcher(params: Params): Unit {
  const { slices, passes } = params.array;
  const { busBytes, addressBits } = params.port;
  return {
    name: 'batcher',
    context: () => ({
      slices,
      passes,
      segments: params.batcher.segments,
      busBytes,
      addressBits,
      ahead: loadsAhead(params),
      STATUS: { code: bitRange(statusFields.code), cause: bitRange(statusFields.cause), window: bitRange(statusFields.window) },
      tagBits: writeTagBits,
    }),
  };
}
