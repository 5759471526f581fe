/** What the chip does for one window, counted from shapes: multiplies and adds by their widths, and accesses to every memory. */
import { outlineOf, planOf, type Outline } from '../plan.js';
import type { Params } from '../../params/fields.js';
import type { Operation } from '../../program/operation.js';
import { Walk, type Part } from '../walk.js';
import { cyclesOf } from '../../operations/cycles.js';
import { ActivityCount, type MemoryName } from './activity-count.js';

export interface Activity {
  /** Multiplies of int8 by int8, each with an addition to an accumulator. */
  readonly multiplies: number;
  /** Results that pass the epilogue: an accumulator times 11 bits. */
  readonly results: number;
  /** Values that LayerNorm works on, in its second walk. */
  readonly normalised: number;
  /** Bits read and written by memory; names as in generator/params/sizes.ts. */
  readonly memoryBits: Readonly<Record<MemoryName, number>>;
}

/** One window whose requests are these parts. */
export function windowActivity(
  operations: readonly Operation[],
  params: Params,
  parts: readonly Part[],
  outline: Outline = outlineOf(operations),
): Activity {
  const walk = new Walk(planOf(outline, params));
  walk.begin(parts, { latencyCycles: 1, cyclesPerBeat: 1 });
  const count = new ActivityCount(walk, params);
  for (const operation of operations) cyclesOf(operation.op).activity(count, operation);
  const { multiplies, results, normalised, bits } = count;
  return { multiplies, results, normalised, memoryBits: bits };
}

export function addActivity(a: Activity, b: Activity): Activity {
  const names = Object.keys(a.memoryBits) as MemoryName[];
  return {
    multiplies: a.multiplies + b.multiplies,
    results: a.results + b.results,
    normalised: a.normalised + b.normalised,
    memoryBits: Object.fromEntries(names.map((name) => [name, a.memoryBits[name] + b.memoryBits[name]])) as Record<MemoryName, number>,
  };
}
