/** Families of encoders in Hugging Face's layout: which tensors hold which part, `N` being the number of a block. */
import { ends, type BlockNorm, type LayerName, type NormPlace } from '../model/graph.js';
import { parseBlockTensor } from '../model/names.js';

/** A stack that several families share. */
interface Stack {
  readonly layers: Readonly<Record<Exclude<LayerName, 'widen'> | BlockNorm, string>>;
  readonly norm: NormPlace;
  readonly embeddingNorm?: string;
  readonly finalNorm?: string;
}

export interface Family extends Stack {
  /** `model_type` of config.json. */
  readonly modelTypes: readonly string[];
  /** Names of classes of `architectures`, before what they are for. */
  readonly classes: readonly string[];
  /** Stands before every name of the encoder where the model has a head. */
  readonly prefix: string;
  readonly input: 'ids' | 'patches';
  /** Names of tensors, without the prefix. */
  readonly embedding: string;
  readonly positions: string;
  readonly tokenTypes?: string;
  /** Rows of positions before that of the first token: padding_idx + 1. */
  readonly firstPosition: number;
  /** Tensors of tokens that stand before the patches. */
  readonly extraTokens: readonly string[];
  /** Part between the encoder and the classes of a sequence, computed on the first row. */
  readonly sequenceHead?: { readonly path: string; readonly activation: 'tanh' | 'relu'; readonly classes: string };
  /** Fields of config.json that bear other names than BERT's. */
  readonly fields: Readonly<Partial<Record<ConfigField, string>>>;
  /** Value where config.json does not say. */
  readonly epsilon: number;
}

export type ConfigField = 'hidden_size' | 'num_hidden_layers' | 'num_attention_heads' | 'intermediate_size' | 'hidden_act';

const bertStack: Stack = {
  layers: {
    query: 'encoder.layer.N.attention.self.query',
    key: 'encoder.layer.N.attention.self.key',
    value: 'encoder.layer.N.attention.self.value',
    out: 'encoder.layer.N.attention.output.dense',
    attentionNorm: 'encoder.layer.N.attention.output.LayerNorm',
    hiddenIn: 'encoder.layer.N.intermediate.dense',
    hiddenOut: 'encoder.layer.N.output.dense',
    hiddenNorm: 'encoder.layer.N.output.LayerNorm',
  },
  norm: 'post',
  embeddingNorm: 'embeddings.LayerNorm',
};

const vitStack: Stack = {
  layers: {
    ...bertStack.layers,
    query: 'encoder.layer.N.attention.attention.query',
    key: 'encoder.layer.N.attention.attention.key',
    value: 'encoder.layer.N.attention.attention.value',
    attentionNorm: 'encoder.layer.N.layernorm_before',
    hiddenNorm: 'encoder.layer.N.layernorm_after',
  },
  norm: 'pre',
  finalNorm: 'layernorm',
};

const words = {
  input: 'ids',
  embedding: 'embeddings.word_embeddings.weight',
  positions: 'embeddings.position_embeddings.weight',
  extraTokens: [],
  epsilon: 1e-12,
} as const;

const bert = { ...bertStack, ...words, tokenTypes: 'embeddings.token_type_embeddings.weight', fields: {} };

const patches = {
  ...vitStack,
  input: 'patches',
  embedding: 'embeddings.patch_embeddings.projection',
  positions: 'embeddings.position_embeddings',
  firstPosition: 0,
  fields: {},
  epsilon: 1e-12,
} as const;

export const families: readonly Family[] = [
  {
    ...bert,
    modelTypes: ['bert'],
    classes: ['Bert'],
    prefix: 'bert.',
    firstPosition: 0,
    sequenceHead: { path: 'pooler.dense', activation: 'tanh', classes: 'classifier' },
  },
  {
    ...bert,
    modelTypes: ['roberta', 'xlm-roberta', 'camembert'],
    classes: ['Roberta', 'XLMRoberta', 'Camembert'],
    prefix: 'roberta.',
    firstPosition: 2,
    sequenceHead: { path: 'classifier.dense', activation: 'tanh', classes: 'classifier.out_proj' },
  },
  {
    ...words,
    modelTypes: ['distilbert'],
    classes: ['DistilBert'],
    prefix: 'distilbert.',
    layers: {
      query: 'transformer.layer.N.attention.q_lin',
      key: 'transformer.layer.N.attention.k_lin',
      value: 'transformer.layer.N.attention.v_lin',
      out: 'transformer.layer.N.attention.out_lin',
      attentionNorm: 'transformer.layer.N.sa_layer_norm',
      hiddenIn: 'transformer.layer.N.ffn.lin1',
      hiddenOut: 'transformer.layer.N.ffn.lin2',
      hiddenNorm: 'transformer.layer.N.output_layer_norm',
    },
    norm: 'post',
    embeddingNorm: 'embeddings.LayerNorm',
    firstPosition: 0,
    sequenceHead: { path: 'pre_classifier', activation: 'relu', classes: 'classifier' },
    fields: {
      hidden_size: 'dim',
      num_hidden_layers: 'n_layers',
      num_attention_heads: 'n_heads',
      intermediate_size: 'hidden_dim',
      hidden_act: 'activation',
    },
  },
  { ...patches, modelTypes: ['vit'], classes: ['ViT'], prefix: 'vit.', extraTokens: ['embeddings.cls_token'] },
  {
    ...patches,
    modelTypes: ['deit'],
    classes: ['DeiT'],
    prefix: 'deit.',
    extraTokens: ['embeddings.cls_token', 'embeddings.distillation_token'],
  },
];

export function familyOf(modelType: string): Family | undefined {
  return families.find(({ modelTypes }) => modelTypes.includes(modelType));
}

/** What a class computes, as `ForTokenClassification`, and the family that it is of; undefined where the name does not say. */
export function classOf(architecture: string): { readonly task: string | undefined; readonly family: Family | undefined } {
  const [, prefix = '', task] = /^(.*?)(For[A-Z]\w*|Model)$/.exec(architecture) ?? [];
  return { task, family: families.find(({ classes }) => classes.includes(prefix)) };
}

export const familyNames = families.flatMap(({ modelTypes }) => modelTypes).join(', ');

/** The source's name of one of our tensors that it stores as it is, without the prefix; undefined for all others. */
export function sourceName(family: Family, own: string): string | undefined {
  const found = parseBlockTensor(own);
  if (found !== undefined) {
    const { block, part, kind } = found;
    return part === 'widen' ? undefined : `${family.layers[part].replace('N', String(block))}.${kind}`;
  }
  const [name, suffix] = own.split('.');
  if (name === ends.embeddingNorm || name === ends.finalNorm) return family[name] && `${family[name]}.${suffix}`;
  return undefined;
}
