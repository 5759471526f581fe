/** Tensors made from those of a source: views of their bytes, or values that are computed when they are first read. */
import { dtypeBytes, stored, type StoredTensor } from '../model/safetensors.js';
import { tensorOf, valuesOf } from '../model/tensor-values.js';

/** `count` rows of a tensor [rows, columns], from `first` on. */
export function rowsFrom({ dtype, shape: [, columns = 0], read }: StoredTensor, first: number, count: number): StoredTensor {
  const skipped = first * columns * dtypeBytes[dtype];
  return { dtype, shape: [count, columns], read: (begin, end) => read(skipped + begin, skipped + end) };
}

export function reshaped({ dtype, read }: StoredTensor, shape: readonly number[]): StoredTensor {
  return { dtype, shape, read };
}

export function computed(shape: readonly number[], values: () => Float64Array): StoredTensor {
  let made: StoredTensor | undefined;
  return { dtype: 'F64', shape, read: (begin, end) => (made ??= stored(tensorOf('F64', shape, values()))).read(begin, end) };
}

export function zeros(count: number): StoredTensor {
  return computed([count], () => new Float64Array(count));
}

export function identity(size: number): StoredTensor {
  return computed([size, size], () => Float64Array.from({ length: size * size }, (_, i) => Number(i % size === Math.floor(i / size))));
}

/** Values of a tensor that are needed more than once. */
export function once(tensor: StoredTensor): () => Float64Array {
  let values: Float64Array | undefined;
  return () => (values ??= valuesOf(tensor));
}

/**
 * Every row of the table, then per token type the difference to the first type: whoever says nothing has the first, which
 * stands in the positions.
 */
export function tableWithTypes(table: StoredTensor, typeRows: number, types: () => Float64Array): StoredTensor {
  const [rows = 0, columns = 0] = table.shape;
  return computed([rows + typeRows, columns], () => {
    const out = new Float64Array((rows + typeRows) * columns);
    out.set(valuesOf(table));
    types().forEach((value, at) => (out[rows * columns + at] = value - types()[at % columns]!));
    return out;
  });
}

/** The first values of a tensor, or all of them, plus others. */
export function withAdded(to: StoredTensor, others: () => Float64Array): StoredTensor {
  return computed(to.shape, () => {
    const values = valuesOf(to);
    others().forEach((value, at) => (values[at] = values[at]! + value));
    return values;
  });
}
