import type { Params } from '../params/fields.js';
import type { Unit } from './render.js';

/** 0x04C11DB7 with its bits turned around. */
const polynomial = 0xedb88320;

/**
 * Bits of a beat (its first 32 already joined with the register) whose parity each bit of the CRC is.
 * Row n of the register holds the set of bits that its bit n is the parity of; one step takes in bit `at` of the beat.
 */
function paritySets(busBits: number): bigint[] {
  let register = Array.from({ length: 32 }, () => 0n);
  for (let at = 0; at < busBits; at++) {
    const out = (register[0] ?? 0n) ^ (1n << BigInt(at));
    register = register.map((_, n) => (register[n + 1] ?? 0n) ^ ((polynomial >>> n) & 1 ? out : 0n));
  }
  return register;
}

/** CRC-32 of sequences of beats; instances say of how many. */
export function crc32(params: Params): Unit {
  const busBits = 8 * params.port.busBytes;
  const bits = paritySets(busBits).map((set, bit) => ({ bit, mask: `${busBits}'h${set.toString(16)}` }));
  return { name: 'crc32', context: () => ({ busBits, high: busBits - 1, clients: 1, wide: busBits > 32, bits }) };
}
