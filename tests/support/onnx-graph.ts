/** Encoders of ours as ONNX files, in the ways in which exporters and optimizers write them. */
import { onnx } from 'onnx-proto';
import { writeFileSync } from 'node:fs';
import type { DenseLayer, Encoder, Norm } from '../../generator/model/encoder.js';
import { transposed } from '../../generator/model/tensor-values.js';

export interface ExportStyle {
  /** One node; products with heads that are split by reshaping, from three layers or from one of three times the width. */
  readonly attention: 'fused' | 'split' | 'packed';
  readonly linear: 'matmul' | 'gemm';
  /** One node, one node with the sum before it, or nine. */
  readonly norm: 'node' | 'skip' | 'nodes';
  readonly gelu: 'node' | 'nodes';
  /** Sizes of reshapes: computed from shapes of tensors, or numbers. */
  readonly shapes: 'computed' | 'numbers';
  readonly mask: boolean;
}

export const styles = {
  fused: { attention: 'fused', linear: 'matmul', norm: 'skip', gelu: 'node', shapes: 'numbers', mask: true },
  split: { attention: 'split', linear: 'matmul', norm: 'nodes', gelu: 'nodes', shapes: 'computed', mask: true },
  gemm: { attention: 'split', linear: 'gemm', norm: 'node', gelu: 'nodes', shapes: 'numbers', mask: false },
  packed: { attention: 'packed', linear: 'matmul', norm: 'node', gelu: 'node', shapes: 'numbers', mask: false },
} as const satisfies Record<string, ExportStyle>;

const microsoft = 'com.microsoft';

type Attributes = Readonly<Record<string, number | readonly number[] | { readonly float: number }>>;

export class OnnxBuilder {
  readonly nodes: onnx.INodeProto[] = [];
  readonly initializers: onnx.ITensorProto[] = [];
  private count = 0;

  float(values: ArrayLike<number>, dims: readonly number[], name = `w${this.count++}`): string {
    this.initializers.push({ name, dims: [...dims], dataType: 1, rawData: new Uint8Array(Float32Array.from(values).buffer) });
    return name;
  }

  integers(values: readonly number[], dims: readonly number[] = [values.length], name = `i${this.count++}`): string {
    this.initializers.push({ name, dims: [...dims], dataType: 7, rawData: new Uint8Array(BigInt64Array.from(values.map(BigInt)).buffer) });
    return name;
  }

  node(opType: string, input: readonly string[], attributes: Attributes = {}, { domain = '', outputs = 1 } = {}): string[] {
    const name = `${opType}_${this.count++}`;
    const output = Array.from({ length: outputs }, (_, i) => `${name}_${i}`);
    const attribute = Object.entries(attributes).map(([key, value]): onnx.IAttributeProto => {
      if (typeof value === 'number') return { name: key, type: 2, i: value };
      return 'float' in value ? { name: key, type: 1, f: value.float } : { name: key, type: 7, ints: [...value] };
    });
    this.nodes.push({ name, opType, domain, input: [...input], output, attribute });
    return output;
  }

  one(opType: string, input: readonly string[], attributes: Attributes = {}, domain = ''): string {
    return this.node(opType, input, attributes, { domain })[0]!;
  }

  bytes(inputs: readonly onnx.IValueInfoProto[], outputs: readonly onnx.IValueInfoProto[], opset = 17): Uint8Array {
    const graph = { name: 'encoder', node: this.nodes, initializer: this.initializers, input: [...inputs], output: [...outputs] };
    return onnx.ModelProto.encode({
      irVersion: 8,
      opsetImport: [
        { domain: '', version: opset },
        { domain: microsoft, version: 1 },
      ],
      graph,
    }).finish();
  }
}

export function valueInfo(name: string, elemType: number, dims: readonly (string | number)[]): onnx.IValueInfoProto {
  const dim = dims.map((size) => (typeof size === 'string' ? { dimParam: size } : { dimValue: size }));
  return { name, type: { tensorType: { elemType, shape: { dim } } } };
}

export function exportEncoder(encoder: Encoder, style: ExportStyle): Uint8Array {
  const { config } = encoder;
  const { width, heads, input, featureCount, vocabulary, maxLength, causal } = config;
  const size = width / heads;
  const b = new OnnxBuilder();
  const epsilon = { epsilon: { float: config.normEpsilon ?? 1e-5 } };
  const scalar = (value: number): string => b.float([value], []);

  const linear = (layer: DenseLayer, x: string): string => {
    const { inner, outer, weights, bias } = layer;
    if (style.linear === 'gemm') {
      const flat = b.one('Reshape', [x, b.integers([-1, inner])]);
      const y = b.one('Gemm', [flat, b.float(transposed(weights, inner, outer), [outer, inner]), b.float(bias, [outer])], { transB: 1 });
      return b.one('Reshape', [
        y,
        b.one('Concat', [b.one('Slice', [b.one('Shape', [x]), b.integers([0]), b.integers([2])]), b.integers([outer])], { axis: 0 }),
      ]);
    }
    return b.one('Add', [b.float(bias, [outer]), b.one('MatMul', [x, b.float(weights, [inner, outer])])]);
  };
  const norm = ({ gamma, beta }: Norm, x: string): string => {
    const [g, s] = [b.float(gamma, [width]), b.float(beta, [width])];
    if (style.norm !== 'nodes') return b.one('LayerNormalization', [x, g, s], { axis: -1, ...epsilon });
    const centered = b.one('Sub', [x, b.one('ReduceMean', [x], { axes: [-1] })]);
    const variance = b.one('ReduceMean', [b.one('Pow', [centered, scalar(2)])], { axes: [-1] });
    const deviation = b.one('Sqrt', [b.one('Add', [variance, scalar(epsilon.epsilon.float)])]);
    return b.one('Add', [b.one('Mul', [b.one('Div', [centered, deviation]), g]), s]);
  };
  /** norm(a + b), and the sum. */
  const normOfSum = (of: Norm, added: string, residual: string): readonly [string, string] => {
    if (style.norm !== 'skip') {
      const sum = b.one('Add', [added, residual]);
      return [norm(of, sum), sum];
    }
    const inputs = [added, residual, b.float(of.gamma, [width]), b.float(of.beta, [width])];
    const [y, , , sum] = b.node('SkipLayerNormalization', inputs, epsilon, { domain: microsoft, outputs: 4 });
    return [y!, sum!];
  };
  const activated = (x: string): string => {
    const { activation } = config;
    if (activation === 'relu') return b.one('Relu', [x]);
    if (activation === 'silu') return b.one('Mul', [x, b.one('Sigmoid', [x])]);
    if (activation === 'quick_gelu')
      return style.gelu === 'node'
        ? b.one('QuickGelu', [x], { alpha: { float: 1.702 } }, microsoft)
        : b.one('Mul', [x, b.one('Sigmoid', [b.one('Mul', [x, scalar(1.702)])])]);
    if (activation === 'gelu_tanh') {
      if (style.gelu === 'node') return b.one('FastGelu', [x], {}, microsoft);
      const root = scalar(Math.sqrt(2 / Math.PI));
      // As PyTorch writes it, or as the names gelu_fast and gelu_new do.
      const inside =
        style.linear === 'gemm'
          ? b.one('Mul', [b.one('Mul', [x, root]), b.one('Add', [b.one('Mul', [b.one('Mul', [x, x]), scalar(0.044715)]), scalar(1)])])
          : b.one('Mul', [root, b.one('Add', [x, b.one('Mul', [scalar(0.044715), b.one('Pow', [x, scalar(3)])])])]);
      return b.one('Mul', [b.one('Mul', [x, scalar(0.5)]), b.one('Add', [b.one('Tanh', [inside]), scalar(1)])]);
    }
    if (style.gelu === 'node') return b.one('Gelu', [x], {}, microsoft);
    const erf = b.one('Add', [b.one('Erf', [b.one('Div', [x, scalar(Math.SQRT2)])]), scalar(1)]);
    return b.one('Mul', [b.one('Mul', [x, erf]), scalar(0.5)]);
  };
  const sizesOf = (x: string, last: readonly number[]): string => {
    if (style.shapes === 'numbers') return b.integers([0, -1, ...last]);
    const shape = b.one('Shape', [x]);
    const at = (i: number): string => b.one('Unsqueeze', [b.one('Gather', [shape, b.integers([i], [])], { axis: 0 }), b.integers([0])]);
    return b.one('Concat', [at(0), at(1), ...last.map((n) => b.integers([n]))], { axis: 0 });
  };

  // [inputs, keys], 1 where a token is: scores of others are lowered.
  const bias = (): string => {
    const four = b.one('Unsqueeze', [b.one('Cast', ['attention_mask'], { to: 1 }), b.integers([1, 2])]);
    return b.one('Mul', [b.one('Sub', [scalar(1), four]), scalar(-10000)]);
  };
  const hidden = style.mask && style.attention !== 'fused' ? bias() : undefined;
  const attention = (x: string, { query, key, value }: Encoder['blocks'][number]): string => {
    const layers = [query, key, value] as readonly DenseLayer[];
    const together = new Float32Array(3 * width * width);
    for (let f = 0; f < width; f++)
      layers.forEach(({ weights }, i) => together.set(weights.subarray(f * width, (f + 1) * width), f * 3 * width + i * width));
    const biases = layers.flatMap((layer) => [...layer.bias]);
    if (style.attention === 'fused') {
      const mask = style.mask ? [b.one('Cast', ['attention_mask'], { to: 6 })] : [];
      const inputs = [x, b.float(together, [width, 3 * width]), b.float(biases, [3 * width]), ...mask];
      return b.one('Attention', inputs, { num_heads: heads, ...(causal && { unidirectional: 1 }) }, microsoft);
    }
    let q: string, k: string, v: string;
    if (style.attention === 'packed') {
      const all = linear({ kind: 'dense', inner: width, outer: 3 * width, weights: together, bias: Float32Array.from(biases) }, x);
      const split = b.one('Transpose', [b.one('Reshape', [all, sizesOf(x, [3, heads, size])])], { perm: [2, 0, 3, 1, 4] });
      const at = (i: number): string => b.one('Gather', [split, b.integers([i], [])], { axis: 0 });
      [q, k, v] = [b.one('Mul', [at(0), scalar(1 / Math.sqrt(size))]), b.one('Transpose', [at(1)], { perm: [0, 1, 3, 2] }), at(2)];
    } else {
      const split = (layer: DenseLayer, perm: readonly number[]): string =>
        b.one('Transpose', [b.one('Reshape', [linear(layer, x), sizesOf(x, [heads, size])])], { perm });
      [q, k, v] = [split(layers[0]!, [0, 2, 1, 3]), split(layers[1]!, [0, 2, 3, 1]), split(layers[2]!, [0, 2, 1, 3])];
    }
    let scores = b.one('MatMul', [q, k]);
    if (style.attention !== 'packed') scores = b.one('Div', [scores, scalar(Math.sqrt(size))]);
    if (hidden !== undefined) scores = b.one('Add', [scores, hidden]);
    const heard = b.one('Transpose', [b.one('MatMul', [b.one('Softmax', [scores], { axis: -1 }), v])], { perm: [0, 2, 1, 3] });
    return b.one('Reshape', [heard, sizesOf(x, [width])]);
  };

  const positions = b.float(encoder.positions, [maxLength, width]);
  const length = b.one('Gather', [b.one('Shape', [input === 'ids' ? 'input_ids' : 'features']), b.integers([1], [])], { axis: 0 });
  const places = b.one('Slice', [
    b.integers(
      Array.from({ length: maxLength }, (_, i) => i),
      [1, maxLength],
    ),
    b.integers([0]),
    b.one('Unsqueeze', [length, b.integers([0])]),
    b.integers([1]),
  ]);
  const rows = b.one('Gather', [positions, places]);
  const embedded =
    input === 'ids'
      ? b.one('Gather', [b.float(encoder.embedding, [vocabulary, width]), 'input_ids'])
      : input === 'features'
        ? 'features'
        : linear({ kind: 'dense', inner: featureCount, outer: width, weights: encoder.embedding, bias: encoder.embeddingBias }, 'features');
  const summed = b.one('Add', [embedded, rows]);
  let residual = encoder.embeddingNorm === undefined ? summed : norm(encoder.embeddingNorm, summed);
  const { blocks, finalNorm } = encoder;
  let x = residual;
  if (config.norm === 'pre') x = norm(blocks[0]!.attentionNorm, residual);
  blocks.forEach((block, n) => {
    const heard = linear(block.out as DenseLayer, attention(x, block));
    if (config.norm === 'post') {
      x = normOfSum(block.attentionNorm, heard, x)[0];
      x = normOfSum(block.hiddenNorm, linear(block.hiddenOut as DenseLayer, activated(linear(block.hiddenIn as DenseLayer, x))), x)[0];
      return;
    }
    [x, residual] = normOfSum(block.hiddenNorm, heard, residual);
    const next = blocks[n + 1]?.attentionNorm ?? finalNorm;
    const thought = linear(block.hiddenOut as DenseLayer, activated(linear(block.hiddenIn as DenseLayer, x)));
    if (next === undefined) x = residual = b.one('Add', [thought, residual]);
    else [x, residual] = normOfSum(next, thought, residual);
  });
  let y = config.head === 'none' ? x : linear(encoder.head, x);
  if (config.head === 'sequence') y = b.one('ReduceMean', [y], { axes: [1], keepdims: 0 });
  b.nodes.push({ name: 'last', opType: 'Identity', domain: '', input: [y], output: ['logits'] });
  const inputs =
    input === 'ids' ? [valueInfo('input_ids', 7, ['batch', 'tokens'])] : [valueInfo('features', 1, ['batch', 'tokens', featureCount])];
  if (style.mask) inputs.push(valueInfo('attention_mask', 7, ['batch', 'tokens']));
  return b.bytes(inputs, [
    valueInfo('logits', 1, config.head === 'sequence' ? ['batch', config.classes] : ['batch', 'tokens', config.classes]),
  ]);
}

export function writeOnnx(path: string, encoder: Encoder, style: ExportStyle): string {
  writeFileSync(path, exportEncoder(encoder, style));
  return path;
}
