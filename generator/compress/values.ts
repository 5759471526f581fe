/** Uniform symmetric numbers of few bits with one scale: 6-bit values of W_D, int8 weights and biases. */
export interface Quantised {
  readonly scale: number;
  readonly values: Int8Array;
}

export function quantiseWith(values: ArrayLike<number>, scale: number, limit: number): Int8Array {
  return Int8Array.from(values, (value) => Math.max(-limit, Math.min(limit, Math.round(value / scale))));
}

/** The scale of least squared error among clippings from the whole range down to a third of it. */
export function bestScale(values: ArrayLike<number>, limit: number): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]!));
  if (largest === 0) return 1;
  let best = largest / limit;
  let least = Infinity;
  for (let step = 0; step < 24; step++) {
    const scale = (largest / limit) * (1 - step * 0.03);
    let error = 0;
    for (let i = 0; i < values.length; i++) {
      const code = Math.max(-limit, Math.min(limit, Math.round(values[i]! / scale)));
      error += (values[i]! - code * scale) ** 2;
    }
    if (error < least) {
      least = error;
      best = scale;
    }
  }
  return best;
}

export function quantise(values: ArrayLike<number>, limit: number): Quantised {
  const scale = bestScale(values, limit);
  return { scale, values: quantiseWith(values, scale, limit) };
}
