/** Folders as Hugging Face's library writes them, with random weights: names, shapes and configuration of real models. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { elementCount, writeSafetensors, type Tensor } from '../../generator/model/safetensors.js';
import { tensorOf } from '../../generator/model/tensor-values.js';
import { randomFrom } from '../../generator/util/random.js';

export type Shapes = Readonly<Record<string, readonly number[]>>;

export interface HubModel {
  readonly config: Readonly<Record<string, unknown>>;
  readonly shapes: Shapes;
  /** JSON files, by their path inside the folder. */
  readonly files?: Readonly<Record<string, unknown>>;
}

export interface Sizes {
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly hidden: number;
  readonly vocabulary: number;
  readonly positions: number;
  readonly image: number;
  readonly patch: number;
}

const small: Sizes = { width: 16, layers: 2, heads: 4, hidden: 24, vocabulary: 40, positions: 12, image: 8, patch: 4 };

const linear = (name: string, outer: number, inner: number): Shapes => ({ [`${name}.weight`]: [outer, inner], [`${name}.bias`]: [outer] });
const norm = (name: string, width: number): Shapes => ({ [`${name}.weight`]: [width], [`${name}.bias`]: [width] });
const all = (shapes: readonly Shapes[]): Shapes => Object.assign({}, ...shapes) as Shapes;
const blocks = (layers: number, of: (block: number) => readonly Shapes[]): Shapes =>
  all(Array.from({ length: layers }, (_, block) => all(of(block))));

export interface BertOptions {
  readonly prefix?: string;
  readonly types?: number;
  readonly pooler?: boolean;
  readonly head?: Shapes;
}

function bertShapes(
  { width, layers, hidden, vocabulary, positions }: Sizes,
  { prefix = '', types = 2, pooler = false, head = {} }: BertOptions,
): Shapes {
  const inside = all([
    {
      'embeddings.word_embeddings.weight': [vocabulary, width],
      'embeddings.position_embeddings.weight': [positions, width],
      'embeddings.token_type_embeddings.weight': [types, width],
    },
    norm('embeddings.LayerNorm', width),
    blocks(layers, (block) => {
      const at = `encoder.layer.${block}`;
      return [
        ...['query', 'key', 'value'].map((part) => linear(`${at}.attention.self.${part}`, width, width)),
        linear(`${at}.attention.output.dense`, width, width),
        norm(`${at}.attention.output.LayerNorm`, width),
        linear(`${at}.intermediate.dense`, hidden, width),
        linear(`${at}.output.dense`, width, hidden),
        norm(`${at}.output.LayerNorm`, width),
      ];
    }),
    pooler ? linear('pooler.dense', width, width) : {},
  ]);
  return { ...Object.fromEntries(Object.entries(inside).map(([name, shape]) => [`${prefix}${name}`, shape])), ...head };
}

export function bertModel(architecture: string, options: BertOptions = {}, part: Partial<Sizes> = {}): HubModel {
  const sizes = { ...small, ...part };
  return {
    config: {
      architectures: [architecture],
      attention_probs_dropout_prob: 0.1,
      classifier_dropout: null,
      gradient_checkpointing: false,
      hidden_act: 'gelu',
      hidden_dropout_prob: 0.1,
      hidden_size: sizes.width,
      initializer_range: 0.02,
      intermediate_size: sizes.hidden,
      layer_norm_eps: 1e-12,
      max_position_embeddings: sizes.positions,
      model_type: 'bert',
      num_attention_heads: sizes.heads,
      num_hidden_layers: sizes.layers,
      pad_token_id: 0,
      position_embedding_type: 'absolute',
      torch_dtype: 'float32',
      transformers_version: '4.34.0',
      type_vocab_size: options.types ?? 2,
      use_cache: true,
      vocab_size: sizes.vocabulary,
    },
    shapes: bertShapes(sizes, options),
  };
}

export function robertaModel(architecture: string, options: BertOptions = {}, part: Partial<Sizes> = {}): HubModel {
  const { config, shapes } = bertModel(architecture, { types: 1, ...options }, part);
  return { config: { ...config, model_type: 'roberta', layer_norm_eps: 1e-5, pad_token_id: 1, bos_token_id: 0, eos_token_id: 2 }, shapes };
}

export function distilbertModel(architecture: string, prefix = '', head: Shapes = {}, part: Partial<Sizes> = {}): HubModel {
  const { width, layers, heads, hidden, vocabulary, positions } = { ...small, ...part };
  const inside = all([
    { 'embeddings.word_embeddings.weight': [vocabulary, width], 'embeddings.position_embeddings.weight': [positions, width] },
    norm('embeddings.LayerNorm', width),
    blocks(layers, (block) => {
      const at = `transformer.layer.${block}`;
      return [
        ...['q_lin', 'k_lin', 'v_lin', 'out_lin'].map((name) => linear(`${at}.attention.${name}`, width, width)),
        norm(`${at}.sa_layer_norm`, width),
        linear(`${at}.ffn.lin1`, hidden, width),
        linear(`${at}.ffn.lin2`, width, hidden),
        norm(`${at}.output_layer_norm`, width),
      ];
    }),
  ]);
  return {
    config: {
      activation: 'gelu',
      architectures: [architecture],
      dim: width,
      hidden_dim: hidden,
      max_position_embeddings: positions,
      model_type: 'distilbert',
      n_heads: heads,
      n_layers: layers,
      pad_token_id: 0,
      sinusoidal_pos_embds: false,
      vocab_size: vocabulary,
    },
    shapes: { ...Object.fromEntries(Object.entries(inside).map(([name, shape]) => [`${prefix}${name}`, shape])), ...head },
  };
}

/** `vit` or `deit`; with a head under its prefix. */
export function vitModel(architecture: string, type: 'vit' | 'deit', head: Shapes | undefined, part: Partial<Sizes> = {}): HubModel {
  const { width, layers, heads, hidden, image, patch } = { ...small, ...part };
  const extra = type === 'deit' ? 2 : 1;
  const prefix = head === undefined ? '' : `${type}.`;
  const inside = all([
    { 'embeddings.cls_token': [1, 1, width], ...(type === 'deit' && { 'embeddings.distillation_token': [1, 1, width] }) },
    { 'embeddings.position_embeddings': [1, (image / patch) ** 2 + extra, width] },
    { 'embeddings.patch_embeddings.projection.weight': [width, 3, patch, patch], 'embeddings.patch_embeddings.projection.bias': [width] },
    blocks(layers, (block) => {
      const at = `encoder.layer.${block}`;
      return [
        ...['query', 'key', 'value'].map((name) => linear(`${at}.attention.attention.${name}`, width, width)),
        linear(`${at}.attention.output.dense`, width, width),
        norm(`${at}.layernorm_before`, width),
        norm(`${at}.layernorm_after`, width),
        linear(`${at}.intermediate.dense`, hidden, width),
        linear(`${at}.output.dense`, width, hidden),
      ];
    }),
    norm('layernorm', width),
    head === undefined ? linear('pooler.dense', width, width) : {},
  ]);
  return {
    config: {
      architectures: [architecture],
      attention_probs_dropout_prob: 0,
      encoder_stride: 16,
      hidden_act: 'gelu',
      hidden_dropout_prob: 0,
      hidden_size: width,
      image_size: image,
      initializer_range: 0.02,
      intermediate_size: hidden,
      layer_norm_eps: 1e-12,
      model_type: type,
      num_attention_heads: heads,
      num_channels: 3,
      num_hidden_layers: layers,
      patch_size: patch,
      qkv_bias: true,
    },
    shapes: { ...Object.fromEntries(Object.entries(inside).map(([name, shape]) => [`${prefix}${name}`, shape])), ...head },
  };
}

/** Files around the encoder of a sentence-transformers model, which pools by the mean. */
export function sentenceModel(encoder: HubModel, pooling = 'pooling_mode_mean_tokens'): HubModel {
  const { vocab_size: vocabulary, hidden_size: width } = encoder.config as { vocab_size: number; hidden_size: number };
  const module = (idx: number, path: string, type: string) => ({
    idx,
    name: String(idx),
    path,
    type: `sentence_transformers.models.${type}`,
  });
  const modes = ['pooling_mode_cls_token', 'pooling_mode_mean_tokens', 'pooling_mode_max_tokens', 'pooling_mode_mean_sqrt_len_tokens'];
  return {
    ...encoder,
    files: {
      'modules.json': [module(0, '', 'Transformer'), module(1, '1_Pooling', 'Pooling'), module(2, '2_Normalize', 'Normalize')],
      '1_Pooling/config.json': { word_embedding_dimension: width, ...Object.fromEntries(modes.map((mode) => [mode, mode === pooling])) },
      'sentence_bert_config.json': { max_seq_length: 256, do_lower_case: false },
      'tokenizer.json': wordPiece(vocabulary),
    },
  };
}

const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
const letters = 'abcdefghijklmnopqrstuvwxyz';

/** A tokenizer of BERT's kind: letters, pieces of words of one letter, then made-up words. */
export function wordPiece(vocabulary: number): unknown {
  const pieces = [...letters].flatMap((letter) => [letter, `##${letter}`]);
  const words = Array.from({ length: vocabulary }, (_, i) => `w${[...String(i)].map((digit) => letters[Number(digit)]).join('')}`);
  const tokens = [...special, ...pieces, ...words].slice(0, vocabulary);
  const token = (content: string) => ({
    id: special.indexOf(content),
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  });
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: special.map(token),
    normalizer: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [
        { SpecialToken: { id: '[CLS]', type_id: 0 } },
        { Sequence: { id: 'A', type_id: 0 } },
        { SpecialToken: { id: '[SEP]', type_id: 0 } },
      ],
      pair: [
        { SpecialToken: { id: '[CLS]', type_id: 0 } },
        { Sequence: { id: 'A', type_id: 0 } },
        { SpecialToken: { id: '[SEP]', type_id: 0 } },
        { Sequence: { id: 'B', type_id: 1 } },
        { SpecialToken: { id: '[SEP]', type_id: 1 } },
      ],
      special_tokens: { '[CLS]': { id: '[CLS]', ids: [2], tokens: ['[CLS]'] }, '[SEP]': { id: '[SEP]', ids: [3], tokens: ['[SEP]'] } },
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(tokens.map((text, id) => [text, id])),
    },
  };
}

/** Weights of norms lie about 1, of layers within 1.5 / sqrt(inputs). */
export function randomTensors(shapes: Shapes, seed: number, dtype: 'F32' | 'F16' | 'BF16' = 'F32'): Map<string, Tensor> {
  const random = randomFrom(seed);
  return new Map(
    Object.entries(shapes).map(([name, shape]) => {
      const inputs = shape.length < 2 ? 100 : elementCount(shape.slice(1));
      const size = /embeddings?\.weight$|token$|position_embeddings$/.test(name) ? 0.8 : 1.5 / Math.sqrt(inputs);
      const center = /norm.*\.weight$/i.test(name) ? 1 : 0;
      return [
        name,
        tensorOf(
          dtype,
          shape,
          Float64Array.from({ length: elementCount(shape) }, () => center + size * (2 * random() - 1)),
        ),
      ];
    }),
  );
}

export function writeHubFolder(folder: string, { config, shapes, files = {} }: HubModel, tensors = randomTensors(shapes, 1)): string {
  const put = (name: string, content: string | Uint8Array): void => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  };
  put('config.json', JSON.stringify(config, null, 2));
  put('model.safetensors', writeSafetensors(tensors, { format: 'pt' }));
  for (const [name, value] of Object.entries(files)) put(name, JSON.stringify(value, null, 2));
  return folder;
}

/** Encoders of the sizes of published models. */
export const published = {
  'all-MiniLM-L6-v2': (): HubModel =>
    sentenceModel(
      bertModel('BertModel', { pooler: true }, { width: 384, layers: 6, heads: 12, hidden: 1536, vocabulary: 30522, positions: 512 }),
    ),
  'vit-tiny': (): HubModel =>
    vitModel('ViTForImageClassification', 'vit', linear('classifier', 1000, 192), {
      width: 192,
      layers: 12,
      heads: 3,
      hidden: 768,
      image: 224,
      patch: 16,
    }),
} as const;

export { linear as linearShapes };
