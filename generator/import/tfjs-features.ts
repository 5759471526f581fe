/** Operators on features of tokens: layers, sums, heads, attention, activations. */
import { scalarOf, withShape } from './onnx-constants.js';
import type { OnnxConstant, OnnxNode } from './onnx-file.js';
import type { Activation, AttentionInput, Expression } from './onnx-values.js';
import { features, integersOf, numberOf, plain, vectorOf, type Features, type Kind, type Meaning } from './tfjs-values.js';

type Rule = (node: OnnxNode, args: readonly Meaning[]) => Meaning | readonly Meaning[] | undefined;

const activations: Readonly<Record<string, Activation>> = { Relu: 'relu', Tanh: 'tanh' };

/** A view of the same features. */
const same: Rule = (_, [a]) => (a?.kind === 'features' || a?.kind === 'scores' ? a : undefined);

const rules: Readonly<Record<string, Rule>> = {
  ExpandDims: same,
  Squeeze: same,
  // To and from the tokens that are there.
  GatherNd: (_, [a, places]) => (a?.kind === 'features' && places?.kind === 'places' ? a : undefined),
  ScatterNd: (_, [places, a]) => (a?.kind === 'features' && places?.kind === 'places' ? a : undefined),
  MatMul: (node, [a, weight]) =>
    node.attributes.get('transpose_a') === 1 ? undefined : linear(node, a, weight, node.attributes.get('transpose_b') === 1),
  Conv2D: (node, [a, kernel]) => {
    if (kernel?.kind !== 'constant' || kernel.constant.shape.length !== 4) return undefined;
    const [rows, columns, inner, outer] = kernel.constant.shape as [number, number, number, number];
    const moved = ['strides', 'dilations'].some((name) => String(node.attributes.get(name) ?? '1,1,1,1') !== '1,1,1,1');
    if (rows !== 1 || columns !== 1 || moved) return undefined;
    return linear(node, a, { kind: 'constant', constant: withShape(kernel.constant, [inner, outer]) }, false);
  },
  BiasAdd: (node, [a, b]) => added(node, a, b),
  Add: (node, [a, b]) => sum(node, a, b),
  AddV2: (node, [a, b]) => sum(node, a, b),
  Mul: (_, [a, b]) => scaled(a, b) ?? scaled(b, a),
  Relu: (node, [a]) => activated(node, a),
  Tanh: (node, [a]) => activated(node, a),
  Reshape: (_, [a, shape]) => {
    if (a?.kind === 'scores') return a;
    return a?.kind === 'features' ? reshaped(a, shape) : undefined;
  },
  Transpose: (_, [a, order]) => {
    if (a?.kind !== 'features' || a.heads === undefined || String(integersOf(order)) !== '0,2,1,3') return undefined;
    return { ...a, heads: { ...a.heads, first: !a.heads.first } };
  },
  SplitV: (_, [a, sizes, axis]) => split(a, integersOf(sizes), numberOf(axis)),
  Split: (node, [axis, a]) => {
    const count = Number(node.attributes.get('num_split'));
    return a?.kind === 'features' ? split(a, Array<number>(count).fill(a.width / count), numberOf(axis)) : undefined;
  },
  BatchMatMul: (node, [a, b]) => product(node, a, b),
  BatchMatMulV2: (node, [a, b]) => product(node, a, b),
  Softmax: (_, [a]) => (a?.kind === 'scores' && !a.probabilities ? { ...a, probabilities: true } : undefined),
};

export function onFeatures(node: OnnxNode, args: readonly Meaning[]): readonly Meaning[] | undefined {
  if (!args.some(({ kind }) => kind === 'features' || kind === 'scores') || !Object.hasOwn(rules, node.op)) return undefined;
  const found = rules[node.op]!(node, args);
  if (found === undefined) return undefined;
  return Array.isArray(found) ? (found as readonly Meaning[]) : [found as Meaning];
}

function linear(node: OnnxNode, a: Meaning | undefined, weight: Meaning | undefined, outputsFirst: boolean): Meaning | undefined {
  const x = plain(a);
  if (x === undefined || weight?.kind !== 'constant' || weight.constant.floats === undefined || weight.constant.shape.length !== 2)
    return undefined;
  const [rows, columns] = weight.constant.shape as [number, number];
  const [inner, width] = outputsFirst ? [columns, rows] : [rows, columns];
  if (inner !== x.width) return undefined;
  return features({ kind: 'linear', x, weight: weight.constant, outputsFirst, bias: undefined, node, width });
}

/** A layer with its bias. */
function added(node: OnnxNode, a: Meaning | undefined, b: Meaning | undefined): Meaning | undefined {
  const x = plain(a);
  const bias: OnnxConstant | undefined = x && vectorOf(b, x.width);
  return x?.kind === 'linear' && x.bias === undefined && bias !== undefined ? features({ ...x, bias, node }) : undefined;
}

function sum(node: OnnxNode, a: Meaning | undefined, b: Meaning | undefined): Meaning | undefined {
  if (a?.kind === 'scores' && !a.probabilities && b?.kind === 'mask') return a;
  const [x, y] = [plain(a), plain(b)];
  if (x !== undefined && y !== undefined && x.width === y.width) return features({ kind: 'add', a: x, b: y, node, width: x.width });
  return added(node, a, b) ?? added(node, b, a);
}

/** Tokens that are not there are zeros; a factor is that of scores. */
function scaled(a: Meaning | undefined, b: Meaning | undefined): Meaning | undefined {
  if (a?.kind === 'features' && b?.kind === 'mask') return a;
  const factor = b?.kind === 'constant' ? scalarOf(b.constant) : undefined;
  if (factor === undefined) return undefined;
  if (a?.kind === 'scores' && !a.probabilities) return { ...a, scale: a.scale * factor };
  return a?.kind === 'features' ? { ...a, scale: (a.scale ?? 1) * factor } : undefined;
}

function activated(node: OnnxNode, a: Meaning | undefined): Meaning | undefined {
  const x = plain(a);
  return x && features({ kind: 'activation', of: activations[node.op]!, x, node, width: x.width });
}

/** Heads are split off or put together by the last sizes; other shapes keep the features last. */
function reshaped(a: Features, shape: Meaning | undefined): Meaning | undefined {
  const sizes = shape?.kind === 'sizes' ? shape.sizes : integersOf(shape);
  if (sizes === undefined) return undefined;
  const [count, inner] = [sizes.at(-2), sizes.at(-1)];
  if (a.heads !== undefined) {
    const { heads, ...rest } = a;
    return !heads.first && inner === a.width ? rest : undefined;
  }
  if (inner === undefined || inner === a.width || inner === -1) return a;
  return sizes.length === 4 && count !== undefined && count * inner === a.width
    ? { ...a, heads: { count, inner, first: false } }
    : undefined;
}

/** Runs of features. */
function split(a: Meaning | undefined, sizes: readonly number[] | undefined, axis: number | undefined): readonly Meaning[] | undefined {
  if (a?.kind !== 'features' || a.heads !== undefined || sizes === undefined || (axis !== 2 && axis !== -1)) return undefined;
  let offset = a.offset;
  const parts = sizes.map((width): Features => {
    const part = { ...a, offset, width };
    offset += width;
    return part;
  });
  return offset === a.offset + a.width ? parts : undefined;
}

function product(node: OnnxNode, a: Meaning | undefined, b: Meaning | undefined): Meaning | undefined {
  if (node.attributes.get('adj_x') === 1 || b?.kind !== 'features' || b.heads?.first !== true) return undefined;
  const turned = node.attributes.get('adj_y') === 1;
  if (a?.kind === 'scores') return a.probabilities && !turned && b.scale === undefined ? attended(node, a, b) : undefined;
  if (a?.kind !== 'features' || a.heads?.first !== true || !turned) return undefined;
  const { count: heads, inner } = a.heads;
  if (b.heads.count !== heads || b.heads.inner !== inner) return undefined;
  const scale = (a.scale ?? 1) * (b.scale ?? 1);
  return { kind: 'scores', query: inputOf(a), key: inputOf(b), heads, inner, scale, probabilities: false };
}

function inputOf({ is, offset, heads }: Features): AttentionInput {
  return { of: is, offset, headStride: heads!.inner, stride: 1 };
}

function attended(node: OnnxNode, { query, key, heads, inner, scale }: Kind<'scores'>, value: Features): Meaning | undefined {
  if (value.heads!.count !== heads || value.heads!.inner !== inner) return undefined;
  const width = heads * inner;
  const is: Expression = { kind: 'attention', heads, inner, query, key, value: inputOf(value), causal: false, scale, node, width };
  return { ...features(is), heads: { count: heads, inner, first: true } };
}
