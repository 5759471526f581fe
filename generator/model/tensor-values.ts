/** Numbers of a tensor: floats of any width in, floats of the chosen width out. */
import { fromBfloat, fromHalf, toBfloat, toHalf } from './half.js';
import { dtypeBytes, elementCount, type Dtype, type StoredTensor, type Tensor } from './safetensors.js';

const readers: Partial<Record<Dtype, (view: DataView, at: number) => number>> = {
  F64: (view, at) => view.getFloat64(at, true),
  F32: (view, at) => view.getFloat32(at, true),
  F16: (view, at) => fromHalf(view.getUint16(at, true)),
  BF16: (view, at) => fromBfloat(view.getUint16(at, true)),
  I32: (view, at) => view.getInt32(at, true),
  U32: (view, at) => view.getUint32(at, true),
  I16: (view, at) => view.getInt16(at, true),
  U16: (view, at) => view.getUint16(at, true),
  I8: (view, at) => view.getInt8(at),
  U8: (view, at) => view.getUint8(at),
};

const writers = {
  F64: (view: DataView, at: number, value: number) => view.setFloat64(at, value, true),
  F32: (view: DataView, at: number, value: number) => view.setFloat32(at, value, true),
  F16: (view: DataView, at: number, value: number) => view.setUint16(at, toHalf(value), true),
  BF16: (view: DataView, at: number, value: number) => view.setUint16(at, toBfloat(value), true),
  I32: (view: DataView, at: number, value: number) => view.setInt32(at, value, true),
  I16: (view: DataView, at: number, value: number) => view.setInt16(at, value, true),
  I8: (view: DataView, at: number, value: number) => view.setInt8(at, value),
  U8: (view: DataView, at: number, value: number) => view.setUint8(at, value),
} satisfies Partial<Record<Dtype, (view: DataView, at: number, value: number) => void>>;
export type WritableDtype = keyof typeof writers;

export const floatDtypes: readonly Dtype[] = ['F64', 'F32', 'F16', 'BF16'];
export const integerDtypes: readonly Dtype[] = ['I32', 'U32', 'I16', 'U16', 'I8', 'U8'];
export type TensorKind = 'float' | 'integer';
export const dtypesOf: Readonly<Record<TensorKind, readonly Dtype[]>> = { float: floatDtypes, integer: integerDtypes };

/** Elements that are fetched at a time. */
const piece = 1 << 18;

/** Values of a tensor; of any size only a piece is held as bytes. */
export function valuesOf({ dtype, shape, read: bytesAt }: StoredTensor): Float64Array {
  const read = readers[dtype];
  if (read === undefined) throw new RangeError(`no numbers in ${dtype}`);
  const width = dtypeBytes[dtype];
  const values = new Float64Array(elementCount(shape));
  for (let from = 0; from < values.length; from += piece) {
    const to = Math.min(from + piece, values.length);
    const bytes = bytesAt(from * width, to * width);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let i = from; i < to; i++) values[i] = read(view, (i - from) * width);
  }
  return values;
}

export function tensorOf(dtype: WritableDtype, shape: readonly number[], values: ArrayLike<number>): Tensor {
  const bytes = new Uint8Array(values.length * dtypeBytes[dtype]);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i++) writers[dtype](view, i * dtypeBytes[dtype], values[i]!);
  return { dtype, shape, bytes };
}

/** How floats are stored: without loss (32 bits where they suffice, else 64), or rounded to 16 bits. */
export type Storage = 'exact' | 'F16' | 'BF16';

export function floatTensor(storage: Storage, shape: readonly number[], values: ArrayLike<number>): Tensor {
  if (storage !== 'exact') return tensorOf(storage, shape, values);
  let narrow = true;
  for (let i = 0; narrow && i < values.length; i++) narrow = Object.is(Math.fround(values[i]!), values[i]);
  return tensorOf(narrow ? 'F32' : 'F64', shape, values);
}

/** [rows, columns] to [columns, rows]. */
export function transposed<Values extends Float32Array | Float64Array>(values: Values, rows: number, columns: number): Values {
  const out = values.slice() as Values;
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) out[c * rows + r] = values[r * columns + c]!;
  return out;
}
