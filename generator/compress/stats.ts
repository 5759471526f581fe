/**
 * What the bytes of a compressed model are spent on, and how far its sparse stream is from the entropy bound.
 *
 * Bound    zero-order entropy of the 6-bit values plus log2 of the number of supports that the bank rule allows
 */
import { isExpand, type ExpandOperation } from '../operations/expand/fields.js';
import type { PackedModel } from '../program/operation.js';
import { coldShapes, coldTraffic, windowTraffic, type Interface } from '../program/traffic.js';
import type { Traffic } from '../contract/traffic-classes.js';
import { orderFor } from '../program/image.js';
import { bankCapacity } from './support.js';

export interface CodingStats {
  readonly cold: Traffic;
  readonly pass: Traffic;
  readonly coldBytes: number;
  readonly passBytes: number;
  readonly sparse: {
    readonly valueBytes: number;
    readonly indexBytes: number;
    readonly valueEntropyBytes: number;
    readonly supportEntropyBytes: number;
    /** Coded bytes of values and indices over their bound; 1 when the model has no sparse layer. */
    readonly overBound: number;
    /** Index width of each EXPAND in program order. */
    readonly indexBits: readonly number[];
    /** Slots whose value is zero. */
    readonly fillers: number;
    readonly slots: number;
  };
}

export function codingStats(model: PackedModel, hardware: Interface): CodingStats {
  const ordered = orderFor(model, hardware.columns);
  const expands = ordered.operations.filter(isExpand);
  const cold = coldTraffic(coldShapes(ordered), hardware);
  const pass = windowTraffic(ordered.operations, [], hardware);
  const valueBytes = pass.sparseValues;
  const indexBytes = pass.sparseIndices;
  const valueEntropyBytes = expands.reduce((sum, { values }) => sum + entropyBits(values), 0) / 8;
  const supportEntropyBytes = expands.reduce((sum, expand) => sum + supportBits(expand, hardware.columns), 0) / 8;
  const bound = valueEntropyBytes + supportEntropyBytes;
  return {
    cold,
    pass,
    coldBytes: total(cold),
    passBytes: total(pass),
    sparse: {
      valueBytes,
      indexBytes,
      valueEntropyBytes,
      supportEntropyBytes,
      overBound: bound === 0 ? 1 : (valueBytes + indexBytes) / bound,
      indexBits: expands.map(({ indexBits }) => indexBits),
      fillers: expands.reduce((sum, { values }) => sum + values.reduce((zeros, value) => zeros + (value === 0 ? 1 : 0), 0), 0),
      slots: expands.reduce((sum, { values }) => sum + values.length, 0),
    },
  };
}

export function total(traffic: Traffic): number {
  return Object.values(traffic).reduce((sum, bytes) => sum + bytes, 0);
}

/** Entropy of all symbols together, by their own frequencies. */
export function entropyBits(values: Int8Array): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= count * Math.log2(count / values.length);
  return bits;
}

/** Every bank's rows are one of binomial(rank / banks, capacity) choices. */
function supportBits({ k, rank, outer }: ExpandOperation, banks: number): number {
  let bits = 0;
  for (let offset = 0; offset < Math.min(k, banks); offset++) bits += log2Binomial(rank / banks, bankCapacity(k, banks, offset));
  return bits * outer;
}

export function log2Binomial(n: number, k: number): number {
  let bits = 0;
  for (let i = 1; i <= k; i++) bits += Math.log2((n - k + i) / i);
  return bits;
}
