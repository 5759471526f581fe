import type { Policy } from '../contract/codes.js';

export interface BatchShape {
  readonly slices: number;
  /** Tokens of one slice, Ts. */
  readonly sliceTokens: number;
  /** Entries of the queue. */
  readonly lookahead: number;
  /** Windows in which an entry may be passed over. */
  readonly passOver: number;
  /** Most requests of one window. */
  readonly segments: number;
}

/** One request and where it lies in its window: a segment of neighbouring token places. */
export interface Placement {
  /** Number of the request in the list. */
  readonly index: number;
  /** First slice, and the position in it of the request's first token. */
  readonly first: number;
  readonly position: number;
  /** Number of its tokens. */
  readonly length: number;
  /** Slices that hold some of its tokens. */
  readonly count: number;
}

/** Requests in the order of the segment table, which is that of their arrival. */
export type Window = readonly Placement[];

/** A request in the queue. */
export interface Entry {
  readonly index: number;
  readonly length: number;
  passedOver: number;
}

/** Places of a window as it fills up. */
interface Room {
  /** Whole slices, for policies that give no others: the next one. */
  next: number;
  /** Tokens in each slice. */
  readonly fill: number[];
}

/** Slices that a request keeps from others: in `uniform` a power of two of them. */
function slicesKept(count: number, policy: Policy): number {
  return policy === 'uniform' ? 2 ** Math.ceil(Math.log2(count)) : count;
}

/** First slice of `count` empty ones; undefined when there is none. */
function emptySlices(fill: readonly number[], count: number): number | undefined {
  const first = fill.findIndex(
    (_, slice) => slice + count <= fill.length && fill.slice(slice, slice + count).every((tokens) => tokens === 0),
  );
  return first < 0 ? undefined : first;
}

/**
 * Slice under `tokens`. The lowest one that fits keeps slices empty for a request of more than one slice that waits; without such
 * a request the emptiest one keeps the passes of a window low that is not full.
 */
function sliceFor(length: number, fill: readonly number[], sliceTokens: number, longWaits: boolean): number | undefined {
  if (length > sliceTokens) return emptySlices(fill, Math.ceil(length / sliceTokens));
  const fits = (tokens: number): boolean => tokens + length <= sliceTokens;
  const slice = longWaits ? fill.findIndex(fits) : fill.indexOf(Math.min(...fill));
  return slice >= 0 && fits(fill[slice]!) ? slice : undefined;
}

/** One walk over the queue: the window, and the queue without it. */
export function walk(queue: readonly Entry[], shape: BatchShape, policy: Policy): { window: Window; rest: Entry[] } {
  const { slices, sliceTokens, passOver, segments } = shape;
  const window: Placement[] = [];
  const rest: Entry[] = [];
  const room: Room = { next: 0, fill: Array<number>(slices).fill(0) };
  let longs = queue.filter(({ length }) => length > sliceTokens).length;
  let classKept = 0;
  let passed = 0;

  const place = ({ length }: Entry): { first: number; position: number } | undefined => {
    if (window.length === segments) return undefined;
    if (policy === 'tokens') {
      const first = sliceFor(length, room.fill, sliceTokens, longs > 0);
      return first === undefined ? undefined : { first, position: room.fill[first]! };
    }
    const kept = slicesKept(Math.ceil(length / sliceTokens), policy);
    const oldest = window.length === 0;
    if (oldest) classKept = kept;
    const allowed = oldest || policy === 'packed' || (policy === 'uniform' && kept === classKept);
    if (!allowed || room.next + kept > slices) return undefined;
    room.next += kept;
    return { first: room.next - kept, position: 0 };
  };

  for (const entry of queue) {
    const found = place(entry);
    if (found === undefined) {
      rest.push(entry);
      if (entry.passedOver >= passOver) break;
      continue;
    }
    const { index, length } = entry;
    const count = Math.ceil(length / sliceTokens);
    for (let left = length, slice = found.first; left > 0; left -= sliceTokens, slice++) room.fill[slice]! += Math.min(left, sliceTokens);
    if (count > 1) longs--;
    window.push({ index, ...found, length, count });
    passed = rest.length;
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
    Number.isInteger(length) && length >= 1 && length <= slices * sliceTokens ? [{ index, length, passedOver: 0 }] : [],
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
