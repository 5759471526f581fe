/**
 * Forward operations that remember their way back. Gradients are made on first use: the first writer overwrites, later
 * ones add, so nothing is cleared in vain.
 *
 * Shapes   tensor float32[rows, width]; packed batches: rows are the tokens of all sequences, one after the other
 */
import { gateOf, type ActivationName } from '../model/activations.js';
import type { Engine, Kernels } from './wasm.js';

export interface Tensor {
  readonly at: number;
  readonly rows: number;
  readonly width: number;
  /** Address of the gradient; 0 until somebody writes it. */
  grad: number;
}

/** A parameter as an operation sees it: values to use, and where gradients add up (0 = frozen). */
export interface Weight {
  readonly at: number;
  readonly grad: number;
}

/** Columns of k non-zeros each. */
export interface SparseWeight {
  readonly k: number;
  /** Address of int32[k * outer]. */
  readonly rows: number;
  readonly values: Weight;
}

/** Dropout of a step: the chance of a value to be dropped, and where the masks come from. */
export interface Noise {
  readonly rate: number;
  readonly seed: number;
}

export interface Sequences {
  readonly count: number;
  /** Address of int32[count + 1]. */
  readonly starts: number;
  readonly longest: number;
  /** Sum of length * (length rounded up to 4). */
  readonly scores: number;
}

export const int8Low = -128;
export const int8High = 127;

export class Tape {
  private readonly steps: (() => void)[] = [];
  private readonly kernels: Kernels;

  constructor(readonly engine: Engine) {
    this.kernels = engine.kernels;
  }

  tensor(rows: number, width: number): Tensor {
    return { at: this.engine.allocate(rows * width), rows, width, grad: 0 };
  }

  zeros(rows: number, width: number): Tensor {
    return { at: this.engine.zeros(rows * width), rows, width, grad: 0 };
  }

  /** Runs every step's way back, last step first. */
  backward(): void {
    for (let i = this.steps.length - 1; i >= 0; i--) this.steps[i]!();
  }

  /** The gradient, zero if nobody has written it yet. */
  gradOf(of: Tensor): number {
    if (of.grad === 0) of.grad = this.engine.zeros(of.rows * of.width);
    return of.grad;
  }

  /** y = x W + b, W [x.width, outer]; with `onto` y = onto + x W + b. */
  linear(x: Tensor, weight: Weight, outer: number, bias?: Weight, onto?: Tensor): Tensor {
    const { kernels, engine } = this;
    const { rows, width: inner } = x;
    const y = this.tensor(rows, outer);
    if (onto !== undefined) engine.floats(y.at, rows * outer).set(engine.floats(onto.at, rows * outer));
    kernels.matmul(0, x.at, weight.at, y.at, rows, outer, inner, inner, outer, outer, onto === undefined ? 0 : 1, engine.scratch);
    if (bias !== undefined) kernels.addBias(y.at, bias.at, rows, outer);
    this.steps.push(() => {
      const dy = this.gradOf(y);
      const first = x.grad === 0;
      if (first) x.grad = engine.allocate(rows * inner);
      kernels.matmul(1, dy, weight.at, x.grad, rows, inner, outer, outer, outer, inner, first ? 0 : 1, engine.scratch);
      if (weight.grad !== 0) kernels.matmul(2, x.at, dy, weight.grad, inner, outer, rows, inner, outer, outer, 1, engine.scratch);
      if (bias !== undefined && bias.grad !== 0) kernels.addColumnSums(bias.grad, dy, rows, outer);
      if (onto !== undefined) this.passOn(onto, dy);
    });
    return y;
  }

  /** y = x W_D + b, W_D sparse; with `onto` y = onto + x W_D + b. */
  sparse(x: Tensor, { rows: support, values, k }: SparseWeight, outer: number, bias: Weight, onto?: Tensor): Tensor {
    const { kernels, engine } = this;
    const { rows, width: rank } = x;
    const y = onto === undefined ? this.zeros(rows, outer) : this.tensor(rows, outer);
    if (onto !== undefined) engine.floats(y.at, rows * outer).set(engine.floats(onto.at, rows * outer));
    const scratch = engine.allocate(kernels.sparseScratch(rank, outer, k));
    kernels.sparseExpand(x.at, support, values.at, y.at, rows, rank, outer, k, scratch);
    kernels.addBias(y.at, bias.at, rows, outer);
    this.steps.push(() => {
      const dy = this.gradOf(y);
      kernels.sparseExpandBackward(x.at, support, values.at, dy, this.gradOf(x), values.grad, rows, rank, outer, k, scratch);
      if (bias.grad !== 0) kernels.addColumnSums(bias.grad, dy, rows, outer);
      if (onto !== undefined) this.passOn(onto, dy);
    });
    return y;
  }

  /** `of` has this gradient too; takes the buffer itself when it is the first, so its owner must be done with it. */
  private passOn(of: Tensor, grad: number): void {
    if (of.grad === 0) of.grad = grad;
    else this.kernels.accumulate(of.grad, grad, 1, of.rows * of.width);
  }

  norm(x: Tensor, gamma: Weight, beta: Weight, { epsilon, centred }: { readonly epsilon: number; readonly centred: boolean }): Tensor {
    const { kernels, engine } = this;
    const { rows, width } = x;
    const y = this.tensor(rows, width);
    const xhat = engine.allocate(rows * width);
    const rstd = engine.allocate(rows);
    kernels.layerNorm(x.at, gamma.at, beta.at, y.at, xhat, rstd, rows, width, epsilon, centred ? 1 : 0);
    this.steps.push(() => {
      const g = engine.allocate(width);
      const unused = gamma.grad === 0 ? engine.zeros(width) : gamma.grad;
      kernels.layerNormBackward(
        this.gradOf(y),
        gamma.at,
        xhat,
        rstd,
        this.gradOf(x),
        unused,
        beta.grad || engine.zeros(width),
        g,
        rows,
        width,
        centred ? 1 : 0,
      );
    });
    return y;
  }

  activation(kind: ActivationName, x: Tensor): Tensor {
    const { kernels } = this;
    const y = this.tensor(x.rows, x.width);
    const count = x.rows * x.width;
    const gate = gateOf(kind);
    if (gate !== undefined) kernels.gated(x.at, y.at, gate.linear, gate.cubic, count);
    else if (kind === 'gelu') kernels.gelu(x.at, y.at, count);
    else kernels.relu(x.at, y.at, count);
    this.steps.push(() => {
      const [dy, dx] = [this.gradOf(y), this.gradOf(x)];
      if (gate !== undefined) kernels.gatedBackward(x.at, dy, dx, gate.linear, gate.cubic, count);
      else if (kind === 'gelu') kernels.geluBackward(x.at, dy, dx, count);
      else kernels.reluBackward(x.at, dy, dx, count);
    });
    return y;
  }

  attention(q: Tensor, k: Tensor, v: Tensor, { count, starts, longest, scores }: Sequences, heads: number, causal: boolean): Tensor {
    const { kernels, engine } = this;
    const { rows, width } = q;
    const out = this.zeros(rows, width);
    const p = engine.allocate(scores * heads);
    kernels.attention(q.at, k.at, v.at, out.at, p, starts, count, width, heads, causal ? 1 : 0);
    this.steps.push(() => {
      const ds = engine.allocate(longest + 4);
      kernels.attentionBackward(
        q.at,
        k.at,
        v.at,
        p,
        this.gradOf(out),
        this.gradOf(q),
        this.gradOf(k),
        this.gradOf(v),
        ds,
        starts,
        count,
        width,
        heads,
        causal ? 1 : 0,
      );
    });
    return out;
  }

  copy(x: Tensor): Tensor {
    const count = x.rows * x.width;
    const y = this.tensor(x.rows, x.width);
    this.engine.floats(y.at, count).set(this.engine.floats(x.at, count));
    this.steps.push(() => this.kernels.accumulate(this.gradOf(x), this.gradOf(y), 1, count));
    return y;
  }

  /** x itself, rounded to whole steps and saturated; the gradient passes unless it pushes a saturated value further out. */
  round(x: Tensor, step: number, low = int8Low, high = int8High): void {
    const count = x.rows * x.width;
    this.kernels.roundTo(x.at, step, low, high, count);
    // The rounded values are what later steps have read, so the mask can be taken from them on the way back.
    this.steps.push(() => this.kernels.holdSaturated(x.at, this.gradOf(x), step, low, high, count));
  }

  /** x itself, each value kept with the chance `keep`; nobody may have read x before. */
  dropout(x: Tensor, { rate }: Noise, seed: number): void {
    const count = x.rows * x.width;
    this.kernels.dropout(x.at, seed, 1 - rate, count);
    this.steps.push(() => this.kernels.dropout(this.gradOf(x), seed, 1 - rate, count));
  }

  /** onto[t] += the table rows of the ids int32[rows * perToken]. */
  embed(onto: Tensor, table: Weight, ids: number, perToken: number): void {
    const { kernels } = this;
    kernels.embed(table.at, ids, onto.at, onto.rows, perToken, onto.width, 0);
    this.steps.push(() => {
      if (table.grad !== 0) kernels.embed(table.grad, ids, this.gradOf(onto), onto.rows, perToken, onto.width, 1);
    });
  }

  meanPool(x: Tensor, { count, starts }: Sequences): Tensor {
    const out = this.zeros(count, x.width);
    this.kernels.meanPool(x.at, out.at, starts, count, x.width);
    this.steps.push(() => this.kernels.meanPoolBackward(this.gradOf(out), this.gradOf(x), starts, count, x.width));
    return out;
  }
}
