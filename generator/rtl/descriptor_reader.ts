import { coveredBytes, descriptorBytes, descriptorFields } from '../contract/descriptor.js';
import { derive } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import { crcOf } from '../program/manifest.js';
import type { Unit } from './render.js';

/**
 * What the CRC register shows after bytes 0 .. 23 of a descriptor, their CRC, and the zeros that the unit puts behind
 * them: the same number for every descriptor, so zeros with their CRC find it.
 */
function residue(busBytes: number): number {
  const zerosBehind = busBytes < 8 ? 0 : Math.max(descriptorBytes, busBytes) - descriptorFields.crc.at;
  const bytes = new Uint8Array(coveredBytes + descriptorFields.crc.bytes + zerosBehind);
  new DataView(bytes.buffer).setUint32(coveredBytes, crcOf(bytes.subarray(0, coveredBytes)), true);
  return crcOf(bytes);
}

/** Fetches and checks the descriptors of the ring. */
export function descriptorReader(params: Params): Unit {
  const { busBytes, addressBits } = params.port;
  return {
    name: 'descriptor_reader',
    context: () => ({
      busBytes,
      addressBits,
      staged: params.timing.extraStages > 0,
      descriptorBytes,
      windowTokens: derive(params).windowTokens,
      residue: `32'h${residue(busBytes).toString(16)}`,
    }),
  };
}
