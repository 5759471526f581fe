// Vector helpers that the other kernels are built from. Counts are in f32 values; any count is allowed.

/** Lanes of one v128. */
export const LANES: i32 = 4;

/** Sum of the four lanes, pairwise: (0 + 2) + (1 + 3). */
// @ts-ignore: @inline is AssemblyScript; TypeScript knows decorators of classes only
@inline
export function lanesSum(x: v128): f32 {
  const pairs = f32x4.add(x, v128.shuffle<f32>(x, x, 2, 3, 2, 3));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/** sum a[i] * b[i] */
// @ts-ignore: @inline is AssemblyScript; TypeScript knows decorators of classes only
@inline
export function dot(a: usize, b: usize, count: i32): f32 {
  let sum = f32x4.splat(0);
  let i: i32 = 0;
  for (; i + 4 <= count; i += 4) {
    sum = f32x4.add(sum, f32x4.mul(v128.load(a + (<usize>i << 2)), v128.load(b + (<usize>i << 2))));
  }
  let total = lanesSum(sum);
  for (; i < count; i++) total += load<f32>(a + (<usize>i << 2)) * load<f32>(b + (<usize>i << 2));
  return total;
}

/** y[i] += scale * x[i] */
// @ts-ignore: @inline is AssemblyScript; TypeScript knows decorators of classes only
@inline
export function addScaled(y: usize, x: usize, scale: f32, count: i32): void {
  const s = f32x4.splat(scale);
  let i: i32 = 0;
  for (; i + 4 <= count; i += 4) {
    const at = <usize>i << 2;
    v128.store(y + at, f32x4.add(v128.load(y + at), f32x4.mul(s, v128.load(x + at))));
  }
  for (; i < count; i++) {
    const at = <usize>i << 2;
    store<f32>(y + at, load<f32>(y + at) + scale * load<f32>(x + at));
  }
}

/**
 * e^x a lane, relative error below 2e-7; 0 below -87, clamped at 88, NaN stays NaN.
 * x = n ln 2 + r, |r| <= ln 2 / 2; a polynomial of degree 6 in r, scaled by 2^n through the exponent bits.
 */
// @ts-ignore: @inline is AssemblyScript; TypeScript knows decorators of classes only
@inline
export function exp4(x: v128): v128 {
  const c = f32x4.min(f32x4.max(x, f32x4.splat(-87)), f32x4.splat(88));
  const n = f32x4.nearest(f32x4.mul(c, f32x4.splat(1.4426950408889634)));
  let r = f32x4.sub(c, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.12194440e-4)));
  let p = f32x4.splat(1.9875691500e-4);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1));
  p = f32x4.add(f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r), f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return v128.andnot(f32x4.mul(p, power), f32x4.lt(x, f32x4.splat(-87)));
}
