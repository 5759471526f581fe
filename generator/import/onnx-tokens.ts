/** Nodes on features of tokens. */
import { axesOf, constantAt, sizesOf, tokens, type Args } from './onnx-args.js';
import { scoresOf } from './onnx-attention.js';
import { scalarOf } from './onnx-constants.js';
import type { OnnxNode } from './onnx-file.js';
import { fused, linear, normalised } from './onnx-layers.js';
import { reshapedLayout, selectedLayout, transposedLayout } from './onnx-layout.js';
import { binary, featureMean, unary, withConstant } from './onnx-parts.js';
import { leadingAxes, plainLayout, sameLeading, type Axis, type Layout, type TokenValue, type Value } from './onnx-values.js';

/** The result at the same place as x, in the layout of x. */
export function elementwise(node: OnnxNode, x: TokenValue, other: Value | undefined, first: boolean): Value | undefined {
  const leading = leadingAxes(x);
  const scalar = other?.kind === 'constant' ? scalarOf(other.constant) : undefined;
  if (other?.kind === 'constant' && (leading !== undefined || (scalar !== undefined && node.op !== 'Add'))) {
    const is = withConstant(node, x.is, other.constant, first);
    return is && tokens(is, x);
  }
  if (leading === undefined || other?.kind !== 'tokens') return undefined;
  const others = leadingAxes(other);
  // A row for every token stands beside any number of inputs.
  const one = x.is.kind === 'rows' ? others : leading;
  if (others === undefined || one === undefined || (!sameLeading(leading, others) && x.is.kind !== 'rows' && other.is.kind !== 'rows'))
    return undefined;
  if (x.is.width !== other.is.width) return undefined;
  const is = binary(node, x.is, other.is);
  return is && tokens(is, plainLayout(is.width, one));
}

/** Values that a node on tokens gives; undefined where another rule may know the node, an empty list where none does. */
export function onTokens(node: OnnxNode, x: TokenValue, args: Args): readonly (Value | undefined)[] | undefined {
  const { op, attributes } = node;
  const other = args[1];
  const leading = leadingAxes(x);
  switch (op) {
    case 'Add':
    case 'Sub':
    case 'Mul':
    case 'Div':
    case 'Pow':
      return [elementwise(node, x, other, true)];
    case 'MatMul':
      if (other?.kind === 'tokens') return [scoresOf(x, other)];
      return [linear(node, x, leading, constantAt(args, 1), false)];
    case 'com.microsoft.FusedMatMul': {
      if (other?.kind !== 'tokens') return [];
      const turned = Number(attributes.get('transB') ?? 0) === 1 ? transposedLayout(other, exchangedLast(other.axes.length)) : other;
      return [
        turned && Number(attributes.get('transA') ?? 0) === 0
          ? scoresOf(x, tokens(other.is, turned), Number(attributes.get('alpha') ?? 1))
          : undefined,
      ];
    }
    case 'Gemm': {
      const plain =
        Number(attributes.get('alpha') ?? 1) === 1 &&
        Number(attributes.get('beta') ?? 1) === 1 &&
        Number(attributes.get('transA') ?? 0) === 0;
      return [plain ? linear(node, x, leading, constantAt(args, 1), Number(attributes.get('transB') ?? 0) === 1, args[2]) : undefined];
    }
    case 'LayerNormalization':
    case 'RMSNormalization':
    case 'SimplifiedLayerNormalization':
    case 'com.microsoft.SkipSimplifiedLayerNormalization':
    case 'com.microsoft.SkipLayerNormalization':
      return leading === undefined ? [] : normalised(node, x, leading, args);
    case 'com.microsoft.BiasGelu': {
      const bias = constantAt(args, 1);
      if (bias === undefined || leading === undefined) return [];
      const sum = withConstant({ ...node, op: 'Add' }, x.is, bias, true);
      return [sum && tokens({ kind: 'activation', of: 'gelu', x: sum, node, width: sum.width }, x)];
    }
    case 'com.microsoft.Attention':
    case 'com.microsoft.MultiHeadAttention':
      return [leading === undefined ? undefined : fused(node, x, leading, args)];
    case 'ReduceMean':
      return meanOf(node, x, leading, args);
    default: {
      const is = unary(node, x.is);
      return is ? [tokens(is, x)] : movedTokens(node, x, args);
    }
  }
}

function meanOf(node: OnnxNode, x: TokenValue, leading: ReturnType<typeof leadingAxes>, args: Args): readonly (Value | undefined)[] {
  const at = axesOf(node, args);
  const axis = at?.length === 1 ? (at[0]! < 0 ? at[0]! + x.axes.length : at[0]!) : -1;
  if (leading === undefined || axis < 0) return [];
  if (axis === x.axes.length - 1) return [tokens(featureMean(node, x.is), x)];
  return [
    leading[axis]?.of === 'tokens'
      ? tokens({ kind: 'mean', x: x.is, node, width: x.is.width }, plainLayout(x.is.width, [{ of: 'batch' }]))
      : undefined,
  ];
}

/** Nodes that change no value, only where it stands; undefined for all others. */
function movedTokens(node: OnnxNode, x: TokenValue, args: Args): readonly (Value | undefined)[] | undefined {
  const { op, attributes } = node;
  const other = args[1];
  const layout = (changed: Layout | undefined): readonly (Value | undefined)[] => [changed && tokens(x.is, changed)];
  switch (op) {
    case 'Reshape': {
      const sizes = other?.kind === 'integers' ? other.sizes : constantAt(args, 1)?.integers;
      return layout(sizes && reshapedLayout(x, sizes));
    }
    case 'Transpose': {
      const order = attributes.get('perm');
      return layout(Array.isArray(order) ? transposedLayout(x, order as readonly number[]) : undefined);
    }
    case 'Gather': {
      const at = Number(attributes.get('axis') ?? 0);
      const index = constantAt(args, 1);
      const place = index && scalarOf(index);
      return layout(
        place === undefined || index!.shape.length > 0 ? undefined : selectedLayout(x, at < 0 ? at + x.axes.length : at, place, undefined),
      );
    }
    case 'Split': {
      const at = Number(attributes.get('axis') ?? 0);
      const axis = at < 0 ? at + x.axes.length : at;
      const sizes = axesOf(node, args, 'split') ?? evenSplit(x.axes[axis], node.outputs.length);
      let from = 0;
      return sizes.map((size) => {
        const part = selectedLayout(x, axis, from, size);
        from += size;
        return part && tokens(x.is, part);
      });
    }
    case 'Slice':
      return layout(slicedLayout(node, x, args));
    case 'Squeeze': {
      const [at = -1, ...more] = axesOf(node, args) ?? [];
      const axis = at < 0 ? at + x.axes.length : at;
      return layout(more.length > 0 ? undefined : selectedLayout(x, axis, 0, undefined));
    }
    default:
      return undefined;
  }
}

function exchangedLast(count: number): number[] {
  return Array.from({ length: count }, (_, i) => (i === count - 1 ? count - 2 : i === count - 2 ? count - 1 : i));
}

function evenSplit(axis: Axis | undefined, parts: number): number[] {
  return axis?.of === 'features' && axis.size % parts === 0 ? Array.from({ length: parts }, () => axis.size / parts) : [];
}

function slicedLayout(node: OnnxNode, x: TokenValue, args: Args): Layout | undefined {
  const [starts, ends, axes, steps] = ['starts', 'ends', 'axes', 'steps'].map((name, i) => {
    const attribute = node.attributes.get(name);
    return Array.isArray(attribute) ? (attribute as readonly number[]) : constantAt(args, i + 1)?.integers;
  });
  if (starts?.length !== 1 || ends?.length !== 1 || (steps ?? [1]).some((step) => step !== 1)) return undefined;
  const at = axes?.[0] ?? 0;
  const axis = at < 0 ? at + x.axes.length : at;
  const size = sizesOf(x)[axis];
  if (size === undefined) return undefined;
  const inside = (place: number): number => Math.min(size, Math.max(0, place < 0 ? place + size : place));
  const first = inside(starts[0]!);
  return selectedLayout(x, axis, first, Math.max(0, inside(ends[0]!) - first));
}
