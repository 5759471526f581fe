/** A part of an ONNX graph as a file of its own, between tensors that are named. */
import type { onnx } from 'onnx-proto';
import { UserError } from '../../util/errors.js';
import { printable } from '../../util/printable.js';

/** The parts of a model around an encoder: what comes before it and what comes after. */
export interface OnnxParts {
  /** Part from the inputs of the model to the encoder's features and to `crossing`. */
  readonly before: Uint8Array;
  /** Part from the encoder's outputs and `crossing` to the outputs of the model. */
  readonly after: Uint8Array;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Tensors that go around the encoder. */
  readonly crossing: readonly string[];
}

/**
 * Cuts the encoder between the tensors `from` and `to` out of a model.
 *
 * Errors   UserError when no node has `from` or `to` as its output, or `to` does not depend on `from`
 */
export async function cutOnnx(bytes: Uint8Array, from: string, to: string): Promise<OnnxParts> {
  const {
    default: { onnx: library },
  } = await import('onnx-proto');
  const model = library.ModelProto.decode(bytes);
  const graph = model.graph!;
  const nodes = graph.node ?? [];
  const producers = new Map(nodes.flatMap((node) => (node.output ?? []).map((name) => [name, node] as const)));
  const missing = [from, to].filter((name) => !producers.has(name));
  if (missing.length > 0) throw new UserError(missing.map((name) => `tensor = ${printable(name)}: no node of the ONNX file computes it`));
  const outputs = (graph.output ?? []).map(({ name }) => name ?? '');
  const initializers = new Set((graph.initializer ?? []).map(({ name }) => name ?? ''));
  const inputs = (graph.input ?? []).map(({ name }) => name ?? '').filter((name) => !initializers.has(name));
  const behind = downstream(nodes, to);
  if (!upstream(producers, [to], new Set()).has(producers.get(from)!))
    throw new UserError([`tensor = ${printable(to)}: does not depend on ${printable(from)}`]);

  // What needs no input is computed in both parts, and does not cross.
  const constant = new Set<onnx.INodeProto>();
  for (const node of nodes)
    if ((node.input ?? []).every((name) => name === '' || initializers.has(name) || constant.has(producers.get(name)!))) constant.add(node);
  const crossing = new Set<string>();
  for (const node of nodes)
    if (behind.has(node))
      for (const name of node.input ?? []) {
        const producer = producers.get(name);
        if (name === to) continue;
        if (inputs.includes(name) || (producer !== undefined && !behind.has(producer) && !constant.has(producer))) crossing.add(name);
      }
  const make = (starts: readonly string[], ends: readonly string[]): Uint8Array => {
    const needed = upstream(producers, ends, new Set(starts));
    const kept = nodes.filter((node) => needed.has(node));
    const read = new Set(kept.flatMap(({ input }) => input ?? []));
    const known = [...(graph.input ?? []), ...(graph.output ?? [])];
    const info = (name: string): onnx.IValueInfoProto =>
      known.find((one) => one.name === name) ?? { name, type: { tensorType: { elemType: elementType(library, graph, producers, name) } } };
    const part = library.ModelProto.create({
      irVersion: model.irVersion,
      opsetImport: model.opsetImport,
      graph: {
        name: graph.name ?? '',
        node: kept,
        initializer: (graph.initializer ?? []).filter(({ name }) => read.has(name ?? '')),
        input: starts.map(info),
        output: ends.map(info),
      },
    });
    return library.ModelProto.encode(part).finish();
  };
  return { before: make(inputs, [from, ...crossing]), after: make([to, ...crossing], outputs), inputs, outputs, crossing: [...crossing] };
}

/** Nodes that depend on a tensor. */
function downstream(nodes: readonly onnx.INodeProto[], name: string): Set<onnx.INodeProto> {
  const reached = new Set([name]);
  const found = new Set<onnx.INodeProto>();
  // Nodes of an ONNX file stand in the order of their computation.
  for (const node of nodes) {
    if (!(node.input ?? []).some((input) => reached.has(input))) continue;
    found.add(node);
    for (const output of node.output ?? []) reached.add(output);
  }
  return found;
}

/** Nodes that tensors depend on, up to `starts`. */
function upstream(
  producers: ReadonlyMap<string, onnx.INodeProto>,
  ends: readonly string[],
  starts: ReadonlySet<string>,
): Set<onnx.INodeProto> {
  const found = new Set<onnx.INodeProto>();
  const open = [...ends];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const node = starts.has(name) ? undefined : producers.get(name);
    if (node === undefined || found.has(node)) continue;
    found.add(node);
    open.push(...(node.input ?? []));
  }
  return found;
}

const sizes = ['Shape', 'Size', 'NonZero', 'ArgMax', 'ArgMin'];

/** Number of a tensor's data type in onnx.proto: sizes are int64, casts say theirs, all else passes on what its first input has. */
function elementType(library: typeof onnx, graph: onnx.IGraphProto, producers: ReadonlyMap<string, onnx.INodeProto>, name: string): number {
  const { FLOAT, INT64 } = library.TensorProto.DataType;
  const given = (graph.initializer ?? []).find((one) => one.name === name)?.dataType;
  const node = producers.get(name);
  if (given !== undefined && given !== null) return given;
  if (node === undefined) return FLOAT;
  if (sizes.includes(node.opType ?? '')) return INT64;
  const attribute = (wanted: string): onnx.IAttributeProto | undefined => (node.attribute ?? []).find((one) => one.name === wanted);
  if (node.opType === 'Cast') return Number(attribute('to')?.i ?? FLOAT);
  if (node.opType === 'Constant') return attribute('value')?.t?.dataType ?? FLOAT;
  const [first] = node.input ?? [];
  return first === undefined ? FLOAT : elementType(library, graph, producers, first);
}
