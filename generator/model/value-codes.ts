import { sparseLimit } from '../contract/limits.js';

export { sparseLimit };

/** The 6-bit codes of values that lie exactly on a grid of `scale`, or undefined when one does not. */
export function codeOf(values: Float64Array, scale: number): Int8Array | undefined {
  const codes = Int8Array.from(values, (value) => Math.round(value / scale));
  const exact = codes.every((code, i) => code >= -sparseLimit && code <= sparseLimit && Object.is(code * scale, values[i]! + 0));
  return exact ? codes : undefined;
}
