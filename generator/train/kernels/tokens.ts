// The two ends of the encoder: table rows and positions in, pooled logits and their loss out.
import { addScaled, exp4, lanesSum } from './math';

/** out[t] += sum of table[ids[t * perToken ..]]; forward (back = 0), or table rows += out[t] (back = 1). */
export function embed(table: usize, ids: usize, out: usize, tokens: i32, perToken: i32, width: i32, back: i32): void {
  const pitch = <usize>width << 2;
  for (let t: i32 = 0; t < tokens; t++, out += pitch) {
    for (let n: i32 = 0; n < perToken; n++, ids += 4) {
      const line = table + <usize>load<i32>(ids) * pitch;
      if (back) addScaled(line, out, 1, width);
      else addScaled(out, line, 1, width);
    }
  }
}

/** out[sequence] = mean of x[tokens of the sequence]; forward only, out starts at zero. */
export function meanPool(x: usize, out: usize, starts: usize, sequences: i32, width: i32): void {
  const pitch = <usize>width << 2;
  for (let s: i32 = 0; s < sequences; s++, out += pitch) {
    const first = load<i32>(starts + (<usize>s << 2)), end = load<i32>(starts + (<usize>s << 2), 4);
    for (let t = first; t < end; t++) addScaled(out, x + <usize>t * pitch, 1 / <f32>(end - first), width);
  }
}

/** dx[tokens of the sequence] += dout[sequence] / length */
export function meanPoolBackward(dout: usize, dx: usize, starts: usize, sequences: i32, width: i32): void {
  const pitch = <usize>width << 2;
  for (let s: i32 = 0; s < sequences; s++, dout += pitch) {
    const first = load<i32>(starts + (<usize>s << 2)), end = load<i32>(starts + (<usize>s << 2), 4);
    for (let t = first; t < end; t++) addScaled(dx + <usize>t * pitch, dout, 1 / <f32>(end - first), width);
  }
}

/** p = softmax(x / temperature), both [classes] padded to whole vectors at p; the log of the sum plus the top is returned. */
function softmaxInto(p: usize, x: usize, classes: i32, temperature: f32): f32 {
  const padded = (classes + 3) & ~3;
  let top: f32 = -Infinity;
  for (let i: i32 = 0; i < classes; i++) {
    const value = load<f32>(x + (<usize>i << 2)) / temperature;
    store<f32>(p + (<usize>i << 2), value);
    top = max(top, value);
  }
  for (let i = classes; i < padded; i++) store<f32>(p + (<usize>i << 2), -1e30);
  let sum = f32x4.splat(0);
  for (let i: i32 = 0; i < padded; i += 4) {
    const value = exp4(f32x4.sub(v128.load(p + (<usize>i << 2)), f32x4.splat(top)));
    v128.store(p + (<usize>i << 2), value);
    sum = f32x4.add(sum, value);
  }
  const total = lanesSum(sum);
  for (let i: i32 = 0; i < padded; i += 4) {
    v128.store(p + (<usize>i << 2), f32x4.div(v128.load(p + (<usize>i << 2)), f32x4.splat(total)));
  }
  return top + Mathf.log(total);
}

/**
 * Sum over rows of (1 - alpha) CE(logits, label) + alpha T^2 KL(softmax(teacher / T) || softmax(logits / T));
 * dlogits += its gradient times share. Rows whose label is below 0 do not count. teacher = 0 means cross entropy alone. scratch: two rows, padded to vectors.
 */
export function loss(
  logits: usize, labels: usize, teacher: usize, dlogits: usize, scratch: usize, rows: i32, classes: i32,
  alpha: f32, temperature: f32, share: f32,
): f64 {
  const pitch = <usize>classes << 2;
  const other = scratch + ((<usize>((classes + 3) & ~3)) << 2);
  const hard: f32 = teacher ? 1 - alpha : 1;
  let total: f64 = 0;
  for (let r: i32 = 0; r < rows; r++, logits += pitch, dlogits += pitch) {
    const named = load<i32>(labels + (<usize>r << 2));
    if (named < 0) {
      if (teacher) teacher += pitch;
      continue;
    }
    const label = <usize>named << 2;
    const logSum = softmaxInto(scratch, logits, classes, 1);
    total += <f64>hard * <f64>(logSum - load<f32>(logits + label));
    addScaled(dlogits, scratch, hard * share, classes);
    store<f32>(dlogits + label, load<f32>(dlogits + label) - hard * share);
    if (!teacher) continue;
    const teacherSum = softmaxInto(other, teacher, classes, temperature);
    const studentSum = softmaxInto(scratch, logits, classes, temperature);
    let divergence: f32 = 0;
    for (let i: usize = 0; i < pitch; i += 4) {
      const p = load<f32>(other + i);
      divergence += p * ((load<f32>(teacher + i) - load<f32>(logits + i)) / temperature - teacherSum + studentSum);
    }
    total += <f64>(alpha * temperature * temperature * divergence);
    addScaled(dlogits, scratch, alpha * temperature * share, classes);
    addScaled(dlogits, other, -alpha * temperature * share, classes);
    teacher += pitch;
  }
  return total;
}
