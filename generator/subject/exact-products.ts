/**
 * The golden model's dense products on the training engine's float kernels, for whole test sets.
 *
 * Exact  products of int8 numbers are at most 2^14, so every partial sum of up to 1024 of them is an integer of at most 2^24,
 *        which a float holds exactly: the order of additions does not matter, the result is that of accumulateDense
 */
import { accumulateDense, type DenseProducts } from '../golden/dense.js';
import { Engine } from '../train/wasm.js';

const deepest = 1024;

export function exactProducts(): DenseProducts {
  const engine = new Engine();
  const stored = new Map<Int16Array, number>();
  return (acc, x, tokens, weights, inner, outer) => {
    if (inner > deepest) return accumulateDense(acc, x, tokens, weights, inner, outer);
    const at = stored.get(weights) ?? engine.put(weights);
    stored.set(weights, at);
    const mark = engine.mark();
    const rows = engine.allocate(tokens * inner);
    const sums = engine.allocate(tokens * outer);
    const floats = engine.floats(rows, tokens * inner);
    for (let t = 0; t < tokens; t++) floats.set(x.data.subarray(t * x.width, t * x.width + inner), t * inner);
    engine.kernels.matmul(0, rows, at, sums, tokens, outer, inner, inner, outer, outer, 0, engine.scratch);
    const found = engine.floats(sums, tokens * outer);
    for (let i = 0; i < found.length; i++) acc[i] = acc[i]! + found[i]!;
    engine.release(mark);
  };
}
