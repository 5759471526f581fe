/** An estimate of energy: what a window does, times a table of literature values. It is no measurement and no layout. */
import { derive } from '../../params/derived.js';
import type { Params } from '../../params/fields.js';
import { memories } from '../../params/sizes.js';
import { widths } from '../../contract/widths.js';
import { sumTraffic, type Traffic } from '../../contract/traffic-classes.js';
import type { Activity } from './activity.js';
import type { MemoryName } from './activity-count.js';
import type { EnergyTable } from './table.js';

export interface EnergyEstimate {
  /** Picojoules. */
  readonly array: number;
  readonly vector: number;
  readonly memories: number;
  /** Energy by kind of external memory. */
  readonly external: Readonly<Record<string, number>>;
}

/** Energy of an access to a bit of a memory: the root of its capacity, in parts of 64 bits at most side by side. */
function perBit({ memoryPicojoulesPerBitAt8KB }: EnergyTable, words: number, wordBits: number): number {
  const bytes = (words * Math.min(64, wordBits)) / 8;
  return memoryPicojoulesPerBitAt8KB * Math.sqrt(bytes / 8192);
}

export function estimateEnergy(activity: Activity, bytes: Traffic, params: Params, table: EnergyTable): EnergyEstimate {
  const { accBits } = derive(params);
  const { multiplyPicojoulesPerBitPair: multiply, addPicojoulesPerBit: add, chipScale } = table;
  const onChip = memories(params).reduce((sum, { name, words, wordBits }) => {
    const bits = activity.memoryBits[name as MemoryName] as number | undefined;
    return sum + (bits ?? 0) * perBit(table, words, wordBits);
  }, 0);
  const array = activity.multiplies * (64 * multiply + accBits * add);
  // The epilogue multiplies by m; LayerNorm by d, by g and by 8 bits of gamma (docs/numerics.md, eq. 13 and 14).
  const vector =
    activity.results * (accBits * widths.MULTIPLIER.bits * multiply + 32 * add) +
    activity.normalised * ((16 * widths.FEATURE.bits + 28 * widths.RSQRT.bits + 16 * 8) * multiply + 3 * 32 * add);
  const bits = 8 * sumTraffic(bytes);
  const external = Object.fromEntries(Object.entries(table.externalPicojoulesPerBit).map(([name, each]) => [name, bits * each]));
  return { array: array / chipScale, vector: vector / chipScale, memories: onChip / chipScale, external };
}

/** Energy of the chip alone, in microjoules a token. */
export function chipMicrojoulesPerToken({ array, vector, memories }: EnergyEstimate, tokens: number): number {
  return (array + vector + memories) / tokens / 1e6;
}
