import { codeList, writeClients } from '../contract/codes.js';
import { outstandingWrites } from '../contract/latencies.js';
import type { Params } from '../params/fields.js';
import type { Unit } from './render.js';

/** What comes back with a response: of completions two bits and the tag of the request, of rows their segment. */
export const writeTagBits = 2 + 32;

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
      tagBits: writeTagBits,
    }),
  };
}
