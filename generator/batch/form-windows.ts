import type { Policy } from '../contract/codes.js';

export interface BatchShape {
  readonly slices: number;
  /** Tokens of one slice, Ts. */
  readonly sliceTokens: number;
  /** Entries of the queue. */
  readonly lookahead: number;
  /** Windows in which an entry may be passed over. */
  readonly passOver: number;
}

/** One request and where it lies in its window. */
export interface Placement {
  /** Number of the request in the list. */
  readonly index: number;
  /** First slice. */
  readonly first: number;
  /** Slices that hold some of its tokens. */
  readonly count: number;
}

/** Requests in the order of their slices. */
export type Window = readonly Placement[];

/** A request in the queue. */
export interface Entry {
  readonly index: number;
  readonly count: number;
  passedOver: number;
}

/** Slices that a request keeps from others: in `uniform` a power of two of them. */
function slicesKept(count: number, policy: Policy): number {
  return policy === 'uniform' ? 2 ** Math.ceil(Math.log2(count)) : count;
}

/** One walk over the queue: the window, and the queue without it. */
export function walk(queue: readonly Entry[], { slices, passOver }: BatchShape, policy: Policy): { window: Window; rest: Entry[] } {
  const window: Placement[] = [];
  const rest: Entry[] = [];
  let next = 0;
  let classKept = 0;
  let passed = 0;
  for (const entry of queue) {
    const kept = slicesKept(entry.count, policy);
    const oldest = window.length === 0;
    const allowed = policy === 'packed' || (policy === 'uniform' && kept === classKept);
    if (oldest || (allowed && next + kept <= slices)) {
      if (oldest) classKept = kept;
      window.push({ index: entry.index, first: next, count: entry.count });
      next += kept;
      passed = rest.length;
    } else {
      rest.push(entry);
      if (entry.passedOver >= passOver) break;
    }
  }
  // Once a window, however many later ones were taken.
  for (const entry of rest.slice(0, passed)) entry.passedOver++;
  return { window, rest: [...rest, ...queue.slice(window.length + rest.length)] };
}

/**
 * Windows that the batcher forms from requests that were all submitted before the start. A length outside
 * 1 .. slices x sliceTokens is refused by the hardware and lies in no window.
 */
export function formWindows(lengths: readonly number[], shape: BatchShape, policy: Policy): Window[] {
  const { slices, sliceTokens, lookahead } = shape;
  const good = lengths.flatMap((length, index) =>
    Number.isInteger(length) && length >= 1 && length <= slices * sliceTokens
      ? [{ index, count: Math.ceil(length / sliceTokens), passedOver: 0 }]
      : [],
  );
  const windows: Window[] = [];
  let queue: Entry[] = [];
  for (let fetched = 0; fetched < good.length || queue.length > 0;) {
    const room = lookahead - queue.length;
    queue.push(...good.slice(fetched, fetched + room));
    fetched += room;
    const { window, rest } = walk(queue, shape, policy);
    windows.push(window);
    queue = rest;
  }
  return windows;
}
