/** Attention of an ONNX graph: fused into one node, or as products of heads with a softmax between them. */
import { floatsOf } from './onnx-constants.js';
import type { OnnxConstant, OnnxNode } from './onnx-file.js';
import type { AttentionInput, Axis, Expression, Scores, TokenValue } from './onnx-values.js';

type Attention = Extract<Expression, { kind: 'attention' }>;
type Features = Extract<Axis, { of: 'features' }>;

interface Heads {
  readonly heads: number;
  readonly inner: number;
  readonly input: AttentionInput;
}

/** Heads of [inputs, heads, tokens, features], or with the last two exchanged. */
function headsOf({ is, axes, offset }: TokenValue, exchanged: boolean): Heads | undefined {
  const [batch, head, tokens, features] = exchanged ? [axes[0], axes[1], axes[3], axes[2]] : axes;
  if (axes.length !== 4 || batch?.of !== 'batch' || tokens?.of !== 'tokens') return undefined;
  if (head?.of !== 'features' || features?.of !== 'features') return undefined;
  const scaled = is.kind === 'scaled' ? is.x : is;
  return { heads: head.size, inner: features.size, input: { of: scaled, offset, headStride: head.stride, stride: features.stride } };
}

function factor({ is }: TokenValue): number {
  return is.kind === 'scaled' ? is.by : 1;
}

/** Q K^T */
export function scoresOf(a: TokenValue, b: TokenValue, alpha = 1): Scores | undefined {
  const [query, key] = [headsOf(a, false), headsOf(b, true)];
  if (query === undefined || key === undefined || query.heads !== key.heads || query.inner !== key.inner) return undefined;
  const { heads, inner } = query;
  const scale = alpha * factor(a) * factor(b);
  return { kind: 'scores', heads, inner, query: query.input, key: key.input, scale, causal: false, probabilities: false };
}

/** Probabilities times V: heads stand before the tokens. */
export function attended(node: OnnxNode, scores: Scores, v: TokenValue): TokenValue | undefined {
  const value = headsOf(v, false);
  const { heads, inner, query, key, causal, scale } = scores;
  if (!scores.probabilities || value === undefined || value.heads !== heads || value.inner !== inner || factor(v) !== 1) return undefined;
  const is: Attention = { kind: 'attention', heads, inner, query, key, value: value.input, causal, scale, node, width: heads * inner };
  const feature = (size: number, stride: number): Features => ({ of: 'features', size, stride });
  return { kind: 'tokens', is, axes: [{ of: 'batch' }, feature(heads, inner), { of: 'tokens' }, feature(inner, 1)], offset: 0 };
}

/** A constant that is added to the scores: nothing, a causal mask, or something else. */
export function maskOf(constant: OnnxConstant): 'none' | 'causal' | undefined {
  const values = Array.from(floatsOf(constant));
  if (values.every((value) => value === 0)) return 'none';
  const size = constant.shape.at(-1) ?? 0;
  if (constant.shape.at(-2) !== size || values.length !== size * size) return undefined;
  const causal = values.every((value, at) => (at % size > Math.floor(at / size) ? value <= -1e4 : value === 0));
  return causal ? 'causal' : undefined;
}

/** com.microsoft.Attention: x and the weights of Q, K and V side by side. */
export function fusedAttention(node: OnnxNode, x: Expression, weight: OnnxConstant, bias: OnnxConstant | undefined): Attention | string {
  const heads = Number(node.attributes.get('num_heads') ?? 0);
  const [inputs, outputs = 0] = weight.shape;
  if (inputs !== x.width || weight.shape.length !== 2 || outputs % 3 !== 0)
    return `weights are [${weight.shape.join(', ')}], must be [${x.width}, 3 x width]`;
  const width = outputs / 3;
  const sizes = node.attributes.get('qkv_hidden_sizes');
  if (Array.isArray(sizes) && sizes.some((size) => size !== width))
    return `qkv_hidden_sizes = ${sizes.join(', ')}: Q, K and V must have one width, ${width}`;
  if (heads < 1 || width % heads !== 0) return `num_heads = ${heads}: must divide the width ${width}`;
  const projected: Expression = { kind: 'linear', x, weight, outputsFirst: false, bias, node, width: outputs };
  return assembled(
    node,
    heads,
    width,
    [0, 1, 2].map((i) => ({ of: projected, offset: i * width })),
  );
}

/** com.microsoft.MultiHeadAttention: Q, K and V that have been projected. */
export function assembled(
  node: OnnxNode,
  heads: number,
  width: number,
  parts: readonly { readonly of: Expression; readonly offset: number }[],
): Attention {
  const inner = width / heads;
  const [query, key, value] = parts.map((part): AttentionInput => ({ ...part, headStride: inner, stride: 1 }));
  const own = Number(node.attributes.get('scale') ?? 0);
  return {
    kind: 'attention',
    heads,
    inner,
    query: query!,
    key: key!,
    value: value!,
    causal: Number(node.attributes.get('unidirectional') ?? 0) === 1,
    scale: own === 0 ? 1 / Math.sqrt(inner) : own,
    node,
    width,
  };
}
