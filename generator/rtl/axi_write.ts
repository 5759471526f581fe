import { codeList, writeClients } from '../contract/codes.js';
import { outstandingWrites } from '../contract/latencies.js';
import { derive } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import type { Unit } from './render.js';

/** Write side of the memory port. */
export function axiWrite(params: Params): Unit {
  const { busBytes, addressBits, burstBeats } = params.port;
  return {
    name: 'axi_write',
    context: () => ({
      clients: writeClients.length,
      clientList: codeList(writeClients),
      busBytes,
      addressBits,
      burstBeats,
      outstandingWrites,
      tagBits: derive(params).segmentBits,
    }),
  };
}
