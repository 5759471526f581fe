/** Takes tensors by name and expected shape; notes every problem instead of stopping at the first. */
import { elementCount, type Dtype, type Tensor } from './safetensors.js';
import { floatDtypes, integerDtypes, valuesOf } from './tensor-values.js';

/** Whether a finite number becomes infinite in 32 bits. */
function overflows(value: number): boolean {
  return Number.isFinite(value) && !Number.isFinite(Math.fround(value));
}

export class TensorReader {
  readonly problems: string[] = [];
  private readonly taken = new Set<string>();

  constructor(private readonly tensors: ReadonlyMap<string, Tensor>) {}

  has(name: string): boolean {
    return this.tensors.has(name);
  }

  isInteger(name: string): boolean {
    return integerDtypes.includes(this.tensors.get(name)?.dtype ?? 'F32');
  }

  problem(text: string): void {
    this.problems.push(text);
  }

  doubles(name: string, shape: readonly number[]): Float64Array {
    const values = this.take(name, shape, floatDtypes);
    const bad = values.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) this.problem(`${name}[${place(bad, shape)}] = ${values[bad]}: must be a finite number; train again from the last good checkpoint`);
    const large = values.findIndex(overflows);
    if (large >= 0) this.problem(`${name}[${place(large, shape)}] = ${values[large]}: overflows 32 bits, in which weights are computed; scale it down`);
    return values;
  }

  floats(name: string, shape: readonly number[]): Float32Array {
    return Float32Array.from(this.doubles(name, shape));
  }

  integers(name: string, shape: readonly number[], low: number, high: number): Float64Array {
    const values = this.take(name, shape, integerDtypes);
    const bad = values.findIndex((value) => value < low || value > high);
    if (bad >= 0) this.problem(`${name}[${place(bad, shape)}] = ${values[bad]}: must be ${low} .. ${high}`);
    return values;
  }

  /** One number above 0 that does not leave 32 bits when it is multiplied by `times`. */
  positive(name: string, times: number): number {
    const value = this.doubles(name, [1])[0]!;
    if (!overflows(value) && overflows(value * times)) this.problem(`${name} = ${value}: times a code of up to ${times} it overflows 32 bits, in which weights are computed; scale it down`);
    if (value <= 0 && this.has(name)) this.problem(`${name} = ${value}: must be above 0`);
    return value;
  }

  /** Tensors that nobody asked for are problems too. */
  finish(): void {
    const unknown = [...this.tensors.keys()].filter((name) => !this.taken.has(name));
    for (const name of unknown) this.problem(`${name}: the configuration has no such tensor; remove it or correct config.json`);
  }

  /** Zeros when the tensor is not what it should be. */
  private take(name: string, shape: readonly number[], dtypes: readonly Dtype[]): Float64Array {
    this.taken.add(name);
    const tensor = this.tensors.get(name);
    const wanted = `[${shape.join(', ')}]`;
    const none = new Float64Array(elementCount(shape));
    if (tensor === undefined) {
      this.problem(`${name}: is missing; needs ${wanted} of ${dtypes.join(', ')}`);
      return none;
    }
    if (!dtypes.includes(tensor.dtype)) {
      this.problem(`${name}.dtype = ${tensor.dtype}: must be one of ${dtypes.join(', ')}`);
      return none;
    }
    if (tensor.shape.length !== shape.length || tensor.shape.some((size, i) => size !== shape[i])) {
      this.problem(`${name}.shape = [${tensor.shape.join(', ')}]: must be ${wanted}`);
      return none;
    }
    return valuesOf(tensor);
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
