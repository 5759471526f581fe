import { codeList, readClients } from '../contract/codes.js';
import type { Params } from '../params/fields.js';
import type { Unit } from './render.js';

/** Read side of the memory port. */
export function axiRead(params: Params): Unit {
  const { busBytes, addressBits, burstBeats, outstandingReads } = params.port;
  return {
    name: 'axi_read',
    context: () => ({
      clients: readClients.length,
      clientList: codeList(readClients),
      busBytes,
      addressBits,
      burstBeats,
      outstandingReads,
    }),
  };
}
