// Elementwise kernels and row sums. Tensors are padded to whole vectors, so counts are rounded up to 4 here.
import { addScaled, exp4, lanesSum } from './math';

/** y[rows, width] += bias[width] */
export function addBias(y: usize, bias: usize, rows: i32, width: i32): void {
  for (let r: i32 = 0; r < rows; r++) addScaled(y + ((<usize>(r * width)) << 2), bias, 1, width);
}

/** to[width] += sum of the rows of from[rows, width] */
export function addColumnSums(to: usize, from: usize, rows: i32, width: i32): void {
  for (let r: i32 = 0; r < rows; r++) addScaled(to, from + ((<usize>(r * width)) << 2), 1, width);
}

/** y[i] += scale * x[i] */
export function accumulate(y: usize, x: usize, scale: f32, count: i32): void {
  addScaled(y, x, scale, count);
}

/** Sum of squares, each run of 4096 values added up in f64. */
export function sumOfSquares(x: usize, count: i32): f64 {
  let total: f64 = 0;
  for (let first: i32 = 0; first < count; first += 4096) {
    const last = min(first + 4096, count);
    let sum = f32x4.splat(0);
    let i = first;
    for (; i + 4 <= last; i += 4) {
      const v = v128.load(x + (<usize>i << 2));
      sum = f32x4.add(sum, f32x4.mul(v, v));
    }
    let part = lanesSum(sum);
    for (; i < last; i++) {
      const v = load<f32>(x + (<usize>i << 2));
      part += v * v;
    }
    total += part;
  }
  return total;
}

/** Phi(x), the normal distribution function, by Abramowitz and Stegun 7.1.26 (error below 1e-6); density = e^(-x^2 / 2). */
// @ts-ignore: @inline is AssemblyScript; TypeScript knows decorators of classes only
@inline
function normal4(x: v128, density: v128): v128 {
  const z = f32x4.mul(f32x4.abs(x), f32x4.splat(0.7071067811865476));
  const t = f32x4.div(f32x4.splat(1), f32x4.add(f32x4.splat(1), f32x4.mul(z, f32x4.splat(0.3275911))));
  let p = f32x4.splat(1.061405429);
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(-1.453152027));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(1.421413741));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(-0.284496736));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(0.254829592));
  const tail = f32x4.mul(f32x4.mul(f32x4.mul(p, t), density), f32x4.splat(0.5));
  return v128.bitselect(tail, f32x4.sub(f32x4.splat(1), tail), f32x4.lt(x, f32x4.splat(0)));
}

/** y = x Phi(x) */
export function gelu(x: usize, y: usize, count: i32): void {
  for (const end = x + (<usize>count << 2); x < end; x += 16, y += 16) {
    const v = v128.load(x);
    const density = exp4(f32x4.mul(f32x4.mul(v, v), f32x4.splat(-0.5)));
    v128.store(y, f32x4.mul(v, normal4(v, density)));
  }
}

/** dx += dy (Phi(x) + x phi(x)) */
export function geluBackward(x: usize, dy: usize, dx: usize, count: i32): void {
  for (const end = x + (<usize>count << 2); x < end; x += 16, dy += 16, dx += 16) {
    const v = v128.load(x);
    const density = exp4(f32x4.mul(f32x4.mul(v, v), f32x4.splat(-0.5)));
    const slope = f32x4.add(normal4(v, density), f32x4.mul(f32x4.mul(v, density), f32x4.splat(0.3989422804014327)));
    v128.store(dx, f32x4.add(v128.load(dx), f32x4.mul(v128.load(dy), slope)));
  }
}

/** 1 / (1 + e^-(linear x + cubic x^3)) */
// @ts-ignore: @inline is AssemblyScript; TypeScript knows decorators of classes only
@inline
function gate4(x: v128, linear: v128, cubic: v128): v128 {
  const u = f32x4.mul(x, f32x4.add(linear, f32x4.mul(cubic, f32x4.mul(x, x))));
  return f32x4.div(f32x4.splat(1), f32x4.add(f32x4.splat(1), exp4(f32x4.neg(u))));
}

/** y = x s(x), s = 1 / (1 + e^-(linear x + cubic x^3)) */
export function gated(x: usize, y: usize, linear: f32, cubic: f32, count: i32): void {
  const a = f32x4.splat(linear), b = f32x4.splat(cubic);
  for (const end = x + (<usize>count << 2); x < end; x += 16, y += 16) {
    const v = v128.load(x);
    v128.store(y, f32x4.mul(v, gate4(v, a, b)));
  }
}

/** dx += dy (s + x s (1 - s) (linear + 3 cubic x^2)) */
export function gatedBackward(x: usize, dy: usize, dx: usize, linear: f32, cubic: f32, count: i32): void {
  const a = f32x4.splat(linear), b = f32x4.splat(cubic), c = f32x4.splat(3 * cubic);
  for (const end = x + (<usize>count << 2); x < end; x += 16, dy += 16, dx += 16) {
    const v = v128.load(x);
    const s = gate4(v, a, b);
    const inside = f32x4.add(a, f32x4.mul(c, f32x4.mul(v, v)));
    const bend = f32x4.mul(f32x4.mul(v, f32x4.mul(s, f32x4.sub(f32x4.splat(1), s))), inside);
    v128.store(dx, f32x4.add(v128.load(dx), f32x4.mul(v128.load(dy), f32x4.add(s, bend))));
  }
}

/** y = max(x, 0) */
export function relu(x: usize, y: usize, count: i32): void {
  for (const end = x + (<usize>count << 2); x < end; x += 16, y += 16) v128.store(y, f32x4.max(v128.load(x), f32x4.splat(0)));
}

/** dx += dy where x > 0 */
export function reluBackward(x: usize, dy: usize, dx: usize, count: i32): void {
  for (const end = x + (<usize>count << 2); x < end; x += 16, dy += 16, dx += 16) {
    const open = f32x4.gt(v128.load(x), f32x4.splat(0));
    v128.store(dx, f32x4.add(v128.load(dx), v128.and(v128.load(dy), open)));
  }
}

/**
 * One Adam step with decoupled weight decay; g is scaled by gradientScale first.
 *   m = b1 m + (1 - b1) g   v = b2 v + (1 - b2) g^2
 *   w -= rate * (m * fix1 / (sqrt(v * fix2) + epsilon) + decay * w)
 */
export function adam(
  w: usize, g: usize, m: usize, v: usize, count: i32, rate: f32, b1: f32, b2: f32, epsilon: f32, fix1: f32, fix2: f32,
  decay: f32, gradientScale: f32,
): void {
  const keep1 = f32x4.splat(b1), new1 = f32x4.splat(1 - b1), keep2 = f32x4.splat(b2), new2 = f32x4.splat(1 - b2);
  const step = f32x4.splat(rate), tiny = f32x4.splat(epsilon), up1 = f32x4.splat(fix1), up2 = f32x4.splat(fix2);
  const fade = f32x4.splat(decay), scale = f32x4.splat(gradientScale);
  for (const end = w + (<usize>count << 2); w < end; w += 16, g += 16, m += 16, v += 16) {
    const slope = f32x4.mul(v128.load(g), scale);
    const mean = f32x4.add(f32x4.mul(keep1, v128.load(m)), f32x4.mul(new1, slope));
    const square = f32x4.add(f32x4.mul(keep2, v128.load(v)), f32x4.mul(new2, f32x4.mul(slope, slope)));
    v128.store(m, mean);
    v128.store(v, square);
    const old = v128.load(w);
    const move = f32x4.div(f32x4.mul(mean, up1), f32x4.add(f32x4.sqrt(f32x4.mul(square, up2)), tiny));
    v128.store(w, f32x4.sub(old, f32x4.mul(step, f32x4.add(move, f32x4.mul(fade, old)))));
  }
}
