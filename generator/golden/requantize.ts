/**
 * Rounding and saturation, eq. 1 and 2: all rounding of the golden model happens in this file.
 *
 * Rounding  once, half up: +0.5 -> 1, -0.5 -> 0, -1.5 -> -1
 * Exact     |v * m| < 2^42 and shift 1..40: product and sum stay inside a double's 2^53
 */
export function saturate(value: number, bits: number): number {
  const top = 2 ** (bits - 1) - 1;
  return value > top ? top : value < -top - 1 ? -top - 1 : value;
}

export function saturate8(value: number): number {
  return value > 127 ? 127 : value < -128 ? -128 : value;
}

/** Eq. 1 with the bounds worked out once, for whole tensors. */
export function satTo(bits: number): (value: number) => number {
  const top = 2 ** (bits - 1) - 1;
  const bottom = -top - 1;
  return (value) => (value > top ? top : value < bottom ? bottom : value);
}

export function saturate16(value: number): number {
  return value > 32767 ? 32767 : value < -32768 ? -32768 : value;
}

/** Eq. 2: (v * m + 2^(s-1)) >> s. */
export function requantize(value: number, m: number, s: number): number {
  return Math.floor((value * m) / 2 ** s + 0.5);
}

/** (v + 2^(s-1)) >> s. */
export function shiftRound(value: number, s: number): number {
  return Math.floor(value / 2 ** s + 0.5);
}

/** Number of bits of an integer in 0 .. 2^53 - 1; 0 has none. */
export function bitLength(value: number): number {
  const high = Math.floor(value / 2 ** 32);
  return high > 0 ? 64 - Math.clz32(high) : 32 - Math.clz32(value >>> 0);
}
