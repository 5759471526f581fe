// LayerNorm over rows: y = xhat * gamma + beta, xhat = (x - mean) * rstd, rstd = 1 / sqrt(variance + epsilon). RMSNorm, without
// `centred`: the mean is 0 whatever x is.
import { dot } from './math';

/** x, y, xhat [rows, width]; gamma, beta [width]; rstd [rows]. xhat and rstd are kept for the way back. */
export function layerNorm(
  x: usize, gamma: usize, beta: usize, y: usize, xhat: usize, rstd: usize, rows: i32, width: i32, epsilon: f32, centred: i32,
): void {
  const pitch = <usize>width << 2;
  for (let r: i32 = 0; r < rows; r++, x += pitch, y += pitch, xhat += pitch) {
    let sum: f32 = 0;
    if (centred !== 0) for (let i: usize = 0; i < pitch; i += 4) sum += load<f32>(x + i);
    const mean = sum / <f32>width;
    for (let i: usize = 0; i < pitch; i += 4) store<f32>(xhat + i, load<f32>(x + i) - mean);
    const scale: f32 = 1 / sqrt<f32>(dot(xhat, xhat, width) / <f32>width + epsilon);
    store<f32>(rstd + (<usize>r << 2), scale);
    for (let i: usize = 0; i < pitch; i += 4) {
      const n = load<f32>(xhat + i) * scale;
      store<f32>(xhat + i, n);
      store<f32>(y + i, n * load<f32>(gamma + i) + load<f32>(beta + i));
    }
  }
}

/** dx += rstd (g - mean(g) - xhat mean(g xhat)), g = dy gamma; dgamma += sum dy xhat; dbeta += sum dy. g [width] is scratch. */
export function layerNormBackward(
  dy: usize, gamma: usize, xhat: usize, rstd: usize, dx: usize, dgamma: usize, dbeta: usize, g: usize, rows: i32, width: i32,
  centred: i32,
): void {
  const pitch = <usize>width << 2;
  for (let r: i32 = 0; r < rows; r++, dy += pitch, dx += pitch, xhat += pitch) {
    let sum: f32 = 0;
    for (let i: usize = 0; i < pitch; i += 4) {
      const d = load<f32>(dy + i);
      const slope = d * load<f32>(gamma + i);
      store<f32>(g + i, slope);
      sum += slope;
      store<f32>(dgamma + i, load<f32>(dgamma + i) + d * load<f32>(xhat + i));
      store<f32>(dbeta + i, load<f32>(dbeta + i) + d);
    }
    const mean: f32 = centred !== 0 ? sum / <f32>width : 0;
    const along = dot(g, xhat, width) / <f32>width;
    const scale = load<f32>(rstd + (<usize>r << 2));
    for (let i: usize = 0; i < pitch; i += 4) {
      store<f32>(dx + i, load<f32>(dx + i) + scale * (load<f32>(g + i) - mean - load<f32>(xhat + i) * along));
    }
  }
}
