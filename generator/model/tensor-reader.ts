/** Takes tensors by name and expected shape; notes every problem instead of stopping at the first. */
import type { ExpectedTensor } from './expected-tensors.js';
import type { StoredTensor } from './safetensors.js';
import { dtypesOf, integerDtypes, valuesOf } from './tensor-values.js';

/** Whether a finite number becomes infinite in 32 bits. */
function overflows(value: number): boolean {
  return Number.isFinite(value) && !Number.isFinite(Math.fround(value));
}

export class TensorReader {
  readonly problems: string[] = [];

  constructor(private readonly tensors: ReadonlyMap<string, StoredTensor>) {}

  has(name: string): boolean {
    return this.tensors.has(name);
  }

  isInteger(name: string): boolean {
    return integerDtypes.includes(this.tensors.get(name)?.dtype ?? 'F32');
  }

  problem(text: string): void {
    this.problems.push(text);
  }

  /** Headers alone: whether these tensors are there in their shapes and kinds, and no others. */
  check(expected: readonly ExpectedTensor[]): void {
    for (const tensor of expected) {
      const problem = this.headerProblem(tensor);
      if (problem !== undefined) this.problem(`${tensor.name}${problem}`);
    }
    const known = new Set(expected.map(({ name }) => name));
    for (const name of this.tensors.keys()) {
      if (!known.has(name)) this.problem(`${name}: the configuration has no such tensor; remove it or correct config.json`);
    }
  }

  doubles(name: string, shape: readonly number[]): Float64Array {
    const values = this.take({ name, shape, kind: 'float' });
    const bad = values.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0)
      this.problem(`${name}[${place(bad, shape)}] = ${values[bad]}: must be a finite number; take a checkpoint from before it diverged`);
    const large = values.findIndex(overflows);
    if (large >= 0)
      this.problem(`${name}[${place(large, shape)}] = ${values[large]}: overflows 32 bits, in which weights are computed; scale it down`);
    return values;
  }

  floats(name: string, shape: readonly number[]): Float32Array {
    return Float32Array.from(this.doubles(name, shape));
  }

  integers(name: string, shape: readonly number[], low: number, high: number): Float64Array {
    const values = this.take({ name, shape, kind: 'integer' });
    const bad = values.findIndex((value) => value < low || value > high);
    if (bad >= 0) this.problem(`${name}[${place(bad, shape)}] = ${values[bad]}: must be ${low} .. ${high}`);
    return values;
  }

  /** One number above 0 that does not leave 32 bits when it is multiplied by `times`. */
  positive(name: string, times: number): number {
    const value = this.doubles(name, [1])[0]!;
    if (!overflows(value) && overflows(value * times))
      this.problem(`${name} = ${value}: times a code of up to ${times} it overflows 32 bits, in which weights are computed; scale it down`);
    if (value <= 0) this.problem(`${name} = ${value}: must be above 0`);
    return value;
  }

  private headerProblem({ name, shape, kind }: ExpectedTensor): string | undefined {
    const tensor = this.tensors.get(name);
    const dtypes = dtypesOf[kind];
    const wanted = `[${shape.join(', ')}]`;
    if (tensor === undefined) return `: is missing; needs ${wanted} of ${dtypes.join(', ')}`;
    if (!dtypes.includes(tensor.dtype)) return `.dtype = ${tensor.dtype}: must be one of ${dtypes.join(', ')}`;
    const equal = tensor.shape.length === shape.length && tensor.shape.every((size, i) => size === shape[i]);
    return equal ? undefined : `.shape = [${tensor.shape.join(', ')}]: must be ${wanted}`;
  }

  /** Nothing is allocated for what `check` would have refused. */
  private take(expected: ExpectedTensor): Float64Array {
    const problem = this.headerProblem(expected);
    if (problem !== undefined) throw new Error(`${expected.name}${problem}`);
    return valuesOf(this.tensors.get(expected.name)!);
  }
}

function place(index: number, shape: readonly number[]): string {
  const digits: number[] = [];
  for (const size of [...shape].reverse()) {
    digits.unshift(index % size);
    index = Math.floor(index / size);
  }
  return digits.join(', ');
}
