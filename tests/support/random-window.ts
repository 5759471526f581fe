/** Windows as the batcher hands them to the core: which request lies in which slice. */
import { join, type Random } from './unit-bench.js';

export interface Slot {
  readonly valid: boolean;
  /** First slice of the request, number of its slices, its tokens. */
  readonly first: number;
  readonly count: number;
  readonly length: number;
}

/** Slice by slice a request, of one or more slices and ragged length, or a hole. */
export function randomWindow(random: Random, slices: number, sliceTokens: number): Slot[] {
  const slots: Slot[] = [];
  while (slots.length < slices) {
    const first = slots.length;
    const count = 1 + random.below(slices - first);
    const length = (count - 1) * sliceTokens + [1, sliceTokens, 1 + random.below(sliceTokens)][random.below(3)]!;
    const hole = random.below(4) === 0;
    // What an empty slice still holds of an earlier request is anything.
    if (hole) slots.push({ valid: false, first: random.below(slices), count: 0, length });
    else for (let s = 0; s < count; s += 1) slots.push({ valid: true, first, count, length });
  }
  return slots;
}

/** Vector fields slice_valid, slice_first, slice_length. */
export function windowFields(slots: readonly Slot[]): (readonly [number, bigint])[] {
  const field = (bits: number, of: (slot: Slot) => number | boolean): readonly [number, bigint] => [
    bits * slots.length,
    join(slots.map(of), bits),
  ];
  return [field(1, ({ valid }) => valid), field(2, ({ first }) => first), field(12, ({ length }) => length)];
}

/** Position in its request of the token that a lane holds in a pass. */
export function tokenOf({ first }: Slot, slice: number, pass: number, lane: number, sliceLanes: number, passes: number): number {
  return (slice - first) * sliceLanes * passes + pass * sliceLanes + lane;
}
