// y = P W_D for a W_D of k non-zeros a column, and its way back.
//
//   p, dp [tokens, rank]   y, dy [tokens, outer]   rows int32[k * outer], values [k * outer]: step n of column j at n * outer + j
//
// Eight tokens at a time are turned into blocks [feature][8], so that a non-zero is one number times two vectors.
import { lanesSum } from './math';

const WIDE: i32 = 8;

/** Values that `scratch` must have. */
export function sparseScratch(rank: i32, outer: i32, k: i32): i32 {
  return WIDE * (2 * rank + outer) + 4 * k * outer;
}

// @ts-ignore: @inline is AssemblyScript; TypeScript knows decorators of classes only
@inline
function transpose4(a: v128, b: v128, c: v128, d: v128, to: usize, step: usize): void {
  const ab0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5), ab1 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cd0 = v128.shuffle<f32>(c, d, 0, 4, 1, 5), cd1 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(ab0, cd0, 0, 1, 4, 5));
  v128.store(to + step, v128.shuffle<f32>(ab0, cd0, 2, 3, 6, 7));
  v128.store(to + 2 * step, v128.shuffle<f32>(ab1, cd1, 0, 1, 4, 5));
  v128.store(to + 3 * step, v128.shuffle<f32>(ab1, cd1, 2, 3, 6, 7));
}

/** to[width][8] = from[8][width] transposed; rows past `real` are 0. */
function toBlock(to: usize, from: usize, width: i32, real: i32): void {
  const pitch = <usize>width << 2;
  if (real == WIDE && (width & 3) == 0) {
    for (let half: usize = 0; half < 2; half++) {
      const rows = from + 4 * half * pitch;
      for (let f: usize = 0; f < pitch; f += 16) {
        const at = rows + f;
        transpose4(v128.load(at), v128.load(at + pitch), v128.load(at + 2 * pitch), v128.load(at + 3 * pitch), to + (f << 3) + (half << 4), 32);
      }
    }
    return;
  }
  for (let f: i32 = 0; f < width; f++) {
    for (let t: i32 = 0; t < WIDE; t++) {
      store<f32>(to + ((<usize>(f * WIDE + t)) << 2), t < real ? load<f32>(from + ((<usize>(t * width + f)) << 2)) : 0);
    }
  }
}

/** to[real][width] += from[width][8] transposed. */
function addBlock(to: usize, from: usize, width: i32, real: i32): void {
  const pitch = <usize>width << 2;
  if (real == WIDE && (width & 3) == 0) {
    for (let half: usize = 0; half < 2; half++) {
      const rows = to + 4 * half * pitch;
      for (let f: usize = 0; f < pitch; f += 16) {
        const block = from + (f << 3) + (half << 4);
        const a = v128.load(block), b = v128.load(block + 32), c = v128.load(block + 64), d = v128.load(block + 96);
        const ab0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5), ab1 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
        const cd0 = v128.shuffle<f32>(c, d, 0, 4, 1, 5), cd1 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
        const at = rows + f;
        v128.store(at, f32x4.add(v128.load(at), v128.shuffle<f32>(ab0, cd0, 0, 1, 4, 5)));
        v128.store(at + pitch, f32x4.add(v128.load(at + pitch), v128.shuffle<f32>(ab0, cd0, 2, 3, 6, 7)));
        v128.store(at + 2 * pitch, f32x4.add(v128.load(at + 2 * pitch), v128.shuffle<f32>(ab1, cd1, 0, 1, 4, 5)));
        v128.store(at + 3 * pitch, f32x4.add(v128.load(at + 3 * pitch), v128.shuffle<f32>(ab1, cd1, 2, 3, 6, 7)));
      }
    }
    return;
  }
  for (let t: i32 = 0; t < real; t++) {
    for (let f: i32 = 0; f < width; f++) {
      const at = to + ((<usize>(t * width + f)) << 2);
      store<f32>(at, load<f32>(at) + load<f32>(from + ((<usize>(f * WIDE + t)) << 2)));
    }
  }
}

/** y += P W_D */
export function sparseExpand(p: usize, rows: usize, values: usize, y: usize, tokens: i32, rank: i32, outer: i32, k: i32, scratch: usize): void {
  const blockP = scratch;
  const blockY = blockP + ((<usize>(WIDE * rank)) << 2);
  const step = <usize>outer << 2;
  for (let first: i32 = 0; first < tokens; first += WIDE) {
    const real = min(WIDE, tokens - first);
    toBlock(blockP, p + ((<usize>(first * rank)) << 2), rank, real);
    for (let j: usize = 0; j < step; j += 4) {
      let s0 = f32x4.splat(0), s1 = s0;
      let at = j;
      for (let n: i32 = 0; n < k; n++, at += step) {
        const source = blockP + (<usize>load<i32>(rows + at) << 5);
        const value = v128.load32_splat(values + at);
        s0 = f32x4.add(s0, f32x4.mul(value, v128.load(source)));
        s1 = f32x4.add(s1, f32x4.mul(value, v128.load(source, 16)));
      }
      v128.store(blockY + (j << 3), s0);
      v128.store(blockY + (j << 3), s1, 16);
    }
    addBlock(y + ((<usize>(first * outer)) << 2), blockY, outer, real);
  }
}

/** dp += dy W_D^T; dvalues += the non-zeros of P^T dy, unless dvalues is 0. */
export function sparseExpandBackward(
  p: usize, rows: usize, values: usize, dy: usize, dp: usize, dvalues: usize, tokens: i32, rank: i32, outer: i32, k: i32, scratch: usize,
): void {
  const blockP = scratch;
  const blockD = blockP + ((<usize>(WIDE * rank)) << 2);
  const blockY = blockD + ((<usize>(WIDE * rank)) << 2);
  const sums = blockY + ((<usize>(WIDE * outer)) << 2);
  const step = <usize>outer << 2;
  const count = k * outer;
  memory.fill(sums, 0, <usize>count << 4);
  for (let first: i32 = 0; first < tokens; first += WIDE) {
    const real = min(WIDE, tokens - first);
    toBlock(blockP, p + ((<usize>(first * rank)) << 2), rank, real);
    toBlock(blockY, dy + ((<usize>(first * outer)) << 2), outer, real);
    memory.fill(blockD, 0, (<usize>(WIDE * rank)) << 2);
    for (let j: usize = 0; j < step; j += 4) {
      const slope0 = v128.load(blockY + (j << 3)), slope1 = v128.load(blockY + (j << 3), 16);
      let at = j;
      for (let n: i32 = 0; n < k; n++, at += step) {
        const row = <usize>load<i32>(rows + at) << 5;
        const value = v128.load32_splat(values + at);
        const target = blockD + row, source = blockP + row, sum = sums + (at << 2);
        v128.store(target, f32x4.add(v128.load(target), f32x4.mul(value, slope0)));
        v128.store(target, f32x4.add(v128.load(target, 16), f32x4.mul(value, slope1)), 16);
        const along = f32x4.add(f32x4.mul(slope0, v128.load(source)), f32x4.mul(slope1, v128.load(source, 16)));
        v128.store(sum, f32x4.add(v128.load(sum), along));
      }
    }
    addBlock(dp + ((<usize>(first * rank)) << 2), blockD, rank, real);
  }
  if (!dvalues) return;
  for (let i: usize = 0; i < <usize>count << 2; i += 4) store<f32>(dvalues + i, load<f32>(dvalues + i) + lanesSum(v128.load(sums + (i << 2))));
}
