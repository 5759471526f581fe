/** Layers of one node: linear, LayerNorm, fused attention. */
import { constantAt, tokens, type Args } from './onnx-args.js';
import { assembled, fusedAttention } from './onnx-attention.js';
import { countOf, floatConstant, floatsOf } from './onnx-constants.js';
import type { OnnxConstant, OnnxNode } from './onnx-file.js';
import { withConstant } from './onnx-parts.js';
import { leadingAxes, plainLayout, unknown, type Axis, type Expression, type TokenValue, type Value } from './onnx-values.js';

export function linear(
  node: OnnxNode,
  x: TokenValue,
  leading: readonly Axis[] | undefined,
  weight: OnnxConstant | undefined,
  outputsFirst: boolean,
  bias?: Value,
): Value | undefined {
  const [rows, columns] = weight?.shape ?? [];
  const [inner, outer] = outputsFirst ? [columns, rows] : [rows, columns];
  if (leading === undefined || weight?.floats === undefined || weight.shape.length !== 2 || inner !== x.is.width || outer === undefined)
    return undefined;
  const added = bias?.kind === 'constant' ? bias.constant : undefined;
  if (bias !== undefined && (added === undefined || countOf(added) !== outer)) return undefined;
  return tokens({ kind: 'linear', x: x.is, weight, outputsFirst, bias: added, node, width: outer }, plainLayout(outer, leading));
}

/** LayerNormalization, or that of a sum, which is the fourth output. */
export function normalised(node: OnnxNode, x: TokenValue, leading: readonly Axis[], args: Args): readonly (Value | undefined)[] {
  const skips = node.op.includes('Skip');
  const [skip] = skips ? [args[1]] : [];
  const [gamma, beta, bias] = (skips ? (node.op.includes('Simplified') ? [2, -1, 3] : [2, 3, 4]) : [1, 2, -1]).map((i) =>
    constantAt(args, i),
  );
  const axis = Number(node.attributes.get('axis') ?? -1);
  const centred = !/Simplified|RMS/.test(node.op);
  if (gamma === undefined || (beta === undefined) === centred || (axis !== -1 && axis !== x.axes.length - 1)) return [];
  let summed: Expression | undefined = x.is;
  if (skips) {
    if (skip?.kind !== 'tokens' || leadingAxes(skip) === undefined) return [];
    // The bias is of the layer whose results are added.
    const [biased, other] = x.is.kind === 'linear' ? [x.is, skip.is] : [skip.is, x.is];
    const a = bias === undefined ? biased : withConstant({ ...node, op: 'Add' }, biased, bias, true);
    summed = a && { kind: 'add', a, b: other, node, width: other.width };
  }
  if (summed === undefined) return [];
  const epsilon = Number(node.attributes.get('epsilon') ?? (skips ? 1e-12 : 1e-5));
  const layout = plainLayout(x.is.width, leading);
  return [
    tokens({ kind: 'norm', x: summed, gamma, beta, epsilon, node, width: x.is.width }, layout),
    undefined,
    undefined,
    tokens(summed, layout),
  ];
}

export function fused(node: OnnxNode, x: TokenValue, leading: readonly Axis[], args: Args): Value {
  if (Number(node.attributes.get('do_rotary') ?? 0) !== 0) return unknown(node, 'turns features by their positions, which is not computed');
  if (node.op === 'com.microsoft.Attention') {
    const weight = constantAt(args, 1);
    if (weight === undefined) return unknown(node, 'has weights that are not constant');
    // Beyond the mask stand the past and a bias of the scores.
    if (args.slice(4).some((value) => value !== undefined))
      return unknown(node, 'has a past or a bias of its scores (a relative position bias), which is not computed');
    const is = fusedAttention(node, x.is, weight, constantAt(args, 2));
    return typeof is === 'string' ? unknown(node, is) : tokens(is, plainLayout(is.width, leading));
  }
  const parts = args.slice(0, 3).flatMap((value) => (value?.kind === 'tokens' && leadingAxes(value) !== undefined ? [value.is] : []));
  const heads = Number(node.attributes.get('num_heads') ?? 0);
  if (parts.length < 3 || heads < 1 || parts.some(({ width }) => width !== x.is.width) || x.is.width % heads !== 0)
    return unknown(node, 'needs Q, K and V of one width that num_heads divides');
  if (args.slice(5).some((value) => value !== undefined))
    return unknown(node, 'has a past or a bias of its scores (a relative position bias), which is not computed');
  const bias = constantAt(args, 3);
  const width = x.is.width;
  const biased = parts.map((part, i) =>
    bias === undefined ? part : withConstant({ ...node, op: 'Add' }, part, sliceOf(bias, i * width, width), true),
  );
  if (biased.some((part) => part === undefined)) return unknown(node, 'has a bias that does not follow a projection');
  const is = assembled(
    node,
    heads,
    width,
    biased.map((of) => ({ of: of!, offset: 0 })),
  );
  return tokens(is, plainLayout(width, leading));
}

function sliceOf(constant: OnnxConstant, from: number, count: number): OnnxConstant {
  return floatConstant(constant.name, [count], Array.from(floatsOf(constant)).slice(from, from + count));
}
