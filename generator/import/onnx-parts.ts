/** Elementwise nodes on features of tokens: LayerNorm and activations that stand in several nodes become one expression. */
import { countOf, scalarOf } from './onnx-constants.js';
import type { OnnxConstant, OnnxNode } from './onnx-file.js';
import type { Activation, Expression, PartName } from './onnx-values.js';

type Part = Extract<Expression, { kind: 'part' }>;

function part(node: OnnxNode, name: PartName, x: Expression, by = 0, gamma?: OnnxConstant): Part {
  return { kind: 'part', part: name, x, by, node, width: x.width, ...(gamma && { gamma }) };
}

function isPart(e: Expression, name: PartName): e is Part {
  return e.kind === 'part' && e.part === name;
}

function activation(node: OnnxNode, of: Activation, x: Expression): Expression {
  return { kind: 'activation', of, x, node, width: x.width };
}

const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-4 * Math.abs(b);

/** x, where e is x times a number. */
function isTimes(e: Expression, by: number, x: Expression): boolean {
  return e.kind === 'scaled' && near(e.by, by) && e.x === x;
}

/** `by` of the parts of a GELU: which function stands in the place of erf. */
const [byErf, byTanh] = [0, 1];

function geluBy(node: OnnxNode, by: number, x: Expression): Expression {
  return activation(node, by === byErf ? 'gelu' : 'gelu_tanh', x);
}

/** sqrt(2 / pi) (x + 0.044715 x^3) */
function isTanhOfGelu(e: Expression): e is Extract<Expression, { kind: 'scaled' }> & { readonly x: Part } {
  return e.kind === 'scaled' && near(e.by, Math.sqrt(2 / Math.PI)) && isPart(e.x, 'cubic') && near(e.x.by, 0.044715);
}

/** x sigmoid(alpha x): of the factors two are activations with a name. */
function quickGelu(node: OnnxNode, x: Expression): Expression | undefined {
  const alpha = Number(node.attributes.get('alpha') ?? 1.702);
  if (near(alpha, 1)) return activation(node, 'silu', x);
  return near(alpha, 1.702) ? activation(node, 'quick_gelu', x) : undefined;
}

/** Nodes of one input. */
export function unary(node: OnnxNode, x: Expression): Expression | undefined {
  switch (node.op) {
    case 'Relu':
      return activation(node, 'relu', x);
    case 'Tanh':
      return isTanhOfGelu(x) ? part(node, 'erf', x.x.x, byTanh) : activation(node, 'tanh', x);
    case 'Gelu':
    case 'com.microsoft.Gelu':
      return activation(node, node.attributes.get('approximate') === 'tanh' ? 'gelu_tanh' : 'gelu', x);
    case 'com.microsoft.FastGelu':
      return activation(node, 'gelu_tanh', x);
    case 'com.microsoft.QuickGelu':
      return quickGelu(node, x);
    case 'Swish':
      return activation(node, 'silu', x);
    case 'Sigmoid':
      return part(node, 'sigmoid', x);
    case 'Erf':
      return x.kind === 'scaled' && near(x.by, Math.SQRT1_2) ? part(node, 'erf', x.x, byErf) : undefined;
    case 'Sqrt':
      return isPart(x, 'variance') ? part(node, 'deviation', x.x, x.by) : undefined;
    case 'Reciprocal':
      return isPart(x, 'deviation') ? part(node, 'inverse', x.x, x.by) : undefined;
    default:
      return undefined;
  }
}

/** The mean over the features. */
export function featureMean(node: OnnxNode, x: Expression): Expression {
  return isPart(x, 'squared') ? part(node, 'variance', x.x) : part(node, 'mean1', x);
}

/** A constant beside features: one number, or one per feature. */
export function withConstant(node: OnnxNode, x: Expression, c: OnnxConstant, first: boolean): Expression | undefined {
  const number = scalarOf(c);
  const perFeature = c.floats !== undefined && countOf(c) === x.width && c.shape.at(-1) === x.width;
  if (node.op === 'Pow' && first) {
    if (number === 2) return isPart(x, 'centered') ? part(node, 'squared', x.x) : part(node, 'square', x, 1);
    if (number === 3) return part(node, 'cube', x, 1);
    if (number === 0.5 && isPart(x, 'variance')) return part(node, 'deviation', x.x, x.by);
    return number === -0.5 && isPart(x, 'variance') ? part(node, 'inverse', x.x, x.by) : undefined;
  }
  if (node.op === 'Add') {
    if (isPart(x, 'variance') && number !== undefined) return part(node, 'variance', x.x, number);
    if (isPart(x, 'erf') && number === 1) return part(node, 'erf1', x.x, x.by);
    if (isPart(x, 'square') && number === 1) return part(node, 'square1', x.x, x.by);
    if (isPart(x, 'weighted') && perFeature) return { kind: 'norm', x: x.x, gamma: x.gamma!, beta: c, epsilon: x.by, node, width: x.width };
    if (x.kind === 'linear' && x.bias === undefined && perFeature) return { ...x, bias: c, node };
    const rows = c.floats !== undefined && c.shape.at(-1) === x.width && c.shape.slice(0, -2).every((size) => size === 1);
    return rows
      ? { kind: 'add', a: x, b: { kind: 'rows', table: c, rows: undefined, node, width: x.width }, node, width: x.width }
      : undefined;
  }
  if (node.op === 'Mul' || (node.op === 'Div' && first)) {
    if (node.op === 'Mul' && isPart(x, 'standard') && perFeature) return part(node, 'weighted', x.x, x.by, c);
    if (number === undefined) return undefined;
    const by = node.op === 'Mul' ? number : 1 / number;
    if (by === 1) return x;
    if (isPart(x, 'timesErf1') && near(by, 0.5)) return geluBy(node, x.by, x.x);
    if (isPart(x, 'erf1') && near(by, 0.5)) return part(node, 'erfHalf', x.x, x.by);
    if (isPart(x, 'square') || isPart(x, 'cube')) return part(node, x.part, x.x, x.by * by);
    return x.kind === 'scaled' ? { ...x, by: x.by * by, node } : { kind: 'scaled', x, by, node, width: x.width };
  }
  return undefined;
}

/** Two features of tokens. */
export function binary(node: OnnxNode, a: Expression, b: Expression): Expression | undefined {
  const { op } = node;
  if (op === 'Add') return cubicSum(node, a, b) ?? cubicSum(node, b, a) ?? { kind: 'add', a, b, node, width: a.width };
  if (op === 'Sub') return isPart(b, 'mean1') && b.x === a ? part(node, 'centered', a) : undefined;
  if (op === 'Div') return isPart(a, 'centered') && isPart(b, 'deviation') && a.x === b.x ? part(node, 'standard', a.x, b.by) : undefined;
  if (op !== 'Mul') return undefined;
  if (isPart(a, 'centered') && a === b) return part(node, 'squared', a.x);
  if (a === b) return part(node, 'square', a, 1);
  return product(node, a, b) ?? product(node, b, a);
}

/** x + by x^3 */
function cubicSum(node: OnnxNode, a: Expression, b: Expression): Expression | undefined {
  return isPart(b, 'cube') && b.x === a ? part(node, 'cubic', a, b.by) : undefined;
}

function product(node: OnnxNode, a: Expression, b: Expression): Expression | undefined {
  if (isPart(b, 'erf1') && b.x === a) return part(node, 'timesErf1', a, b.by);
  if (isPart(b, 'erf1') && isTimes(a, 0.5, b.x)) return geluBy(node, b.by, b.x);
  if (isPart(b, 'erfHalf') && b.x === a) return geluBy(node, b.by, a);
  if (isPart(b, 'square') && b.x === a) return part(node, 'cube', a, b.by);
  if (isPart(b, 'square') && a.kind === 'scaled' && a.x === b.x) return part(node, 'cube', b.x, a.by * b.by);
  if (isPart(b, 'square1') && b.x === a) return part(node, 'cubic', a, b.by);
  if (isPart(b, 'square1') && a.kind === 'scaled' && a.x === b.x)
    return { kind: 'scaled', x: part(node, 'cubic', b.x, b.by), by: a.by, node, width: a.width };
  if (isPart(a, 'centered') && isPart(b, 'inverse') && a.x === b.x) return part(node, 'standard', a.x, b.by);
  if (isPart(b, 'sigmoid') && b.x === a) return activation(node, 'silu', a);
  if (isPart(b, 'sigmoid') && isTimes(b.x, 1.702, a)) return activation(node, 'quick_gelu', a);
  return undefined;
}
