/** How much of the space of objectives a set of points beats: one number for a whole front. */
import { extentOf } from '../../util/extent.js';
import { groupBy } from '../../util/groups.js';
import { scaledCost, type ObjectiveName, type Objectives } from './objectives.js';

type Row = readonly number[];

/** The reference lies beyond the worst value by a tenth of the range, so that the ends of a front count too. */
const reference = 1.1;

/** Volume between rows of costs and the reference, dimension by dimension (hypervolume by slicing objectives, While et al., 2006). */
function volume(rows: readonly Row[], dimensions: number): number {
  if (rows.length === 0) return 0;
  if (dimensions === 1) return reference - extentOf(rows.map((row) => row[0]!))[0];
  const axis = dimensions - 1;
  const sorted = [...rows].sort((a, b) => a[axis]! - b[axis]!);
  let total = 0;
  let slice: Row[] = [];
  sorted.forEach((row, i) => {
    if (!slice.some((other) => beaten(row, other, axis))) slice = [...slice.filter((other) => !beaten(other, row, axis)), row];
    const height = (sorted[i + 1]?.[axis] ?? reference) - row[axis]!;
    if (height > 0) total += height * volume(slice, axis);
  });
  return total;
}

/** Whether a row is beaten by another, in the first axes. */
function beaten(row: Row, by: Row, axes: number): boolean {
  for (let axis = 0; axis < axes; axis++) if (by[axis]! > row[axis]!) return false;
  return true;
}

export interface Bounds {
  readonly low: Row;
  readonly high: Row;
}

/** Best and worst cost of each objective; an objective without values has none. */
export function boundsOf(values: readonly Objectives[], by: readonly ObjectiveName[]): Bounds {
  const finite = by.map((name) => values.map((one) => scaledCost(name, one)).filter(Number.isFinite));
  const extents = finite.map(extentOf);
  return { low: extents.map(([low]) => low), high: extents.map(([, high]) => high) };
}

/** Share of the box from the best values to the reference that the points beat, 0 .. 1. */
export function hypervolume(values: readonly Objectives[], by: readonly ObjectiveName[], { low, high }: Bounds): number {
  const axes = by.map((_, axis) => axis).filter((axis) => high[axis]! > low[axis]!);
  const rows = values
    .map((one) => axes.map((axis) => (scaledCost(by[axis]!, one) - low[axis]!) / (high[axis]! - low[axis]!)))
    .filter((row) => row.every((one) => one < reference));
  if (axes.length === 0) return values.length > 0 ? 1 : 0;
  return volume(rows, axes.length) / reference ** axes.length;
}

export interface Placed {
  readonly scene: string;
  readonly generation: number;
  readonly objectives: Objectives;
}

/** Hypervolume after each generation: mean over the scenes, within the bounds of all that was measured in the end. */
export function hypervolumes(placed: readonly Placed[], by: readonly ObjectiveName[], generations: number): number[] {
  const scenes = groupBy(placed, ({ scene }) => scene).map((group) => ({
    group,
    bounds: boundsOf(
      group.map(({ objectives }) => objectives),
      by,
    ),
  }));
  return Array.from({ length: generations }, (_, generation) => {
    const each = scenes.map(({ group, bounds }) =>
      hypervolume(
        group.filter((one) => one.generation <= generation).map(({ objectives }) => objectives),
        by,
        bounds,
      ),
    );
    return each.length === 0 ? 0 : each.reduce((sum, one) => sum + one, 0) / each.length;
  });
}
