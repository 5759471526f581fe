// Rounding to the machine's steps while training, with the gradient passed straight through.

/** Rounds in place: x = step * clamp(floor(x / step + 1/2), low, high) */
export function roundTo(x: usize, step: f32, low: f32, high: f32, count: i32): void {
  const scale = f32x4.splat(step), inverse = f32x4.splat(1 / step), half = f32x4.splat(0.5);
  const bottom = f32x4.splat(low), top = f32x4.splat(high);
  for (const end = x + (<usize>count << 2); x < end; x += 16) {
    const whole = f32x4.floor(f32x4.add(f32x4.mul(v128.load(x), inverse), half));
    v128.store(x, f32x4.mul(scale, f32x4.min(f32x4.max(whole, bottom), top)));
  }
}

/** Holds in place: dy = 0 where y is saturated and the step down the gradient would push it further out. */
export function holdSaturated(y: usize, dy: usize, step: f32, low: f32, high: f32, count: i32): void {
  // Half a step inside the limits, so that rounding of the product does not matter.
  const bottom = f32x4.splat(step * (low + 0.5)), top = f32x4.splat(step * (high - 0.5)), zero = f32x4.splat(0);
  for (const end = y + (<usize>count << 2); y < end; y += 16, dy += 16) {
    const value = v128.load(y), slope = v128.load(dy);
    const above = v128.and(f32x4.gt(value, top), f32x4.lt(slope, zero));
    const below = v128.and(f32x4.lt(value, bottom), f32x4.gt(slope, zero));
    v128.store(dy, v128.andnot(slope, v128.or(above, below)));
  }
}
