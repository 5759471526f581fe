/**
 * All trained tensors in one run of memory, with their gradients and Adam's two moments beside them.
 *
 * Layout   decayed tensors first, then those without weight decay, each padded with zeros to whole vectors
 */
import type { Engine } from './wasm.js';

export interface TensorSpec {
  readonly name: string;
  readonly values: Float32Array;
  /** Weight decay: for matrices, not for biases, norms and positions. */
  readonly decay: boolean;
}

export interface Parameter {
  readonly name: string;
  readonly at: number;
  readonly grad: number;
  readonly count: number;
}

export interface AdamStep {
  readonly rate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly decay: number;
  /** Number of the step, from 1. */
  readonly step: number;
  /** Factor that is applied to the gradient first. */
  readonly scale: number;
}

const whole = (count: number): number => (count + 3) & ~3;

export class Parameters {
  readonly list: readonly Parameter[];
  readonly count: number;
  private readonly decayed: number;
  private readonly byName: ReadonlyMap<string, Parameter>;
  private readonly regions: { readonly values: number; readonly grads: number; readonly first: number; readonly second: number };

  constructor(
    private readonly engine: Engine,
    specs: readonly TensorSpec[],
  ) {
    const ordered = [...specs.filter(({ decay }) => decay), ...specs.filter(({ decay }) => !decay)];
    this.count = ordered.reduce((sum, { values }) => sum + whole(values.length), 0);
    this.decayed = ordered.reduce((sum, { values, decay }) => sum + (decay ? whole(values.length) : 0), 0);
    const [values, grads, first, second] = [0, 1, 2, 3].map(() => engine.zeros(this.count)) as [number, number, number, number];
    this.regions = { values, grads, first, second };
    let offset = 0;
    this.list = ordered.map((spec) => {
      const parameter = { name: spec.name, at: values + 4 * offset, grad: grads + 4 * offset, count: spec.values.length };
      engine.floats(parameter.at, parameter.count).set(spec.values);
      offset += whole(spec.values.length);
      return parameter;
    });
    this.byName = new Map(this.list.map((parameter) => [parameter.name, parameter]));
  }

  get(name: string): Parameter {
    const found = this.byName.get(name);
    if (found === undefined) throw new RangeError(`no parameter ${name}`);
    return found;
  }

  has(name: string): boolean {
    return this.byName.has(name);
  }

  /** A copy of one tensor. */
  read(name: string): Float32Array {
    const { at, count } = this.get(name);
    return this.engine.floats(at, count).slice();
  }

  values(): Float32Array {
    return this.engine.floats(this.regions.values, this.count);
  }

  grads(): Float32Array {
    return this.engine.floats(this.regions.grads, this.count);
  }

  /** Adam's moments, for checkpoints. */
  moments(): [Float32Array, Float32Array] {
    return [this.engine.floats(this.regions.first, this.count), this.engine.floats(this.regions.second, this.count)];
  }

  gradientNorm(): number {
    return Math.sqrt(this.engine.kernels.sumOfSquares(this.regions.grads, this.count));
  }

  adam({ rate, beta1, beta2, decay, step, scale }: AdamStep): void {
    const { values, grads, first, second } = this.regions;
    const fix1 = 1 / (1 - beta1 ** step);
    const fix2 = 1 / (1 - beta2 ** step);
    const run = (from: number, count: number, fade: number): void => {
      const at = 4 * from;
      this.engine.kernels.adam(values + at, grads + at, first + at, second + at, count, rate, beta1, beta2, 1e-8, fix1, fix2, fade, scale);
    };
    run(0, this.decayed, decay);
    run(this.decayed, this.count - this.decayed, 0);
  }

  /** Names of the tensors whose values or gradients are not finite. */
  broken(): string[] {
    const { kernels } = this.engine;
    return this.list
      .filter(({ at, grad, count }) => !Number.isFinite(kernels.sumOfSquares(at, count) + kernels.sumOfSquares(grad, count)))
      .map(({ name }) => name);
  }
}
