/** LayerNorm, the mean over the tokens and the length of a vector, of the nodes that TensorFlow writes for them. */
import type { OnnxNode } from './onnx-file.js';
import { features, integersOf, numberOf, plain, vectorOf, type Meaning, type Standard } from './tfjs-values.js';

type Rule = (node: OnnxNode, args: readonly Meaning[]) => Meaning | undefined;

const overFeatures = (axes: Meaning | undefined): boolean => String(integersOf(axes)) === '-1';

const rules: Readonly<Record<string, Rule>> = {
  Mean: (_, [a, axes]) => {
    if (!overFeatures(axes)) return undefined;
    const x = plain(a);
    if (x !== undefined) return { kind: 'mean', x };
    return a?.kind === 'squaredCentered' ? { kind: 'variance', x: a.x } : undefined;
  },
  Sub: (_, [a, b]) => {
    const x = plain(a);
    return x !== undefined && b?.kind === 'mean' && b.x === x ? { kind: 'standard', x, centered: true } : undefined;
  },
  Square: (_, [a]) => {
    if (a?.kind === 'standard' && a.epsilon === undefined && a.gamma === undefined) return { kind: 'squaredCentered', x: a.x };
    const x = plain(a);
    return x && { kind: 'squares', x };
  },
  Add: (node, [a, b]) => variance(a, b) ?? variance(b, a) ?? norm(node, a, b) ?? norm(node, b, a),
  AddV2: (node, [a, b]) => variance(a, b) ?? variance(b, a) ?? norm(node, a, b) ?? norm(node, b, a),
  BiasAdd: (node, [a, b]) => norm(node, a, b),
  Rsqrt: (_, [a]) => {
    if (a?.kind === 'squaredLength') return { kind: 'inverseLength', x: a.x };
    return a?.kind === 'variance' && a.epsilon !== undefined
      ? { kind: 'standard', x: a.x, centered: false, epsilon: a.epsilon }
      : undefined;
  },
  Mul: (_, [a, b]) => times(a, b) ?? times(b, a),
  Sum: (_, [a, axes]) => {
    const [axis] = integersOf(axes) ?? [];
    if (a?.kind === 'squares') return axis === 1 || axis === -1 ? { kind: 'squaredLength', x: a.x } : undefined;
    const x = plain(a);
    return x !== undefined && axis === 1 ? { kind: 'sum', x } : undefined;
  },
  RealDiv: (node, [a, b]) =>
    a?.kind === 'sum' && b?.kind === 'count' ? features({ kind: 'mean', x: a.x, node, width: a.x.width }) : undefined,
  // A bound that keeps a vector of zeros from being divided by zero.
  Maximum: (_, [a, b]) => (a?.kind === 'squaredLength' && (numberOf(b) ?? 1) < 1e-6 ? a : undefined),
};

export function onParts(node: OnnxNode, args: readonly Meaning[]): readonly Meaning[] | undefined {
  const found = Object.hasOwn(rules, node.op) ? rules[node.op]!(node, args) : undefined;
  return found && [found];
}

function variance(a: Meaning | undefined, b: Meaning | undefined): Meaning | undefined {
  const epsilon = numberOf(b);
  return a?.kind === 'variance' && a.epsilon === undefined && epsilon !== undefined ? { ...a, epsilon } : undefined;
}

/** The bias of a norm whose factors are all there. */
function norm(node: OnnxNode, a: Meaning | undefined, b: Meaning | undefined): Meaning | undefined {
  if (a?.kind !== 'standard' || !a.centered || a.epsilon === undefined || a.gamma === undefined) return undefined;
  const { x, gamma, epsilon } = a;
  const beta = vectorOf(b, x.width);
  return beta && features({ kind: 'norm', x, gamma, beta, epsilon, node, width: x.width });
}

function times(a: Meaning | undefined, b: Meaning | undefined): Meaning | undefined {
  if (b?.kind === 'inverseLength') return plain(a) === b.x ? { kind: 'normalised', x: b.x } : undefined;
  if (a?.kind !== 'standard') return undefined;
  if (b?.kind === 'standard') return merged(a, b);
  const gamma = a.gamma === undefined ? vectorOf(b, a.x.width) : undefined;
  return gamma && { ...a, gamma };
}

/** Factors of the same norm, none twice. */
function merged(a: Standard, b: Standard): Meaning | undefined {
  const twice =
    (a.centered && b.centered) || (a.epsilon !== undefined && b.epsilon !== undefined) || (a.gamma !== undefined && b.gamma !== undefined);
  return a.x !== b.x || twice ? undefined : { ...a, ...b, centered: a.centered || b.centered };
}
