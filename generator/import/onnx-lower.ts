/** The meaning of every tensor of an ONNX graph, node by node. What no rule understands is unknown, and so is all that follows from it. */
import type { Args } from './onnx-args.js';
import { sizesOf } from './onnx-args.js';
import { attended } from './onnx-attention.js';
import type { OnnxGraph, OnnxNode } from './onnx-file.js';
import { onConstants, onInputs, onIntegers } from './onnx-numbers.js';
import { onScores } from './onnx-scores.js';
import { embedded, gathered } from './onnx-tables.js';
import { elementwise, onTokens } from './onnx-tokens.js';
import { plainLayout, unknown, type Value } from './onnx-values.js';

export type Values = ReadonlyMap<string, Value>;

const quantised = 'computes with quantised weights; export the model with floats';
const relative = 'is a relative position bias, which is not computed';
const branches = 'chooses nodes at run time, which is not followed';

/** What keeps known operators out. */
const reasons: Readonly<Record<string, string>> = {
  DynamicQuantizeLinear: quantised,
  MatMulInteger: quantised,
  QLinearMatMul: quantised,
  DequantizeLinear: quantised,
  QuantizeLinear: quantised,
  'com.microsoft.MatMulNBits': quantised,
  'com.microsoft.QAttention': quantised,
  'com.microsoft.RelativePositionBias': relative,
  'com.microsoft.GatedRelativePositionBias': relative,
  'com.microsoft.RotaryEmbedding': 'turns features by their positions, which is not computed',
  If: branches,
  Loop: branches,
  Scan: branches,
};

/** `from` names a tensor that is taken for features of tokens. */
export function lower(graph: OnnxGraph, from?: string): Values {
  const values = new Map<string, Value>();
  const put = (name: string, value: Value | undefined): void => void (value && values.set(name, value));
  for (const { name, float, shape } of graph.inputs) put(name, float ? inputFeatures(shape) : { kind: 'ids', input: name });
  for (const [name, constant] of graph.constants) values.set(name, { kind: 'constant', constant });
  for (const node of graph.nodes) {
    const args = node.inputs.map((name) => (name === '' ? undefined : values.get(name)));
    const [lost] = args.flatMap((value) => (value?.kind === 'unknown' ? [value] : [])).sort((a, b) => a.node.index - b.node.index);
    const results = lost === undefined ? lowerNode(node, args, graph.opset) : [];
    node.outputs.forEach((name, i) => {
      if (name === from) put(name, inputFeatures([undefined, undefined, widthOf(graph, name)]));
      else if (name !== '')
        values.set(name, lost ?? results[i] ?? unknown(node, Object.hasOwn(reasons, node.op) ? reasons[node.op]! : 'is not understood'));
    });
  }
  return values;
}

/** Features of a tensor: those of the first constant that meets it. */
function widthOf({ nodes, constants }: OnnxGraph, name: string): number | undefined {
  const follows = new Set([name]);
  const shapes = new Map([...constants].map(([constant, { shape }]): [string, readonly number[]] => [constant, shape]));
  for (const { op, outputs, attributes } of nodes) {
    const value = op === 'Constant' ? attributes.get('value') : undefined;
    if (typeof value === 'object' && 'floats' in value && value.floats !== undefined) shapes.set(outputs[0] ?? '', value.shape);
  }
  for (const { op, inputs, outputs, attributes } of nodes) {
    if (!inputs.some((input) => follows.has(input))) continue;
    const sizes = inputs.flatMap((input) => {
      const shape = shapes.get(input) ?? [];
      return shape.length === 0
        ? []
        : [op === 'Gemm' && attributes.get('transB') === 1 ? shape[1]! : op === 'MatMul' || op === 'Gemm' ? shape[0]! : shape.at(-1)!];
    });
    const width = sizes.find((size) => size > 1);
    if (width !== undefined) return width;
    outputs.forEach((output) => follows.add(output));
  }
  return undefined;
}

/** A float input is features of tokens where its last size is known, a mask where it has two sizes; pictures are neither. */
function inputFeatures(shape: readonly (number | undefined)[]): Value | undefined {
  const width = shape.at(-1);
  if (shape.length === 2) return { kind: 'mask' };
  if (shape.length !== 3 || width === undefined) return undefined;
  return { kind: 'tokens', is: { kind: 'features', node: undefined, width }, ...plainLayout(width, [{ of: 'batch' }, { of: 'tokens' }]) };
}

function lowerNode(node: OnnxNode, args: Args, opset: number): readonly (Value | undefined)[] {
  const { op } = node;
  const [a] = args;
  if (op === 'Constant') {
    const value = node.attributes.get('value');
    return [typeof value === 'object' && 'floats' in value ? { kind: 'constant', constant: value } : undefined];
  }
  if (op === 'Identity' || op === 'Dropout' || op === 'Cast') return [a];
  if (a === undefined) return [];
  if (op === 'Shape') return [{ kind: 'integers', ...(a.kind === 'tokens' && { sizes: sizesOf(a) }) }];
  if (op === 'EmbedLayerNormalization' || op === 'com.microsoft.EmbedLayerNormalization') return embedded(node, args);
  if (a.kind === 'tokens') {
    const result = onTokens(node, a, args);
    if (result !== undefined) return result;
  }
  const b = args[1];
  if (b?.kind === 'tokens') {
    if (a.kind === 'constant' && (op === 'Add' || op === 'Mul')) return [elementwise(node, b, a, false)];
    if (a.kind === 'scores' && op === 'MatMul') return [attended(node, a, b)];
    return [];
  }
  if (a.kind === 'constant' && op === 'Gather') return [gathered(node, a.constant, b)];
  if (a.kind === 'scores' || b?.kind === 'scores') return [onScores(node, args, opset)];
  if (args.some((value) => value?.kind === 'mask' || value?.kind === 'ids')) return onInputs(node, args);
  if (args.every((value) => value === undefined || value.kind === 'constant')) {
    const result = onConstants(node, args);
    if (result !== undefined) return result;
  }
  return args.every((value) => value === undefined || value.kind === 'constant' || value.kind === 'integers')
    ? [onIntegers(node, args)]
    : [];
}
