/** An encoder that was found in a graph, as a model of ours: its shape, and its tensors under our names. */
import { activationNames } from '../model/activations.js';
import type { ModelConfig } from '../model/config.js';
import { blockPath, ends, withoutFinalNorm } from '../model/graph.js';
import type { StoredTensor } from '../model/safetensors.js';
import { findEmbeddings, type Lengths } from './onnx-embeddings.js';
import { NotUnderstood, type FoundEncoder } from './onnx-encoder.js';
import type { FoundEmbeddings } from './onnx-embeddings.js';
import type { Expression } from './onnx-values.js';
import { headColumns, linearTensors, type LinearTensors } from './onnx-weights.js';
import { identity, zeros } from './tensors.js';

export interface FoundModel {
  readonly model: ModelConfig;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly mapped: ReadonlyMap<string, string>;
  /** What the host computes of embeddings and outputs. */
  readonly host: readonly string[];
  readonly unsupported: readonly string[];
}

/** `output` is what the encoder ends with. */
export function foundModel(encoder: FoundEncoder, output: Expression, lengths: Lengths): FoundModel {
  const first = encoder.blocks[0];
  if (first === undefined) throw new NotUnderstood(output.node, 'does not follow a block of attention and a feed-forward layer');
  const embeddings = findEmbeddings(encoder.terms, first.attentionNorm.width, lengths);
  const unsupported: string[] = [...embeddings.unsupported];
  const model = modelOf(encoder, embeddings, unsupported);
  const weights = weightsOf(encoder, model, unsupported);
  return {
    model,
    tensors: new Map([...embeddings.tensors, ...weights.tensors]),
    mapped: joined([...embeddings.mapped, ...weights.mapped]),
    host: [...embeddings.host, ...(encoder.head === undefined ? [outputsLine(encoder)] : [])],
    unsupported,
  };
}

function outputsLine({ pooled }: FoundEncoder): string {
  return pooled
    ? 'outputs: the head is an identity of the width, whose results are pooled'
    : 'outputs: those of the encoder, for every token';
}

/** A constant that became several tensors has all their names. */
function joined(pairs: readonly (readonly [string, string])[]): Map<string, string> {
  const out = new Map<string, string>();
  for (const [from, to] of pairs) out.set(from, out.has(from) ? `${out.get(from)}, ${to}` : to);
  return out;
}

function weightsOf({ blocks, embeddingNorm, finalNorm, head, pooled }: FoundEncoder, { width }: ModelConfig, unsupported: string[]) {
  const tensors = new Map<string, StoredTensor>();
  const mapped: (readonly [string, string])[] = [];
  const layer = (path: string, { weight, bias, names }: LinearTensors): void => {
    tensors.set(`${path}.weight`, weight);
    tensors.set(`${path}.bias`, bias);
    mapped.push(...names);
  };
  const norm = (path: string, found: Extract<Expression, { kind: 'norm' }> | undefined): void => {
    if (found === undefined) return;
    if (found.beta === undefined) tensors.set(`${path}.bias`, zeros(found.width));
    for (const [kind, constant] of [['weight', found.gamma] as const, ['bias', found.beta] as const]) {
      if (constant === undefined) continue;
      if (constant.floats !== undefined) tensors.set(`${path}.${kind}`, { ...constant.floats, shape: [found.width] });
      mapped.push([constant.name, `${path}.${kind}`]);
    }
  };
  norm(ends.embeddingNorm, embeddingNorm);
  blocks.forEach(({ attention, out, widen, hiddenIn, hiddenOut, attentionNorm, hiddenNorm }, number) => {
    const at = (name: string): string => `${blockPath(number)}.${name}`;
    const { heads, inner, scale } = attention;
    const attended = attentionNorm.width;
    if (heads * inner !== attended)
      unsupported.push(`${at('query')}: ${heads} heads of ${inner} features; needs a width of attention that is the model's ${attended}`);
    // Scores are divided by the root of the head's width; what a source does differently goes into Q.
    const factor = scale * Math.sqrt(inner);
    for (const name of ['query', 'key', 'value'] as const) {
      const input = attention[name];
      const same = name !== 'query' || Math.abs(factor - 1) < 1e-5;
      layer(
        at(name),
        linearTensors(input.of as Extract<Expression, { kind: 'linear' }>, at(name), headColumns(input, heads, inner), same ? 1 : factor),
      );
    }
    layer(at('out'), linearTensors(out, at('out')));
    if (widen !== undefined) layer(at('widen'), linearTensors(widen, at('widen')));
    norm(at('attentionNorm'), attentionNorm);
    layer(at('hiddenIn'), linearTensors(hiddenIn, at('hiddenIn')));
    layer(at('hiddenOut'), linearTensors(hiddenOut, at('hiddenOut')));
    norm(at('hiddenNorm'), hiddenNorm);
  });
  norm(ends.finalNorm, finalNorm);
  if (head !== undefined) layer(ends.head, linearTensors(head, ends.head));
  // What is pooled is what a layer makes.
  else if (pooled) layer(ends.head, { weight: identity(width), bias: zeros(width), names: [] });
  return { tensors, mapped };
}

/** The epsilon of most norms, and those of the others by their paths. */
function epsilonsOf(
  norms: ReadonlyMap<string, { readonly epsilon: number }>,
): Required<Pick<ModelConfig, 'normEpsilon'>> & Pick<ModelConfig, 'normEpsilons'> {
  const all = [...norms].map(([path, { epsilon }]) => [path, Math.fround(epsilon)] as const);
  const count = (wanted: number): number => all.filter(([, epsilon]) => epsilon === wanted).length;
  const normEpsilon = all.reduce((best, [, epsilon]) => (count(epsilon) > count(best) ? epsilon : best), all[0]![1]);
  const others = all.filter(([, epsilon]) => epsilon !== normEpsilon);
  return { normEpsilon, ...(others.length > 0 && { normEpsilons: Object.fromEntries(others) }) };
}

/** One number for all blocks, or a problem. */
function modelOf(encoder: FoundEncoder, embeddings: FoundEmbeddings, unsupported: string[]): ModelConfig {
  const { blocks, norm, head, pooled, embeddingNorm, finalNorm } = encoder;
  const inputWidth = blocks[0]!.attentionNorm.width;
  const width = blocks[0]!.hiddenNorm.width;
  const one = <T>(what: string, values: readonly T[]): T => {
    const different = [...new Set(values)];
    if (different.length > 1) unsupported.push(`${what} = ${different.join(', ')}: must be the same in every block`);
    return values[0]!;
  };
  const norms = new Map(
    [
      [ends.embeddingNorm, embeddingNorm] as const,
      ...blocks.flatMap(({ attentionNorm, hiddenNorm }, block) => [
        [`${blockPath(block)}.attentionNorm`, attentionNorm] as const,
        [`${blockPath(block)}.hiddenNorm`, hiddenNorm] as const,
      ]),
      [ends.finalNorm, finalNorm] as const,
    ].flatMap(([path, found]) => (found === undefined ? [] : [[path, found] as const])),
  );
  const kind = one(
    'norms',
    [...norms.values()].map(({ beta }) => (beta === undefined ? 'RMSNorm' : 'LayerNorm')),
  );
  const activation = one(
    'activation',
    blocks.map((block) => block.activation),
  );
  if (activation === 'tanh') unsupported.push(`activation = ${activation}: is not computed; needs ${activationNames.join(', ')}`);
  return {
    input: embeddings.input,
    vocabulary: embeddings.vocabulary,
    featureCount: embeddings.featureCount,
    width,
    ...(inputWidth !== width && { inputWidth }),
    layers: blocks.length,
    heads: one(
      'heads',
      blocks.map(({ attention }) => attention.heads),
    ),
    hidden: one(
      'hidden',
      blocks.map(({ hiddenIn }) => hiddenIn.width),
    ),
    maxLength: embeddings.maxLength,
    classes: head?.width ?? width,
    head: pooled ? 'sequence' : head === undefined ? 'none' : 'token',
    norm,
    ...(finalNorm === undefined && withoutFinalNorm(norm)),
    ...(kind === 'RMSNorm' && { normKind: 'rms' as const }),
    activation: activation === 'tanh' ? 'gelu' : activation,
    causal: one(
      'causal',
      blocks.map(({ attention }) => attention.causal),
    ),
    ...epsilonsOf(norms),
    columnScales: true,
  };
}
