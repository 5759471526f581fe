/**
 * Least and greatest value, Infinity and -Infinity of none. Arguments are limited to some 100,000, so that Math.min(...values) fails
 * where a sweep has many points.
 */
export function extentOf(values: readonly number[]): readonly [low: number, high: number] {
  return [values.reduce((low, value) => Math.min(low, value), Infinity), values.reduce((high, value) => Math.max(high, value), -Infinity)];
}
