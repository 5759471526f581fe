/** An ONNX file to an encoder of ours: nodes get their meaning one by one, and the meaning of the output is taken apart. */
import { basename } from 'node:path';
import { refuse } from '../util/errors.js';
import { printable } from '../util/printable.js';
import { checkAgainst } from '../input/json.js';
import { modelProblems } from '../model/checkpoint-config.js';
import { activationNames } from '../model/activations.js';
import { modelConfigSchema, type ModelConfig } from '../model/config.js';
import { blockPath, withoutFinalNorm } from '../model/graph.js';
import type { StoredTensor } from '../model/safetensors.js';
import { buildEncoder, taskName } from './build-encoder.js';
import type { Imported, ImportOptions, ImportReport } from './imported.js';
import { findEmbeddings, type FoundEmbeddings } from './onnx-embeddings.js';
import { findEncoder, NotUnderstood, type FoundEncoder } from './onnx-encoder.js';
import { readOnnx, type OnnxGraph, type OnnxNode } from './onnx-file.js';
import { lower } from './onnx-lower.js';
import type { Expression } from './onnx-values.js';
import { headColumns, linearTensors, type LinearTensors } from './onnx-weights.js';
import { identity, zeros } from './tensors.js';

const architecture = 'ONNX encoder';

export async function importOnnx(path: string, options: ImportOptions = {}): Promise<Imported> {
  const graph = await readOnnx(path, 'trexgen import');
  const nothing = { encoder: undefined, steps: [], hostTensors: new Map(), hostFiles: [] };
  let found: Found;
  try {
    found = findIn(graph, options);
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error;
    const report: ImportReport = {
      architecture,
      layers: undefined,
      width: undefined,
      mapped: {},
      host: [],
      unsupported: [notUnderstood(path, error)],
    };
    options.onReport?.(report);
    return { ...nothing, report };
  }
  const { model, tensors, mapped, host } = found;
  const { issues = [] } = checkAgainst(modelConfigSchema, model);
  const unsupported = [
    ...found.unsupported,
    ...(issues.length > 0 ? issues.map(({ at, message }) => `${at}: ${message}`) : modelProblems(model)),
  ].map((problem) => `${path}: ${problem}`);
  const report: ImportReport = {
    architecture,
    layers: model.layers,
    width: model.width,
    mapped: Object.fromEntries(mapped),
    host,
    unsupported,
  };
  options.onReport?.(report);
  if (unsupported.length > 0) return { ...nothing, report };
  const task = taskName(basename(path).replace(/\.onnx$/i, ''), options);
  return { ...nothing, report, encoder: buildEncoder({ path, task, model, tensors, mapped }) };
}

function nodeText({ name, op }: OnnxNode): string {
  return `node ${printable(name)} (${printable(op)})`;
}

function notUnderstood(path: string, { node, why }: NotUnderstood): string {
  return `${path}: ${node === undefined ? 'the graph' : nodeText(node)}: ${why}; the encoder that is known has embeddings, attention, LayerNorm, and two layers with one of ${activationNames.join(', ')}`;
}

interface Found {
  readonly model: ModelConfig;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly mapped: ReadonlyMap<string, string>;
  readonly host: readonly string[];
  readonly unsupported: readonly string[];
}

function findIn(graph: OnnxGraph, { from, to }: ImportOptions): Found {
  const known = new Set(graph.nodes.flatMap(({ outputs }) => outputs));
  refuse(
    [['from', from] as const, ['to', to] as const].flatMap(([option, name]) =>
      name === undefined || known.has(name)
        ? []
        : [`${option} = ${name}: ${graph.path} has no such tensor; give the name of a node's output`],
    ),
  );
  const values = lower(graph, from);
  const [output = '', ...others] = to === undefined ? graph.outputs : [to, ...graph.outputs];
  const value = values.get(output);
  if (value?.kind === 'unknown') throw new NotUnderstood(value.node, value.why);
  if (value?.kind !== 'tokens') throw new NotUnderstood(undefined, `output ${printable(output)} is not computed from tokens`);
  const encoder = findEncoder(value.is);
  const first = encoder.blocks[0];
  if (first === undefined) throw new NotUnderstood(value.is.node, 'does not follow a block of attention and a feed-forward layer');
  const width = first.attentionNorm.width;
  const embeddings = findEmbeddings(encoder.terms, width, graph);
  const unsupported: string[] = [...embeddings.unsupported];
  const weights = weightsOf(encoder, width, unsupported);
  const model = modelOf(encoder, embeddings, width, unsupported);
  return {
    model,
    tensors: new Map([...embeddings.tensors, ...weights.tensors]),
    mapped: joined([...embeddings.mapped, ...weights.mapped]),
    host: [
      ...(embeddings.input === 'ids' ? ['tokenizer: an ONNX file has none; inputs are ids'] : []),
      ...embeddings.host,
      ...(encoder.head !== undefined
        ? []
        : [
            encoder.pooled
              ? 'outputs: the head is an identity of the width, whose results are pooled'
              : 'outputs: those of the encoder, for every token',
          ]),
      ...(from === undefined ? [] : [`before ${printable(from)}: computed by the source's own nodes`]),
      ...others.map((name) => `output ${printable(name)}: not imported, ${printable(output)} is`),
    ],
    unsupported,
  };
}

/** A constant that became several tensors has all their names. */
function joined(pairs: readonly (readonly [string, string])[]): Map<string, string> {
  const out = new Map<string, string>();
  for (const [from, to] of pairs) out.set(from, out.has(from) ? `${out.get(from)}, ${to}` : to);
  return out;
}

function weightsOf({ blocks, embeddingNorm, finalNorm, head, pooled }: FoundEncoder, width: number, unsupported: string[]) {
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
  norm('embeddingNorm', embeddingNorm);
  blocks.forEach(({ attention, out, hiddenIn, hiddenOut, attentionNorm, hiddenNorm }, number) => {
    const at = (name: string): string => `${blockPath(number)}.${name}`;
    const { heads, inner, scale } = attention;
    if (heads * inner !== width)
      unsupported.push(`${at('query')}: ${heads} heads of ${inner} features; needs a width of attention that is the model's ${width}`);
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
    norm(at('attentionNorm'), attentionNorm);
    layer(at('hiddenIn'), linearTensors(hiddenIn, at('hiddenIn')));
    layer(at('hiddenOut'), linearTensors(hiddenOut, at('hiddenOut')));
    norm(at('hiddenNorm'), hiddenNorm);
  });
  norm('finalNorm', finalNorm);
  if (head !== undefined) layer('head', linearTensors(head, 'head'));
  // What is pooled is what a layer makes.
  else if (pooled) layer('head', { weight: identity(width), bias: zeros(width), names: [] });
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
function modelOf(encoder: FoundEncoder, embeddings: FoundEmbeddings, width: number, unsupported: string[]): ModelConfig {
  const { blocks, norm, head, pooled, embeddingNorm, finalNorm } = encoder;
  const one = <T>(what: string, values: readonly T[]): T => {
    const different = [...new Set(values)];
    if (different.length > 1) unsupported.push(`${what} = ${different.join(', ')}: must be the same in every block`);
    return values[0]!;
  };
  const norms = new Map(
    [
      ['embeddingNorm', embeddingNorm] as const,
      ...blocks.flatMap(({ attentionNorm, hiddenNorm }, block) => [
        [`${blockPath(block)}.attentionNorm`, attentionNorm] as const,
        [`${blockPath(block)}.hiddenNorm`, hiddenNorm] as const,
      ]),
      ['finalNorm', finalNorm] as const,
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
