/**
 * Logic of a configuration in two-input NAND gates, estimated from its structure; memories are counted in bits elsewhere.
 *
 *   gates = fixed + lanes * lane + multipliers * pe + gather * C * A * L * log2 C + file * S * 4A * max(N, C) * log2 max(N, C)
 *           + bus * 8B + decoder * (16C + 8B) + with two window buffers: ahead + aheadBit * S * (63 + 2a) + aheadLane * L + pair * P * L / 2
 *
 * C columns, S slices, N lanes a slice, L = S * N, B bytes of the port, a bits of an address, A bits of a stored activation, P paired columns. Fitted to every unit of the presets tiny and small,
 * synthesised by yosys 0.23 with the cells of osu018 and with every memory as a black box; docs/sweep.md has the comparison.
 */
import { derive, loadsAhead } from '../../params/derived.js';
import type { Params } from '../../params/fields.js';

const gates = {
  /** Registers, counters, batcher, sequencer, the solvers of norm and softmax, the fixed part of every other unit. */
  fixed: 71_994,
  /** Epilogue 6,863, norm 13,054, softmax 946, meter 149. */
  lane: 21_012,
  /** A multiplier of two int8 numbers, its operands and its adder. */
  pe: 1_340,
  /** Rotator of P, for each bit of each of its stages. */
  gather: 2.2,
  /** K and V: rotators on both sides of two register files. */
  file: 7.45,
  /** Rows, streams and the two halves of the port, for each bit. */
  bus: 170,
  /** Section decoder. */
  decoder: 28.3,
  /** Two products in one multiplier of 25 x 8 bits, beside what two multipliers take; fitted to small with 4 and 8 paired columns. */
  pair: 330,
  /** A second window: who loads it, its row of the window table for each bit and slice, two sides of X and R for each lane; fitted to tiny. */
  ahead: 930,
  aheadBit: 8.4,
  aheadLane: 90,
} as const;

/** Gates of each part, not rounded; they sum to the estimate. */
export function areaParts(params: Params): Readonly<Record<string, number>> {
  const { columns, slices, lanesPerSlice, pairedColumns } = params.array;
  const { lanes, multipliers, wordBits } = derive(params);
  const { busBytes, addressBits } = params.port;
  const busBits = 8 * busBytes;
  const ahead = loadsAhead(params) ? gates.ahead + gates.aheadBit * slices * (63 + 2 * addressBits) + gates.aheadLane * lanes : 0;
  const side = Math.max(lanesPerSlice, columns);
  return {
    'control: registers, batcher, sequencer, fixed parts of all units': gates.fixed,
    'lanes: epilogue, norm, softmax': gates.lane * lanes,
    'array: multipliers with their adders': gates.pe * multipliers + (gates.pair * pairedColumns * lanes) / 2,
    'rotators of P': gates.gather * columns * wordBits * Math.log2(columns),
    'rotators of K and V': gates.file * slices * 4 * params.numerics.activationBits * side * Math.log2(side),
    'port: rows and streams': gates.bus * busBits,
    'section decoder': gates.decoder * (16 * columns + busBits),
    ...(ahead > 0 && { 'second window': ahead }),
  };
}

export function logicGates(params: Params): number {
  return Math.round(Object.values(areaParts(params)).reduce((sum, part) => sum + part, 0));
}
