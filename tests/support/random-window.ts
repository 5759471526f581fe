/** Windows as the batcher hands them to the core: segments of token places, each of one request. */
import { widths } from '../../generator/contract/widths.js';
import { join, type Random } from './unit-bench.js';

export interface Segment {
  /** Number of the request in the table. */
  readonly number: number;
  /** First slice, position in it, tokens, slices that hold some of them. */
  readonly first: number;
  readonly position: number;
  readonly length: number;
  readonly count: number;
}

export interface SegmentWindow {
  readonly segments: readonly Segment[];
  /** Tokens in each slice. */
  readonly fill: readonly number[];
  /** First slice of the request longer than a slice that lies in each slice, else itself. */
  readonly first: readonly number[];
  /** Most slices of one request, tokens of the fullest slice, sum of the squares of all lengths. */
  readonly groups: number;
  readonly keys: number;
  readonly squares: number;
}

/** Segments at every place: slices that are empty, full or in between, long requests whose tail is shared or not. */
export function randomWindow(random: Random, slices: number, sliceTokens: number, mostSegments: number): SegmentWindow {
  const placed: Omit<Segment, 'number'>[] = [];
  const fill = Array<number>(slices).fill(0);
  const first = Array.from({ length: slices }, (_, slice) => slice);
  for (let slice = 0; slice < slices;) {
    let end = slice;
    if (slice + 1 < slices && random.below(3) === 0 && placed.length < mostSegments) {
      const count = 2 + random.below(slices - slice - 1);
      const length = (count - 1) * sliceTokens + [1, sliceTokens, 1 + random.below(sliceTokens)][random.below(3)]!;
      placed.push({ first: slice, position: 0, length, count });
      end = slice + count - 1;
      for (let part = slice; part <= end; part++) {
        fill[part] = part === end ? length - (count - 1) * sliceTokens : sliceTokens;
        first[part] = slice;
      }
    }
    // A hole now and then; else short ones until the slice is full, or not quite.
    // The oldest request of a window lies in slice 0.
    const stop = Math.max(slice === 0 ? 1 : 0, [0, sliceTokens, random.below(sliceTokens + 1)][random.below(3)]!);
    while (fill[end]! < stop && placed.length < mostSegments) {
      const length = 1 + random.below(Math.min(sliceTokens - fill[end]!, random.below(2) === 0 ? 3 : sliceTokens));
      placed.push({ first: end, position: fill[end]!, length, count: 1 });
      fill[end]! += length;
    }
    slice = end + 1;
  }
  // Numbers say who came first, not where it lies.
  const numbers = placed.map((_, number) => ({ number, key: random.below(1000) })).sort((a, b) => a.key - b.key);
  return {
    segments: placed.map((segment, i) => ({ ...segment, number: numbers[i]!.number })),
    fill,
    first,
    groups: Math.max(...placed.map(({ count }) => count)),
    keys: Math.max(...fill),
    squares: placed.reduce((sum, { length }) => sum + length ** 2, 0),
  };
}

/** The segment whose token lies there, and which of its tokens that is; undefined where none does. */
export function segmentAt(
  { segments }: Pick<SegmentWindow, 'segments'>,
  slice: number,
  position: number,
  sliceTokens: number,
): { readonly segment: Segment; readonly token: number } | undefined {
  for (const segment of segments) {
    const token = (slice - segment.first) * sliceTokens + position - segment.position;
    if (position < sliceTokens && token >= 0 && token < segment.length) return { segment, token };
  }
  return undefined;
}

/** Vector fields slice_first, slice_fill. */
export function windowFields({ first, fill }: Pick<SegmentWindow, 'first' | 'fill'>): (readonly [number, bigint])[] {
  return [
    [2 * first.length, join(first, 2)],
    [widths.POSITION.bits * fill.length, join(fill, widths.POSITION.bits)],
  ];
}
