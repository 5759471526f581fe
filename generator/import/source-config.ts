/** `config.json` of a Hugging Face folder: what our float model needs of it, and what it cannot hold. */
import { z } from 'zod';
import { checked, readJson } from '../input/json.js';
import { printable } from '../util/printable.js';
import type { ActivationName } from '../model/activations.js';
import { classOf, familyNames, familyOf, type ConfigField, type Family } from './families.js';

const within = (low: number, high: number): z.ZodInt => {
  const error = `must be an integer in ${low} .. ${high}`;
  return z.int({ error }).min(low, error).max(high, error);
};
const count = within(1, 2 ** 24);
const share = 'must be a number in 0 .. 1';
const id = 'must be an integer of at least 0, or null';
const flag = z.boolean({ error: 'must be true or false' });

const sizesSchema = z.object({
  hidden_size: count,
  num_hidden_layers: within(1, 1024),
  num_attention_heads: count,
  intermediate_size: count,
  hidden_act: z.string({ error: 'must be the name of an activation' }).default('gelu'),
});

const restSchema = z.object({
  architectures: z.array(z.string(), { error: 'must be a list of names of classes' }).nullish(),
  model_type: z.string({ error: `must be one of ${familyNames}` }),
  vocab_size: count.optional(),
  max_position_embeddings: count.optional(),
  type_vocab_size: within(0, 2 ** 24).optional(),
  layer_norm_eps: z.number({ error: share }).min(0, share).max(1, share).optional(),
  pad_token_id: z.int(id).min(0, id).nullish(),
  image_size: count.optional(),
  patch_size: count.optional(),
  num_channels: count.optional(),
  qkv_bias: flag.default(true),
  is_decoder: flag.default(false),
  add_cross_attention: flag.default(false),
  position_embedding_type: z.string({ error: 'must be the name of a kind of positions' }).nullish(),
  pruned_heads: z.record(z.string(), z.unknown()).nullish(),
  quantization_config: z.unknown().optional(),
  id2label: z
    .record(z.string().regex(/^\d+$/, 'must be the number of a class'), z.unknown(), {
      error: 'must be an object, the number of a class to its name',
    })
    .nullish(),
  num_labels: count.optional(),
});

export interface SourceConfig extends Omit<z.infer<typeof restSchema>, 'architectures'> {
  readonly family: Family;
  /** Class of the model, as `BertForTokenClassification`. */
  readonly architecture: string;
  readonly sizes: z.infer<typeof sizesSchema>;
  readonly epsilon: number;
}

/** Names of activations in Hugging Face's tables, and those of our float model. */
const activations: Readonly<Record<string, ActivationName>> = {
  gelu: 'gelu',
  gelu_python: 'gelu',
  relu: 'relu',
  gelu_new: 'gelu_tanh',
  gelu_fast: 'gelu_tanh',
  gelu_pytorch_tanh: 'gelu_tanh',
  gelu_accurate: 'gelu_tanh',
  gelu_python_tanh: 'gelu_tanh',
  quick_gelu: 'quick_gelu',
  silu: 'silu',
  swish: 'silu',
};

export function activationOf({ sizes }: Pick<SourceConfig, 'sizes'>): ActivationName | undefined {
  return Object.hasOwn(activations, sizes.hidden_act) ? activations[sizes.hidden_act] : undefined;
}

/** What keeps known families out, by `model_type`. */
const reasons: Readonly<Record<string, string>> = {
  t5: 'it has a relative position bias and RMSNorm',
  mt5: 'it has a relative position bias and RMSNorm',
  mpnet: 'it has a relative position bias',
  deberta: 'it has a relative position bias',
  'deberta-v2': 'it has a relative position bias',
  xlnet: 'it has a relative position bias',
  beit: 'it has a relative position bias',
  swin: 'it has a relative position bias',
  modernbert: 'it has rotary positions and a gated feed-forward layer',
  nomic_bert: 'it has rotary positions and a gated feed-forward layer',
  gpt2: 'it is a decoder',
  llama: 'it is a decoder',
};

export type SourceRead =
  | { readonly config: SourceConfig; readonly unsupported: readonly string[] }
  | { readonly config: undefined; readonly architecture: string; readonly unsupported: readonly string[] };

export const folderAdvice = 'a Hugging Face folder has config.json and model.safetensors';

/** Whether a folder's config.json is one of Hugging Face, not a checkpoint's of ours. */
export function isSourceConfig(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'model_type' in value && !('model' in value);
}

/** Values of wrong kinds are an error; what the model cannot hold is listed. */
export function readSourceConfig(path: string): SourceRead {
  const { value, rectangular } = squared(readJson({ path, advice: folderAdvice }));
  const rest = checked(restSchema, value, path);
  const architecture = printable(rest.architectures?.[0] ?? rest.model_type);
  const family = familyOf(rest.model_type);
  if (family === undefined) return { config: undefined, architecture, unsupported: [unknownFamily(path, rest.model_type)] };
  const named = Object.fromEntries(
    Object.keys(sizesSchema.shape).map((field) => {
      const name = family.fields[field as ConfigField] ?? field;
      return [field, (value as Record<string, unknown>)[name]];
    }),
  );
  const sizes = checked(sizesSchema, named, path, (field) => family.fields[field as ConfigField] ?? field);
  const config = { ...rest, family, architecture, sizes, epsilon: rest.layer_norm_eps ?? family.epsilon };
  return { config, unsupported: [...rectangular, ...unsupportedFields(config)].map((problem) => `${path}: ${problem}`) };
}

/** Sizes that are given as [height, width], as one number; those of rectangles are listed. */
function squared(value: unknown): { readonly value: unknown; readonly rectangular: readonly string[] } {
  if (typeof value !== 'object' || value === null) return { value, rectangular: [] };
  const out: Record<string, unknown> = { ...value };
  const rectangular: string[] = [];
  for (const name of ['image_size', 'patch_size']) {
    const pair: unknown = out[name];
    if (!Array.isArray(pair) || pair.length !== 2) continue;
    out[name] = pair[0];
    if (pair[0] !== pair[1])
      rectangular.push(`${name} = [${pair.join(', ')}]: rectangles are not supported; needs one number, the side of a square`);
  }
  return { value: out, rectangular };
}

function unknownFamily(path: string, modelType: string): string {
  const reason = Object.hasOwn(reasons, modelType) ? `${reasons[modelType]}, which the hardware does not compute` : 'is not a known family';
  return `${path}: model_type = ${modelType}: ${reason}; known are ${familyNames}`;
}

function unsupportedFields(config: SourceConfig): string[] {
  const { family, sizes, position_embedding_type: positions = 'absolute', pruned_heads: pruned } = config;
  const problems: string[] = [];
  const other = classOf(config.architecture).family;
  if (other !== undefined && other !== family)
    problems.push(
      `architectures = ${config.architecture}: is a class of ${other.modelTypes[0]}, not of model_type = ${config.model_type}; give both as the source of the weights has them`,
    );
  const activation = family.fields.hidden_act ?? 'hidden_act';
  if (activationOf(config) === undefined)
    problems.push(`${activation} = ${sizes.hidden_act}: is not computed; needs ${Object.keys(activations).join(', ')}`);
  if (positions !== null && positions !== 'absolute')
    problems.push(`position_embedding_type = ${positions}: a relative position bias is not computed; needs absolute positions`);
  if (config.is_decoder) problems.push('is_decoder = true: decoders are not supported; needs an encoder');
  if (config.add_cross_attention) problems.push('add_cross_attention = true: cross-attention is not computed; needs an encoder alone');
  if (Object.keys(pruned ?? {}).length > 0) problems.push('pruned_heads: blocks of different numbers of heads are not supported');
  if (config.quantization_config !== undefined && config.quantization_config !== null)
    problems.push('quantization_config: quantised weights are not read; store them as F32, F16 or BF16');
  return problems;
}
