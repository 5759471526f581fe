/** Constants of an ONNX graph that are computed from others: a few operators on few numbers, and views of large ones. */
import { elementCount, stored, type StoredTensor } from '../model/safetensors.js';
import { tensorOf, valuesOf } from '../model/tensor-values.js';
import type { OnnxConstant } from './onnx-file.js';

export function floatsOf({ floats, integers }: OnnxConstant): ArrayLike<number> {
  return floats === undefined ? (integers ?? []) : valuesOf(floats);
}

/** Number of a constant that has only one; undefined when there are several. */
export function scalarOf(constant: OnnxConstant): number | undefined {
  return elementCount(constant.shape) === 1 ? floatsOf(constant)[0] : undefined;
}

export function countOf({ shape }: OnnxConstant): number {
  return elementCount(shape);
}

export function withShape(constant: OnnxConstant, shape: readonly number[]): OnnxConstant {
  return { ...constant, shape, floats: constant.floats && { ...constant.floats, shape } };
}

export function floatConstant(name: string, shape: readonly number[], values: ArrayLike<number>): OnnxConstant {
  const floats: StoredTensor = stored(tensorOf('F64', shape, values));
  return { name, shape, floats, integers: undefined };
}

export function integerConstant(name: string, shape: readonly number[], integers: readonly number[]): OnnxConstant {
  return { name, shape, floats: undefined, integers };
}

const operators: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Pow: (a, b) => a ** b,
};

const mostFolded = 2 ** 16;

/** Folds two constants of which one is a single number, or both have the same shape. */
export function folded(op: string, a: OnnxConstant, b: OnnxConstant): OnnxConstant | undefined {
  const operator = Object.hasOwn(operators, op) ? operators[op] : undefined;
  const [many, one] = countOf(a) >= countOf(b) ? [a, b] : [b, a];
  if (operator === undefined || countOf(many) > mostFolded || (countOf(one) !== 1 && String(one.shape) !== String(many.shape)))
    return undefined;
  const [x, y] = [floatsOf(a), floatsOf(b)];
  const values = Array.from({ length: countOf(many) }, (_, i) => operator(x[x.length === 1 ? 0 : i]!, y[y.length === 1 ? 0 : i]!));
  const integers = a.integers !== undefined && b.integers !== undefined;
  return integers ? integerConstant(many.name, many.shape, values.map(Math.trunc)) : floatConstant(many.name, many.shape, values);
}

/** Rows of [rows, columns]. */
export function rowsOf(table: OnnxConstant, rows: readonly number[]): Float64Array {
  const width = table.shape.at(-1)!;
  const values = floatsOf(table);
  const out = new Float64Array(rows.length * width);
  rows.forEach((row, i) => {
    for (let f = 0; f < width; f++) out[i * width + f] = values[row * width + f]!;
  });
  return out;
}
