// Softmax attention over packed sequences, a sequence and a head at a time, without padding.
//
//   q, k, v, out   [tokens, width], head h in columns h * e .. h * e + e
//   starts         int32[sequences + 1], the first token of each sequence
//   p              probabilities: sequence after sequence, head after head, [length, pitch], pitch = length rounded up to 4
import { addScaled, dot, exp4, lanesSum } from './math';

// @ts-ignore: @inline is AssemblyScript; TypeScript knows decorators of classes only
@inline
function row(base: usize, token: i32, width: i32, column: i32): usize {
  return base + ((<usize>(token * width + column)) << 2);
}

/** p = softmax(q k^T / sqrt(e)), over keys up to the query's own token when causal; out = p v. out starts at zero. */
export function attention(
  q: usize, k: usize, v: usize, out: usize, p: usize, starts: usize, sequences: i32, width: i32, heads: i32, causal: i32,
): void {
  const e = width / heads;
  const scale: f32 = 1 / sqrt<f32>(<f32>e);
  for (let s: i32 = 0; s < sequences; s++) {
    const first = load<i32>(starts + (<usize>s << 2));
    const length = load<i32>(starts + (<usize>s << 2), 4) - first;
    const pitch = (length + 3) & ~3;
    for (let h: i32 = 0; h < heads; h++) {
      const c = h * e;
      for (let t: i32 = 0; t < length; t++, p += <usize>pitch << 2) {
        const keys = causal ? t + 1 : length;
        const query = row(q, first + t, width, c);
        let top: f32 = -Infinity;
        for (let u: i32 = 0; u < keys; u++) {
          const score = dot(query, row(k, first + u, width, c), e) * scale;
          store<f32>(p + (<usize>u << 2), score);
          top = max(top, score);
        }
        for (let u = keys; u < pitch; u++) store<f32>(p + (<usize>u << 2), -1e30);
        const highest = f32x4.splat(top);
        let sum = f32x4.splat(0);
        for (let u: i32 = 0; u < pitch; u += 4) {
          const x = exp4(f32x4.sub(v128.load(p + (<usize>u << 2)), highest));
          v128.store(p + (<usize>u << 2), x);
          sum = f32x4.add(sum, x);
        }
        const share = f32x4.splat(1 / lanesSum(sum));
        for (let u: i32 = 0; u < pitch; u += 4) v128.store(p + (<usize>u << 2), f32x4.mul(v128.load(p + (<usize>u << 2)), share));
        const target = row(out, first + t, width, c);
        for (let u: i32 = 0; u < keys; u++) addScaled(target, row(v, first + u, width, c), load<f32>(p + (<usize>u << 2)), e);
      }
    }
  }
}

/** Adds to dq, dk and dv; ds [longest length rounded up to 4] is scratch. */
export function attentionBackward(
  q: usize, k: usize, v: usize, p: usize, dout: usize, dq: usize, dk: usize, dv: usize, ds: usize, starts: usize,
  sequences: i32, width: i32, heads: i32, causal: i32,
): void {
  const e = width / heads;
  const scale: f32 = 1 / sqrt<f32>(<f32>e);
  for (let s: i32 = 0; s < sequences; s++) {
    const first = load<i32>(starts + (<usize>s << 2));
    const length = load<i32>(starts + (<usize>s << 2), 4) - first;
    const pitch = (length + 3) & ~3;
    for (let h: i32 = 0; h < heads; h++) {
      const c = h * e;
      for (let t: i32 = 0; t < length; t++, p += <usize>pitch << 2) {
        const keys = causal ? t + 1 : length;
        const slope = row(dout, first + t, width, c);
        for (let u: i32 = 0; u < keys; u++) {
          store<f32>(ds + (<usize>u << 2), dot(slope, row(v, first + u, width, c), e));
          addScaled(row(dv, first + u, width, c), slope, load<f32>(p + (<usize>u << 2)), e);
        }
        const mean = dot(ds, p, keys);
        const query = row(q, first + t, width, c);
        const target = row(dq, first + t, width, c);
        for (let u: i32 = 0; u < keys; u++) {
          const d = load<f32>(p + (<usize>u << 2)) * (load<f32>(ds + (<usize>u << 2)) - mean) * scale;
          addScaled(target, row(k, first + u, width, c), d, e);
          addScaled(row(dk, first + u, width, c), query, d, e);
        }
      }
    }
  }
}
