// C (+)= op(A) op(B) in f32, row-major, any shape and row pitch.
//
//   form 0 NN   A [m, k]  B [k, n]
//   form 1 NT   A [m, k]  B [n, k]
//   form 2 TN   A [k, m]  B [k, n]
//
// Both operands are copied into panels that the inner loop reads from front to back: A as [m / 4][k][4], B as
// [n / 8][k][8], zeros past the edge. A tile of 4 x 8 sums stays in eight vector registers for a block of 256 k.
// The order of additions depends on the shape alone, so equal inputs give equal bits.

const K_BLOCK: i32 = 256;
const N_BLOCK: i32 = 512;
const M_BLOCK: i32 = 128;

/** Bytes that `scratch` must have: one block of A, one of B, one tile. */
export function matmulScratchBytes(): i32 {
  return (K_BLOCK * (N_BLOCK + M_BLOCK) + 32) * 4;
}

// @ts-ignore: @inline is AssemblyScript; TypeScript knows decorators of classes only
@inline
function at(base: usize, row: i32, pitch: i32, column: i32): usize {
  return base + ((<usize>(row * pitch + column)) << 2);
}

/** Panels of `wide` from a source whose k runs along rows: to[panel][k][wide] = from[k][panel * wide ..]. */
function packRows(to: usize, from: usize, pitch: i32, depth: i32, count: i32, wide: i32): void {
  for (let first: i32 = 0; first < count; first += wide) {
    const real = min(wide, count - first);
    for (let kk: i32 = 0; kk < depth; kk++) {
      const source = at(from, kk, pitch, first);
      if (real == wide) {
        for (let i: i32 = 0; i < wide; i += 4) v128.store(to + (<usize>i << 2), v128.load(source + (<usize>i << 2)));
      } else {
        for (let i: i32 = 0; i < wide; i++) store<f32>(to + (<usize>i << 2), i < real ? load<f32>(source + (<usize>i << 2)) : 0);
      }
      to += <usize>wide << 2;
    }
  }
}

/** Panels of `wide` from a source whose k runs along columns: to[panel][k][wide] = from[panel * wide ..][k]. */
function packColumns(to: usize, from: usize, pitch: i32, depth: i32, count: i32, wide: i32): void {
  const step = <usize>wide << 2;
  for (let first: i32 = 0; first < count; first += wide) {
    for (let group: i32 = 0; group < wide; group += 4) {
      const out = to + (<usize>group << 2);
      const source = at(from, first + group, pitch, 0);
      const real = count - first - group;
      let kk: i32 = 0;
      if (real >= 4) {
        const row = <usize>pitch << 2;
        for (; kk + 4 <= depth; kk += 4) {
          const p = source + (<usize>kk << 2);
          const a = v128.load(p), b = v128.load(p + row), c = v128.load(p + 2 * row), d = v128.load(p + 3 * row);
          const ab0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5), ab1 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
          const cd0 = v128.shuffle<f32>(c, d, 0, 4, 1, 5), cd1 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
          const q = out + <usize>kk * step;
          v128.store(q, v128.shuffle<f32>(ab0, cd0, 0, 1, 4, 5));
          v128.store(q + step, v128.shuffle<f32>(ab0, cd0, 2, 3, 6, 7));
          v128.store(q + 2 * step, v128.shuffle<f32>(ab1, cd1, 0, 1, 4, 5));
          v128.store(q + 3 * step, v128.shuffle<f32>(ab1, cd1, 2, 3, 6, 7));
        }
      }
      for (; kk < depth; kk++) {
        for (let i: i32 = 0; i < 4; i++) {
          store<f32>(out + <usize>kk * step + (<usize>i << 2), i < real ? load<f32>(at(source, i, pitch, kk)) : 0);
        }
      }
    }
    to += <usize>depth * step;
  }
}

// @ts-ignore: @inline is AssemblyScript; TypeScript knows decorators of classes only
@inline
function put(c: usize, x: v128, add: bool): void {
  v128.store(c, add ? f32x4.add(v128.load(c), x) : x);
}

/** One tile: c[4][8] (+)= a[depth][4]^T b[depth][8]; row pitch of c in bytes. */
function tile(a: usize, b: usize, c: usize, pitch: usize, depth: i32, add: bool): void {
  let s00 = f32x4.splat(0), s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
  const end = a + (<usize>depth << 4);
  const pairs = a + (<usize>(depth & ~1) << 4);
  while (a < pairs) {
    let b0 = v128.load(b), b1 = v128.load(b, 16);
    let x = v128.load32_splat(a);
    s00 = f32x4.add(s00, f32x4.mul(x, b0)); s01 = f32x4.add(s01, f32x4.mul(x, b1));
    x = v128.load32_splat(a, 4);
    s10 = f32x4.add(s10, f32x4.mul(x, b0)); s11 = f32x4.add(s11, f32x4.mul(x, b1));
    x = v128.load32_splat(a, 8);
    s20 = f32x4.add(s20, f32x4.mul(x, b0)); s21 = f32x4.add(s21, f32x4.mul(x, b1));
    x = v128.load32_splat(a, 12);
    s30 = f32x4.add(s30, f32x4.mul(x, b0)); s31 = f32x4.add(s31, f32x4.mul(x, b1));
    b0 = v128.load(b, 32); b1 = v128.load(b, 48);
    x = v128.load32_splat(a, 16);
    s00 = f32x4.add(s00, f32x4.mul(x, b0)); s01 = f32x4.add(s01, f32x4.mul(x, b1));
    x = v128.load32_splat(a, 20);
    s10 = f32x4.add(s10, f32x4.mul(x, b0)); s11 = f32x4.add(s11, f32x4.mul(x, b1));
    x = v128.load32_splat(a, 24);
    s20 = f32x4.add(s20, f32x4.mul(x, b0)); s21 = f32x4.add(s21, f32x4.mul(x, b1));
    x = v128.load32_splat(a, 28);
    s30 = f32x4.add(s30, f32x4.mul(x, b0)); s31 = f32x4.add(s31, f32x4.mul(x, b1));
    a += 32;
    b += 64;
  }
  if (a < end) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let x = v128.load32_splat(a);
    s00 = f32x4.add(s00, f32x4.mul(x, b0)); s01 = f32x4.add(s01, f32x4.mul(x, b1));
    x = v128.load32_splat(a, 4);
    s10 = f32x4.add(s10, f32x4.mul(x, b0)); s11 = f32x4.add(s11, f32x4.mul(x, b1));
    x = v128.load32_splat(a, 8);
    s20 = f32x4.add(s20, f32x4.mul(x, b0)); s21 = f32x4.add(s21, f32x4.mul(x, b1));
    x = v128.load32_splat(a, 12);
    s30 = f32x4.add(s30, f32x4.mul(x, b0)); s31 = f32x4.add(s31, f32x4.mul(x, b1));
  }
  put(c, s00, add); put(c + 16, s01, add);
  c += pitch;
  put(c, s10, add); put(c + 16, s11, add);
  c += pitch;
  put(c, s20, add); put(c + 16, s21, add);
  c += pitch;
  put(c, s30, add); put(c + 16, s31, add);
}

/** Row pitches in values; accumulate 0 overwrites C, 1 adds to it. */
export function matmul(
  form: i32, a: usize, b: usize, c: usize, m: i32, n: i32, k: i32, pitchA: i32, pitchB: i32, pitchC: i32,
  accumulate: i32, scratch: usize,
): void {
  const packedB = scratch;
  const packedA = packedB + ((<usize>(K_BLOCK * N_BLOCK)) << 2);
  const edge = packedA + ((<usize>(K_BLOCK * M_BLOCK)) << 2);
  for (let k0: i32 = 0; k0 < k; k0 += K_BLOCK) {
    const depth = min(K_BLOCK, k - k0);
    const add = accumulate != 0 || k0 > 0;
    for (let n0: i32 = 0; n0 < n; n0 += N_BLOCK) {
      const columns = min(N_BLOCK, n - n0);
      if (form == 1) packColumns(packedB, at(b, n0, pitchB, k0), pitchB, depth, columns, 8);
      else packRows(packedB, at(b, k0, pitchB, n0), pitchB, depth, columns, 8);
      for (let m0: i32 = 0; m0 < m; m0 += M_BLOCK) {
        const rows = min(M_BLOCK, m - m0);
        if (form == 2) packRows(packedA, at(a, k0, pitchA, m0), pitchA, depth, rows, 4);
        else packColumns(packedA, at(a, m0, pitchA, k0), pitchA, depth, rows, 4);
        for (let j: i32 = 0; j < columns; j += 8) {
          const panelB = packedB + ((<usize>(j * depth)) << 2);
          for (let i: i32 = 0; i < rows; i += 4) {
            const panelA = packedA + ((<usize>(i * depth)) << 2);
            const target = at(c, m0 + i, pitchC, n0 + j);
            if (i + 4 <= rows && j + 8 <= columns) {
              tile(panelA, panelB, target, <usize>pitchC << 2, depth, add);
              continue;
            }
            tile(panelA, panelB, edge, 32, depth, false);
            for (let r: i32 = 0; r < min(4, rows - i); r++) {
              for (let q: i32 = 0; q < min(8, columns - j); q++) {
                const to = at(target, r, pitchC, q);
                store<f32>(to, load<f32>(at(edge, r, 8, q)) + (add ? load<f32>(to) : 0));
              }
            }
          }
        }
      }
    }
  }
}
