/** An ONNX file as nodes and constants; protobuf is read by onnx-proto. */
import type { onnx } from 'onnx-proto';
import { z } from 'zod';
import { refuse, UserError } from '../util/errors.js';
import { requirePeers } from '../util/peers.js';
import { printable } from '../util/printable.js';
import { readBytes } from '../input/bytes.js';
import { checkAgainst } from '../input/json.js';
import { graphProblems, twiceDefined } from './onnx-kinds.js';
import { orderNodes } from './onnx-order.js';
import { dtypeBytes, elementCount, type Dtype, type StoredTensor } from '../model/safetensors.js';

/** A constant: floats stay where they are until they are asked for, integers are few. */
export interface OnnxConstant {
  readonly name: string;
  readonly shape: readonly number[];
  readonly floats: StoredTensor | undefined;
  readonly integers: readonly number[] | undefined;
}

export type Attribute = number | string | readonly number[] | OnnxConstant;

export interface OnnxNode {
  /** Place in the file. */
  readonly index: number;
  readonly name: string;
  /** Name with its domain where that is not ONNX's own. */
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
}

export interface OnnxInput {
  readonly name: string;
  readonly float: boolean;
  /** Sizes, undefined where one is open. */
  readonly shape: readonly (number | undefined)[];
}

export interface OnnxGraph {
  readonly path: string;
  readonly opset: number;
  readonly inputs: readonly OnnxInput[];
  readonly outputs: readonly string[];
  readonly constants: ReadonlyMap<string, OnnxConstant>;
  /** Nodes after those whose outputs they read. */
  readonly nodes: readonly OnnxNode[];
}

const oldest = 9;
const newest = 22;

/** Numbers of data types in onnx.proto. */
const dtypeNames = [
  'UNDEFINED',
  'FLOAT',
  'UINT8',
  'INT8',
  'UINT16',
  'INT16',
  'INT32',
  'INT64',
  'STRING',
  'BOOL',
  'FLOAT16',
  'DOUBLE',
  'UINT32',
  'UINT64',
  'COMPLEX64',
  'COMPLEX128',
  'BFLOAT16',
];
const floatDtypes: Readonly<Record<string, Dtype>> = { FLOAT: 'F32', DOUBLE: 'F64', FLOAT16: 'F16', BFLOAT16: 'BF16' };
const integerReaders: Readonly<Record<string, { readonly bytes: number; readonly read: (view: DataView, at: number) => number }>> = {
  INT64: { bytes: 8, read: (view, at) => Number(view.getBigInt64(at, true)) },
  INT32: { bytes: 4, read: (view, at) => view.getInt32(at, true) },
  BOOL: { bytes: 1, read: (view, at) => view.getUint8(at) },
};
const mostIntegers = 2 ** 20;

const advice = 'give an ONNX file';
const shapeSchema = z
  .array(
    z
      .int()
      .min(0)
      .max(2 ** 31),
  )
  .max(8);

export async function readOnnx(path: string, neededBy: string): Promise<OnnxGraph> {
  requirePeers(['onnx-proto'], neededBy);
  const bytes = readBytes({ path, advice, mostBytes: 2 ** 31 });
  const { default: library } = await import('onnx-proto');
  let model: onnx.ModelProto;
  try {
    model = library.onnx.ModelProto.decode(bytes);
  } catch {
    throw new UserError([`${path}: is not an ONNX file, or is damaged; copy or export it again`]);
  }
  return graphOf(path, model);
}

function graphOf(path: string, { graph, opsetImport }: onnx.ModelProto): OnnxGraph {
  if (graph === null || graph === undefined || (graph.node ?? []).length === 0)
    throw new UserError([`${path}: has no graph; is it an ONNX file?`]);
  const problems: string[] = [];
  const opset = Number(
    (opsetImport ?? []).find(({ domain }) => domain === '' || domain === 'ai.onnx' || domain === undefined)?.version ?? 0,
  );
  if (opset < oldest || opset > newest)
    problems.push(`opset = ${opset}: must be ${oldest} .. ${newest}; export the model with one of these`);
  const constants = new Map<string, OnnxConstant>();
  for (const tensor of graph.initializer ?? []) {
    const constant = constantOf(tensor, `initializer ${tensor.name}`, problems);
    if (constant !== undefined) constants.set(constant.name, constant);
  }
  const unordered = (graph.node ?? []).map((node, index) => nodeOf(node, index, problems));
  const initializers = (graph.initializer ?? []).map(({ name }) => name ?? '');
  // Old files list the initializers as inputs too.
  const inputs = (graph.input ?? []).filter(({ name }) => !initializers.includes(name ?? '')).map(inputOf);
  const twice = twiceDefined({ inputs, initializers, nodes: unordered });
  const { nodes, problems: cycles } = orderNodes(unordered);
  // Which node needs which is known only of names that one thing defines.
  problems.push(...(twice.length > 0 ? twice : cycles));
  // Constants that were not read are undefined only here.
  if (problems.length === 0) problems.push(...graphProblems({ inputs, constants, nodes }));
  refuse(problems.map((problem) => `${path}: ${problem}`));
  return { path, opset, inputs, outputs: (graph.output ?? []).map(({ name }) => name ?? ''), constants, nodes };
}

function inputOf({ name, type }: onnx.IValueInfoProto): OnnxInput {
  const tensor = type?.tensorType;
  const shape = (tensor?.shape?.dim ?? []).map(({ dimValue }) => {
    const size = Number(dimValue ?? 0);
    return size > 0 ? size : undefined;
  });
  return { name: name ?? '', float: Object.hasOwn(floatDtypes, dtypeNames[tensor?.elemType ?? 0] ?? ''), shape };
}

function nodeOf({ name, opType, domain, input, output, attribute }: onnx.INodeProto, index: number, problems: string[]): OnnxNode {
  const own = domain === undefined || domain === null || domain === '' || domain === 'ai.onnx';
  const attributes = new Map<string, Attribute>();
  for (const one of attribute ?? []) {
    const value = attributeOf(one, `node ${name || index}, attribute ${one.name}`, problems);
    if (value !== undefined) attributes.set(one.name ?? '', value);
  }
  const op = `${own ? '' : `${domain}.`}${opType}`;
  return { index, name: name || `number ${index}`, op, inputs: input ?? [], outputs: output ?? [], attributes };
}

/** Kinds of attributes by their numbers in onnx.proto; graphs and other kinds are of nodes that nothing understands. */
function attributeOf({ type, f, i, s, t, floats, ints }: onnx.IAttributeProto, where: string, problems: string[]): Attribute | undefined {
  switch (Number(type)) {
    case 1:
      return f ?? 0;
    case 2:
      return Number(i ?? 0);
    case 3:
      return new TextDecoder().decode(s ?? new Uint8Array());
    case 4:
      return t === null || t === undefined ? undefined : constantOf(t, where, problems);
    case 6:
      return (floats ?? []).map(Number);
    case 7:
      return (ints ?? []).map(Number);
    default:
      return undefined;
  }
}

function constantOf(tensor: onnx.ITensorProto, where: string, problems: string[]): OnnxConstant | undefined {
  const { name, dims, dataType, dataLocation, externalData, rawData, int32Data, int64Data } = tensor;
  const fail = (problem: string): undefined => void problems.push(`${where}: ${problem}`);
  if (Number(dataLocation ?? 0) === 1 || (externalData ?? []).length > 0) {
    const file = (externalData ?? []).find(({ key }) => key === 'location')?.value ?? 'another file';
    return fail(
      `its values are in ${printable(file)}; save the model with all values in one file (onnx.save_model, save_as_external_data=False)`,
    );
  }
  const dtype = dtypeNames[dataType ?? 0] ?? String(dataType);
  const { data: shape, issues } = checkAgainst(shapeSchema, (dims ?? []).map(Number));
  if (issues !== undefined) return fail(`its shape is not one of up to 8 sizes`);
  const count = elementCount(shape);
  const raw = rawData !== null && rawData !== undefined && rawData.length > 0 ? rawData : undefined;
  const floatDtype = Object.hasOwn(floatDtypes, dtype) ? floatDtypes[dtype] : undefined;
  const misfits = (found: number, wanted: number): boolean => {
    if (found !== wanted) fail(`has ${found} bytes; ${dtype} [${shape.join(', ')}] needs ${wanted}`);
    return found !== wanted;
  };
  if (floatDtype !== undefined) {
    const bytes = raw ?? listed(floatDtype, tensor);
    if (misfits(bytes.length, count * dtypeBytes[floatDtype])) return undefined;
    return {
      name: name ?? '',
      shape,
      floats: { dtype: floatDtype, shape, read: (begin, end) => bytes.subarray(begin, end) },
      integers: undefined,
    };
  }
  const reader = Object.hasOwn(integerReaders, dtype) ? integerReaders[dtype] : undefined;
  if (reader === undefined) return fail(`data type ${dtype} is not read; needs FLOAT, FLOAT16, BFLOAT16 or DOUBLE, without quantisation`);
  if (count > mostIntegers) return fail(`has ${count} integers, more than any encoder needs`);
  if (raw === undefined) {
    const integers = (dtype === 'INT64' ? (int64Data ?? []) : (int32Data ?? [])).map(Number);
    return misfits(integers.length * reader.bytes, count * reader.bytes)
      ? undefined
      : { name: name ?? '', shape, floats: undefined, integers };
  }
  if (misfits(raw.length, count * reader.bytes)) return undefined;
  const view = new DataView(raw.buffer, raw.byteOffset, raw.length);
  const integers = Array.from({ length: count }, (_, i) => reader.read(view, i * reader.bytes));
  return { name: name ?? '', shape, floats: undefined, integers };
}

/** Values that stand one by one in the message, as the bytes of their type; 16-bit floats are bits in integers. */
function listed(dtype: Dtype, { floatData, doubleData, int32Data }: onnx.ITensorProto): Uint8Array {
  const values =
    dtype === 'F32'
      ? Float32Array.from(floatData ?? [])
      : dtype === 'F64'
        ? Float64Array.from(doubleData ?? [])
        : Uint16Array.from(int32Data ?? []);
  return new Uint8Array(values.buffer);
}
