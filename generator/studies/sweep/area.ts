/**
 * Logic of a configuration in two-input NAND gates, estimated from its structure; memories are counted in bits elsewhere.
 *
 *   gates = fixed + address * log2 W + lane * L + datapath * D + column * C + pe * M + pair * P * L / 2
 *           + gather * C * A * L * log2 C + file * S * 4A * max(N, C) * log2 max(N, C)
 *           + mask * T * log2 G + bus * 8B
 *           + with two window buffers: ahead + aheadBit * S * (63 + 2a) + aheadLane * L
 *
 * C columns, S slices, N lanes a slice, L = S * N, M = C * L multipliers, P paired columns, D datapaths of norms, T tokens and G segments of a
 * window, W the widest model, B bytes of the port, a bits of an address, A bits of a stored activation. Fitted to five configurations that
 * yosys 0.23 has synthesised with the cells of osu018 and every memory as a black box (`npm run synth:reference`), and held against another:
 * tests/studies/sweep/area.test.ts, docs/sweep.md. What is not in it (extra stages, kinds and directions of register files, a queue's length)
 * moves it by a few percent.
 */
import { derive, loadsAhead } from '../../params/derived.js';
import type { Params } from '../../params/fields.js';

const gates = {
  /** Registers, counters, batcher, sequencer, the solvers of norm and softmax, the fixed part of every other unit. */
  fixed: 53_970,
  /** Counters and sums, for each bit of the width of a model. */
  address: 2_736,
  /** Epilogue 5,460, values and sums of a norm 3,600, softmax, scores and activations 900. */
  lane: 9_960,
  /** Datapath of a norm: three multipliers and its adders. */
  datapath: 6_390,
  /** Results 390, section decoder 290, codebooks 250. */
  column: 930,
  /** Multiplier of two int8 numbers, its operands and its adder. */
  pe: 1_217,
  /** Rotator of P, for each bit of each of its stages. */
  gather: 2.5,
  /** K and V: rotators on both sides of two register files. */
  file: 1.45,
  /** Whose keys a token may look at, for each bit of a segment's number. */
  mask: 19.4,
  /** Rows, streams, section decoder and the two halves of the port, for each bit. */
  bus: 103.8,
  /** Two products in one multiplier of 25 x 8 bits, beside what two multipliers take. */
  pair: 400,
  /** A second window: who loads it, its row of the window table for each bit and slice, two sides of X and R for each lane. */
  ahead: 930,
  aheadBit: 5.6,
  aheadLane: 90,
} as const;

/** Gates of each part, not rounded; they sum to the estimate. */
export function areaParts(params: Params): Readonly<Record<string, number>> {
  const { columns, slices, lanesPerSlice, pairedColumns } = params.array;
  const { lanes, vectorLanes, multipliers, wordBits, windowTokens, segmentBits } = derive(params);
  const { busBytes, addressBits } = params.port;
  const side = Math.max(lanesPerSlice, columns);
  const ahead = loadsAhead(params) ? gates.ahead + gates.aheadBit * slices * (63 + 2 * addressBits) + gates.aheadLane * lanes : 0;
  return {
    'control: registers, batcher, sequencer, fixed parts of all units':
      gates.fixed + gates.address * Math.log2(params.envelope.width) + gates.column * columns,
    'lanes: epilogue, softmax, values of norm': gates.lane * lanes,
    'datapaths of norm': gates.datapath * vectorLanes,
    'array: multipliers with their adders': gates.pe * multipliers + (gates.pair * pairedColumns * lanes) / 2,
    'rotators of P': gates.gather * columns * wordBits * Math.log2(columns),
    'rotators of K and V': gates.file * slices * 4 * params.numerics.activationBits * side * Math.log2(side),
    'keys of other inputs': gates.mask * windowTokens * segmentBits,
    'port: rows and streams': gates.bus * 8 * busBytes,
    ...(ahead > 0 && { 'second window': ahead }),
  };
}

export function logicGates(params: Params): number {
  return Math.round(Object.values(areaParts(params)).reduce((sum, part) => sum + part, 0));
}
