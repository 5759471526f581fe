import { derive } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import type { Unit } from './render.js';

/** Fetches and checks the descriptors of the ring. */
export function descriptorReader(params: Params): Unit {
  const { busBytes, addressBits } = params.port;
  return { name: 'descriptor_reader', context: () => ({ busBytes, addressBits, windowTokens: derive(params).windowTokens }) };
}
