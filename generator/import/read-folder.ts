/** A folder in Hugging Face's layout to an encoder of ours. Headers first: everything that is wrong is listed before a tensor is read. */
import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { ends, endTensors } from '../model/graph.js';
import { refuse, UserError } from '../util/errors.js';
import { checkAgainst, issueLines } from '../input/json.js';
import { modelProblems } from '../model/checkpoint-config.js';
import { modelConfigSchema, type ModelConfig } from '../model/config.js';
import { expectedTensors } from '../model/expected-tensors.js';
import { positionIdsProblem } from '../model/names.js';
import type { StoredTensor } from '../model/safetensors.js';
import { withTensorFiles, type TensorFiles } from '../model/tensor-files.js';
import { valuesOf } from '../model/tensor-values.js';
import { buildEncoder, taskName } from './build-encoder.js';
import { planEmbeddings } from './embeddings.js';
import { sourceName, type Family } from './families.js';
import { planHead, type HeadPlan } from './head.js';
import type { HostTensor, Imported, ImportOptions, ImportReport } from './imported.js';
import { readModules, type Sentence } from './sentence.js';
import { activationOf, readSourceConfig, type SourceConfig } from './source-config.js';
import { SourceTensors } from './source-tensors.js';
import { zeros } from './tensors.js';
import { tokenizerProblems } from '../data/tokenizer.js';
import { tokenizerFiles } from '../data/tokenizer-files.js';

export function importFolder(folder: string, options: ImportOptions = {}): Imported {
  const sentence = readModules(folder, options);
  const configPath = join(sentence.folder, 'config.json');
  const read = readSourceConfig(configPath);
  const unsupported = [...sentence.unsupported, ...read.unsupported];
  const nothing = { mapped: {}, host: [], unsupported };
  if (read.config === undefined) {
    const report: ImportReport = { architecture: read.architecture, layers: undefined, width: undefined, ...nothing };
    options.onReport?.(report);
    return { report, encoder: undefined, steps: [], hostTensors: new Map(), hostFiles: [] };
  }
  const { config } = read;
  const { architecture, sizes } = config;
  let reported = false;
  const onReport = (report: ImportReport): void => {
    reported = true;
    options.onReport?.(report);
  };
  try {
    refuse(pickledProblems(sentence.folder));
    return withTensorFiles(sentence.folder, (files) =>
      importTensors(folder, config, sentence, files, unsupported, { ...options, onReport }),
    );
  } catch (error) {
    // Weights that cannot be opened: what config.json says is listed all the same.
    if (error instanceof UserError && !reported) {
      const { num_hidden_layers: layers, hidden_size: width } = sizes;
      onReport({ architecture, layers, width, ...nothing, unsupported: [...unsupported, ...error.problems] });
    }
    throw error;
  }
}

function pickledProblems(folder: string): string[] {
  const pickled = ['pytorch_model.bin', 'pytorch_model.bin.index.json'].find((name) => existsSync(join(folder, name)));
  if (pickled === undefined || ['model.safetensors', 'model.safetensors.index.json'].some((name) => existsSync(join(folder, name))))
    return [];
  return [`${join(folder, pickled)}: pickled weights are programs and are not read; store them as model.safetensors with save_pretrained`];
}

function importTensors(
  folder: string,
  config: SourceConfig,
  sentence: Sentence,
  { path, tensors }: TensorFiles,
  found: readonly string[],
  options: ImportOptions,
): Imported {
  const { family, architecture, sizes } = config;
  const prefix = [...tensors.keys()].some((name) => name.startsWith(family.prefix)) ? family.prefix : '';
  const source = new SourceTensors(tensors, prefix);
  const embeddings = planEmbeddings(config, sentence, source);
  const head = planHead(config, sentence, source, options);
  const model = modelOf(config, { ...embeddings, classes: head.classes, head: head.head });
  const own = new Map([...embeddings.tensors, ...blockTensors(config, model, source)]);
  if (head.weight !== undefined) own.set(endTensors.head, head.weight);
  if (head.bias !== undefined) own.set(endTensors.headBias, head.bias);
  const hostNames = takeHostParts(head, source);
  const rest = restOf(source, prefix, family, options);
  const tokenizers = tokenizerFiles([sentence.folder, folder]);
  const configPath = join(sentence.folder, 'config.json');
  const { issues = [] } = checkAgainst(modelConfigSchema, model);
  const unsupported = [
    ...found,
    ...head.unsupported,
    ...(issues.length > 0 ? issueLines(issues) : modelProblems(model)).map((problem) => `${configPath}: ${problem}`),
    ...rest.unsupported.map((problem) => `${path}: ${problem}`),
  ];
  const planned: ImportReport = {
    architecture,
    layers: sizes.num_hidden_layers,
    width: sizes.hidden_size,
    mapped: Object.fromEntries(source.mapped),
    host: [...tokenizerLines(family, tokenizers), ...embeddings.host, ...head.host, ...sentence.host, ...rest.host],
    unsupported,
  };
  // What is not there cannot be asked for by a model that is not supported.
  const problems = [
    ...[...embeddings.problems, ...head.problems].map((problem) => `${configPath}: ${problem}`),
    ...dimensionProblems(sentence, sizes.hidden_size),
    ...[...source.problems, ...rest.problems].map((problem) => `${path}: ${problem}`),
    ...(family.input === 'ids'
      ? tokenizerProblems(tokenizers, source.problems.length === 0 ? source.shapeOf(family.embedding)![0]! : Infinity)
      : []),
  ];
  const report = { ...planned, unsupported: [...unsupported, ...problems] };
  options.onReport?.(report);
  // Beside what is not supported, tensors of another shape follow from it.
  if (unsupported.length === 0) refuse(problems);
  const common = { report, steps: head.steps, tokens: family.input === 'patches' ? model.maxLength : undefined, hostFiles: tokenizers };
  if (unsupported.length > 0) return { ...common, encoder: undefined, hostTensors: new Map() };
  const encoder = buildEncoder({ path, task: taskName(basename(resolve(folder)), options), model, tensors: own, mapped: source.mapped });
  const hostTensors = new Map(
    hostNames.map((name): [string, HostTensor] => [name, { shape: source.stored(name).shape, values: valuesOf(source.stored(name)) }]),
  );
  return { ...common, encoder, hostTensors };
}

function modelOf(
  config: SourceConfig,
  rest: Pick<ModelConfig, 'vocabulary' | 'featureCount' | 'maxLength' | 'classes' | 'head'>,
): ModelConfig {
  const { family, sizes, epsilon } = config;
  const { vocabulary, featureCount, maxLength, classes, head } = rest;
  return {
    input: family.input,
    vocabulary,
    featureCount,
    width: sizes.hidden_size,
    layers: sizes.num_hidden_layers,
    heads: sizes.num_attention_heads,
    hidden: sizes.intermediate_size,
    maxLength,
    classes,
    head,
    norm: family.norm,
    // Unknown ones are listed.
    activation: activationOf(config) ?? 'gelu',
    causal: false,
    normEpsilon: epsilon,
    columnScales: true,
  };
}

/** Layers and norms under our names. */
function blockTensors({ family, qkv_bias: qkvBias }: SourceConfig, model: ModelConfig, source: SourceTensors): Map<string, StoredTensor> {
  const own = new Map<string, StoredTensor>();
  const norms = { has: (name: string) => name === `${ends.embeddingNorm}.weight` && family.embeddingNorm !== undefined };
  for (const { name, shape } of expectedTensors(
    { model, factorized: {} },
    { ...norms, isInteger: () => false, problem: () => undefined },
  )) {
    const from = sourceName(family, name);
    if (from === undefined) continue;
    const withoutBias = !qkvBias && family.input === 'patches' && /\.(query|key|value)\.bias$/.test(name);
    const tensor = withoutBias ? zeros(shape[0]!) : source.take(from, shape, name);
    if (tensor !== undefined) own.set(name, tensor);
  }
  return own;
}

/** Names in the file of what the host keeps. */
function takeHostParts({ hostParts }: HeadPlan, source: SourceTensors): string[] {
  return hostParts.flatMap((path) => {
    const shape = source.shapeOf(`${path}.weight`);
    const [outer = -1, inner = -1] = shape ?? [];
    source.take(`${path}.weight`, [outer, inner], `host: ${path}.weight`);
    source.take(`${path}.bias`, [outer], `host: ${path}.bias`);
    return [...source.mapped].filter(([, to]) => to.startsWith(`host: ${path}.`)).map(([name]) => name);
  });
}

/** Whether the pooling was made for another width. */
function dimensionProblems({ dimension }: Sentence, width: number): string[] {
  if (dimension === undefined || dimension.value === width) return [];
  return [
    `${dimension.path}: word_embedding_dimension = ${dimension.value}: must be the width of the encoder, ${width}; the folder is of different models`,
  ];
}

interface Rest {
  readonly host: readonly string[];
  readonly unsupported: readonly string[];
  readonly problems: readonly string[];
}

/** What no part has taken: buffers that are not needed, or nothing that we know. */
function restOf(source: SourceTensors, prefix: string, family: Family, { head = 'own' }: ImportOptions): Rest {
  const host: string[] = [];
  const unsupported: string[] = [];
  const problems: string[] = [];
  const leftOut: string[] = [];
  for (const name of source.rest()) {
    const inside = name.startsWith(prefix);
    const own = inside ? name.slice(prefix.length) : name;
    if (own === 'embeddings.position_ids') problems.push(...positionIdsProblem(name, source.stored(name)));
    else if (own === 'embeddings.mask_token') host.push(`${name}: not used, no patch is hidden`);
    else if (inside && /^pooler\.dense\.(weight|bias)$/.test(own)) host.push(`${name}: not used by this head`);
    else if (head === 'none' && prefix !== '' && !inside) leftOut.push(name);
    else unsupported.push(`${name}: is not known of ${family.modelTypes[0]}; needs a layer that config.json describes, or to be removed`);
  }
  if (leftOut.length > 0) host.push(`left out by --head none: ${leftOut.join(', ')}`);
  return { host, unsupported, problems };
}

function tokenizerLines({ input }: Family, files: readonly string[]): string[] {
  if (input !== 'ids') return [];
  return [
    files.length === 0
      ? 'tokenizer: the folder has no tokenizer.json; inputs are ids'
      : 'tokenizer: text to ids, by tokenizer.json beside the checkpoint',
  ];
}
