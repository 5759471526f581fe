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

type Block = Encoder['blocks'][number];

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

/** One encoder in one style, node by node; every method adds the nodes of its part and gives the name of what they compute. */
class EncoderGraph {
  private readonly b = new OnnxBuilder();
  private readonly epsilon: { readonly epsilon: { readonly float: number } };
  /** What is added to scores: they are lowered where no token is. */
  private readonly hidden: string | undefined;

  constructor(
    private readonly encoder: Encoder,
    private readonly style: ExportStyle,
  ) {
    this.epsilon = { epsilon: { float: encoder.config.normEpsilon ?? 1e-5 } };
    this.hidden = style.mask && style.attention !== 'fused' ? this.maskBias() : undefined;
  }

  bytes(): Uint8Array {
    const { input, featureCount, head, classes } = this.encoder.config;
    const logits = this.head(this.blocks(this.embedded()));
    this.b.nodes.push({ name: 'last', opType: 'Identity', domain: '', input: [logits], output: ['logits'] });
    const inputs =
      input === 'ids' ? [valueInfo('input_ids', 7, ['batch', 'tokens'])] : [valueInfo('features', 1, ['batch', 'tokens', featureCount])];
    if (this.style.mask) inputs.push(valueInfo('attention_mask', 7, ['batch', 'tokens']));
    return this.b.bytes(inputs, [valueInfo('logits', 1, head === 'sequence' ? ['batch', classes] : ['batch', 'tokens', classes])]);
  }

  private scalar(value: number): string {
    return this.b.float([value], []);
  }

  private linear({ inner, outer, weights, bias }: DenseLayer, x: string): string {
    const { b } = this;
    if (this.style.linear !== 'gemm') return b.one('Add', [b.float(bias, [outer]), b.one('MatMul', [x, b.float(weights, [inner, outer])])]);
    const flat = b.one('Reshape', [x, b.integers([-1, inner])]);
    const y = b.one('Gemm', [flat, b.float(transposed(weights, inner, outer), [outer, inner]), b.float(bias, [outer])], { transB: 1 });
    return b.one('Reshape', [
      y,
      b.one('Concat', [b.one('Slice', [b.one('Shape', [x]), b.integers([0]), b.integers([2])]), b.integers([outer])], { axis: 0 }),
    ]);
  }

  private norm({ gamma, beta }: Norm, x: string): string {
    const { b, epsilon } = this;
    const [g, s] = [b.float(gamma, [gamma.length]), b.float(beta, [beta.length])];
    if (this.style.norm !== 'nodes') return b.one('LayerNormalization', [x, g, s], { axis: -1, ...epsilon });
    const centered = b.one('Sub', [x, b.one('ReduceMean', [x], { axes: [-1] })]);
    const variance = b.one('ReduceMean', [b.one('Pow', [centered, this.scalar(2)])], { axes: [-1] });
    const deviation = b.one('Sqrt', [b.one('Add', [variance, this.scalar(epsilon.epsilon.float)])]);
    return b.one('Add', [b.one('Mul', [b.one('Div', [centered, deviation]), g]), s]);
  }

  /** norm(added + residual), and the sum. */
  private normOfSum(of: Norm, added: string, residual: string): readonly [string, string] {
    const { b } = this;
    if (this.style.norm !== 'skip') {
      const sum = b.one('Add', [added, residual]);
      return [this.norm(of, sum), sum];
    }
    const inputs = [added, residual, b.float(of.gamma, [of.gamma.length]), b.float(of.beta, [of.beta.length])];
    const [y, , , sum] = b.node('SkipLayerNormalization', inputs, this.epsilon, { domain: microsoft, outputs: 4 });
    return [y!, sum!];
  }

  private activated(x: string): string {
    const { b, style } = this;
    switch (this.encoder.config.activation) {
      case 'relu':
        return b.one('Relu', [x]);
      case 'silu':
        return b.one('Mul', [x, b.one('Sigmoid', [x])]);
      case 'quick_gelu':
        return style.gelu === 'node'
          ? b.one('QuickGelu', [x], { alpha: { float: 1.702 } }, microsoft)
          : b.one('Mul', [x, b.one('Sigmoid', [b.one('Mul', [x, this.scalar(1.702)])])]);
      case 'gelu_tanh':
        return style.gelu === 'node' ? b.one('FastGelu', [x], {}, microsoft) : this.tanhGelu(x);
      default: {
        if (style.gelu === 'node') return b.one('Gelu', [x], {}, microsoft);
        const erf = b.one('Add', [b.one('Erf', [b.one('Div', [x, this.scalar(Math.SQRT2)])]), this.scalar(1)]);
        return b.one('Mul', [b.one('Mul', [x, erf]), this.scalar(0.5)]);
      }
    }
  }

  /** GELU by tanh as PyTorch writes it, or as the names gelu_fast and gelu_new do. */
  private tanhGelu(x: string): string {
    const { b } = this;
    const root = this.scalar(Math.sqrt(2 / Math.PI));
    const inside =
      this.style.linear === 'gemm'
        ? b.one('Mul', [
            b.one('Mul', [x, root]),
            b.one('Add', [b.one('Mul', [b.one('Mul', [x, x]), this.scalar(0.044715)]), this.scalar(1)]),
          ])
        : b.one('Mul', [root, b.one('Add', [x, b.one('Mul', [this.scalar(0.044715), b.one('Pow', [x, this.scalar(3)])])])]);
    return b.one('Mul', [b.one('Mul', [x, this.scalar(0.5)]), b.one('Add', [b.one('Tanh', [inside]), this.scalar(1)])]);
  }

  /** Sizes of a reshape of [inputs, tokens, ...] whose last dimensions are these. */
  private sizesOf(x: string, last: readonly number[]): string {
    const { b } = this;
    if (this.style.shapes === 'numbers') return b.integers([0, -1, ...last]);
    const shape = b.one('Shape', [x]);
    const at = (i: number): string => b.one('Unsqueeze', [b.one('Gather', [shape, b.integers([i], [])], { axis: 0 }), b.integers([0])]);
    return b.one('Concat', [at(0), at(1), ...last.map((n) => b.integers([n]))], { axis: 0 });
  }

  /** Bias of scores from attention_mask [inputs, keys], which is 1 where a token is. */
  private maskBias(): string {
    const { b } = this;
    const four = b.one('Unsqueeze', [b.one('Cast', ['attention_mask'], { to: 1 }), b.integers([1, 2])]);
    return b.one('Mul', [b.one('Sub', [this.scalar(1), four]), this.scalar(-10000)]);
  }

  private attention(x: string, block: Block): string {
    const { b, style } = this;
    const { width, heads, causal } = this.encoder.config;
    if (style.attention === 'fused') {
      const { weights, bias } = this.together(block);
      const mask = style.mask ? [b.one('Cast', ['attention_mask'], { to: 6 })] : [];
      const inputs = [x, b.float(weights, [width, 3 * width]), b.float(bias, [3 * width]), ...mask];
      return b.one('Attention', inputs, { num_heads: heads, ...(causal && { unidirectional: 1 }) }, microsoft);
    }
    const [q, k, v] = style.attention === 'packed' ? this.packedHeads(x, block) : this.splitHeads(x, block);
    let scores = b.one('MatMul', [q, k]);
    if (style.attention !== 'packed') scores = b.one('Div', [scores, this.scalar(Math.sqrt(width / heads))]);
    if (this.hidden !== undefined) scores = b.one('Add', [scores, this.hidden]);
    const heard = b.one('Transpose', [b.one('MatMul', [b.one('Softmax', [scores], { axis: -1 }), v])], { perm: [0, 2, 1, 3] });
    return b.one('Reshape', [heard, this.sizesOf(x, [width])]);
  }

  /** Layers of queries, keys and values as one of three times the width. */
  private together({ query, key, value }: Block): DenseLayer {
    const { width } = this.encoder.config;
    const layers = [query, key, value] as readonly DenseLayer[];
    const weights = new Float32Array(3 * width * width);
    for (let f = 0; f < width; f++)
      layers.forEach((layer, i) => weights.set(layer.weights.subarray(f * width, (f + 1) * width), f * 3 * width + i * width));
    return { kind: 'dense', inner: width, outer: 3 * width, weights, bias: Float32Array.from(layers.flatMap(({ bias }) => [...bias])) };
  }

  /** Queries, scaled, keys and values by heads out of one layer; keys lie so that queries are multiplied with them. */
  private packedHeads(x: string, block: Block): readonly [string, string, string] {
    const { b } = this;
    const { width, heads } = this.encoder.config;
    const size = width / heads;
    const all = this.linear(this.together(block), x);
    const split = b.one('Transpose', [b.one('Reshape', [all, this.sizesOf(x, [3, heads, size])])], { perm: [2, 0, 3, 1, 4] });
    const at = (i: number): string => b.one('Gather', [split, b.integers([i], [])], { axis: 0 });
    return [b.one('Mul', [at(0), this.scalar(1 / Math.sqrt(size))]), b.one('Transpose', [at(1)], { perm: [0, 1, 3, 2] }), at(2)];
  }

  /** The same out of three layers; queries are not scaled. */
  private splitHeads(x: string, { query, key, value }: Block): readonly [string, string, string] {
    const { b } = this;
    const { width, heads } = this.encoder.config;
    const split = (layer: unknown, perm: readonly number[]): string =>
      b.one('Transpose', [b.one('Reshape', [this.linear(layer as DenseLayer, x), this.sizesOf(x, [heads, width / heads])])], { perm });
    return [split(query, [0, 2, 1, 3]), split(key, [0, 2, 3, 1]), split(value, [0, 2, 1, 3])];
  }

  /** Rows of the positions, as many as the input has tokens. */
  private positions(): string {
    const { b } = this;
    const { width, input, maxLength } = this.encoder.config;
    const length = b.one('Gather', [b.one('Shape', [input === 'ids' ? 'input_ids' : 'features']), b.integers([1], [])], { axis: 0 });
    const numbers = Array.from({ length: maxLength }, (_, i) => i);
    const places = b.one('Slice', [
      b.integers(numbers, [1, maxLength]),
      b.integers([0]),
      b.one('Unsqueeze', [length, b.integers([0])]),
      b.integers([1]),
    ]);
    return b.one('Gather', [b.float(this.encoder.positions, [maxLength, width]), places]);
  }

  private embedded(): string {
    const { b, encoder } = this;
    const { width, input, featureCount, vocabulary } = encoder.config;
    const rows = this.positions();
    const layer = { kind: 'dense', inner: featureCount, outer: width, weights: encoder.embedding, bias: encoder.embeddingBias } as const;
    const tokens =
      input === 'ids'
        ? b.one('Gather', [b.float(encoder.embedding, [vocabulary, width]), 'input_ids'])
        : input === 'features'
          ? 'features'
          : this.linear(layer, 'features');
    const summed = b.one('Add', [tokens, rows]);
    return encoder.embeddingNorm === undefined ? summed : this.norm(encoder.embeddingNorm, summed);
  }

  private blocks(embedded: string): string {
    const { b } = this;
    const { config, blocks, finalNorm } = this.encoder;
    const pre = config.norm === 'pre';
    let residual = embedded;
    let x = pre ? this.norm(blocks[0]!.attentionNorm, residual) : residual;
    const thought = ({ hiddenIn, hiddenOut }: Block): string =>
      this.linear(hiddenOut as DenseLayer, this.activated(this.linear(hiddenIn as DenseLayer, x)));
    blocks.forEach((block, n) => {
      const heard = this.linear(block.out as DenseLayer, this.attention(x, block));
      if (!pre) {
        x = this.normOfSum(block.attentionNorm, heard, x)[0];
        x = this.normOfSum(block.hiddenNorm, thought(block), x)[0];
        return;
      }
      [x, residual] = this.normOfSum(block.hiddenNorm, heard, residual);
      const next = blocks[n + 1]?.attentionNorm ?? finalNorm;
      if (next === undefined) x = residual = b.one('Add', [thought(block), residual]);
      else [x, residual] = this.normOfSum(next, thought(block), residual);
    });
    return x;
  }

  private head(x: string): string {
    const { config, head } = this.encoder;
    const y = config.head === 'none' ? x : this.linear(head, x);
    return config.head === 'sequence' ? this.b.one('ReduceMean', [y], { axes: [1], keepdims: 0 }) : y;
  }
}

export function exportEncoder(encoder: Encoder, style: ExportStyle): Uint8Array {
  return new EncoderGraph(encoder, style).bytes();
}

export function writeOnnx(path: string, encoder: Encoder, style: ExportStyle): string {
  writeFileSync(path, exportEncoder(encoder, style));
  return path;
}
