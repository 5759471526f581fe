/**
 * The network, described once: the parts that hold weights, under the names of their tensors, and the steps in the order in which
 * they are computed. Whatever runs, trains, measures, rounds or packs a model walks these steps; nothing else knows the order of
 * norms, the names of layers or which layers read the same activations.
 *
 * A step reads and writes places (what the machine keeps in its register files) and says at which sites its results are
 * rounded; a site has one scale, and its name is that of its range in a checkpoint.
 */
import { embeddedWidth, type ModelConfig } from './config.js';

/** The four roles that map to shared W_S matrices (several may share one). */
export const roles = ['attentionIn', 'attentionOut', 'hiddenIn', 'hiddenOut'] as const;
export type Role = (typeof roles)[number];

/** `widen` brings the residual of block 0 from the width of the embeddings to that of the model, where they differ. */
export const layerNames = ['query', 'key', 'value', 'out', 'hiddenIn', 'hiddenOut', 'widen'] as const;
export type LayerName = (typeof layerNames)[number];

const roleOf: Readonly<Record<LayerName, Role>> = {
  query: 'attentionIn',
  key: 'attentionIn',
  value: 'attentionIn',
  out: 'attentionOut',
  hiddenIn: 'hiddenIn',
  hiddenOut: 'hiddenOut',
  widen: 'attentionIn',
};

/** Sites that the model has once, whichever blocks write them. */
export const sites = {
  features: 'features',
  input: 'input',
  residual: 'residual',
  activation: 'activation',
  hidden: 'hidden',
  final: 'final',
  logits: 'logits',
  pooled: 'pooled',
} as const;

/** Parts outside the blocks: tensors of checkpoints and parameters of training begin with their names. */
export const ends = {
  embedding: 'embedding',
  positions: 'positions',
  embeddingNorm: 'embeddingNorm',
  finalNorm: 'finalNorm',
  head: 'head',
} as const;

/** Tensors of a checkpoint outside the blocks, beside those of norms. */
export const endTensors = {
  embedding: `${ends.embedding}.weight`,
  embeddingBias: `${ends.embedding}.bias`,
  positions: `${ends.positions}.weight`,
  head: `${ends.head}.weight`,
  headBias: `${ends.head}.bias`,
} as const;

/** Path of a shared W_S matrix. */
export function sharedPath(number: number): string {
  return `shared.${number}`;
}

/** Whether norms stand before what they normalise for, or behind the sum. */
export type NormPlace = ModelConfig['norm'];

/** Path of a block's parts and sites; the number may be a placeholder such as `$1`. */
export function blockPath(block: number | string): string {
  return `layers.${block}`;
}

/** A layer's path in `config.json`, at most two digits of a block. */
export const layerPathPattern = new RegExp(`^layers\\.(?:0|[1-9]\\d?)\\.(${layerNames.join('|')})$`);

export function parseLayerPath(path: string): { readonly block: number; readonly name: LayerName } {
  const [, block, name] = path.split('.');
  return { block: Number(block), name: name as LayerName };
}

/** Names of the norms of a block. */
export const blockNorms = ['attentionNorm', 'hiddenNorm'] as const;
export type BlockNorm = (typeof blockNorms)[number];

export type NormPart = { readonly path: string; readonly width: number } & (
  | { readonly block: undefined; readonly name: typeof ends.embeddingNorm | typeof ends.finalNorm }
  | { readonly block: number; readonly name: BlockNorm }
);

/** A linear layer of a block, dense or factorized. */
export interface LayerPart {
  readonly path: string;
  readonly block: number;
  readonly name: LayerName;
  readonly role: Role;
  readonly inner: number;
  readonly outer: number;
}

export interface BlockParts {
  readonly norms: readonly NormPart[];
  readonly layers: readonly LayerPart[];
}

/** Features in and out of every layer of a block. */
export function layerShape(
  { name, block }: Pick<LayerPart, 'name' | 'block'>,
  config: Pick<ModelConfig, 'width' | 'hidden' | 'inputWidth'>,
): { readonly inner: number; readonly outer: number } {
  const { width, hidden } = config;
  const attended = attentionWidth(config, block);
  const inner = { query: attended, key: attended, value: attended, out: attended, widen: attended, hiddenIn: width, hiddenOut: hidden };
  const outer = { query: attended, key: attended, value: attended, out: width, widen: width, hiddenIn: hidden, hiddenOut: width };
  return { inner: inner[name], outer: outer[name] };
}

/** Features that the attention of a block reads, and that its heads have together. */
function attentionWidth(config: Pick<ModelConfig, 'width' | 'inputWidth'>, block: number): number {
  return block === 0 ? embeddedWidth(config) : config.width;
}

/** Place of values between two steps. */
export type Place = 'residual' | 'x' | 'query' | 'key' | 'value' | 'attended' | 'hidden';

/** Rows of the embedding table or projected features, and positions, to the residual. */
export interface EmbedStep {
  readonly kind: 'embed';
  readonly site: string;
  /** The first block reads X without a norm: it is a copy of the residual. */
  readonly alsoX: boolean;
}

/** The residual, complete up to here. */
export interface ResidualStep {
  readonly kind: 'residual';
  readonly site: string;
  /** Whether it keeps these values and is rounded; otherwise a norm replaces it before anything else reads it. */
  readonly stays: boolean;
}

/** X = norm(residual), or hidden = norm(residual) where X is still needed. */
export interface NormStep {
  readonly kind: 'norm';
  readonly to: 'x' | 'hidden';
  readonly part: NormPart;
  readonly normKind: NonNullable<ModelConfig['normKind']>;
  /** Subtracts the mean, as LayerNorm does. */
  readonly centred: boolean;
  readonly site: string;
  /** A second name of the site, for what the head reads. */
  readonly alsoSite?: string;
  /** The residual itself becomes the normalised value. */
  readonly replacesResidual: boolean;
}

/** X = residual, before the head of a model without a norm there. */
export interface CopyStep {
  readonly kind: 'copy';
  readonly site: string;
}

export interface LinearOutput {
  readonly part: LayerPart;
  /** Place of the results; to the residual they are added, or stand in its place. */
  readonly to: Exclude<Place, 'x' | 'attended'>;
  readonly replaces?: boolean;
  /** Site of the results, before an activation; undefined where they are added to the residual. */
  readonly site: string | undefined;
  readonly activation?: { readonly of: ModelConfig['activation']; readonly site: string };
}

/** Layers of one role that read the same activations; factorized ones share their projection P = x W_S. */
export interface LinearStep {
  readonly kind: 'linear';
  readonly role: Role;
  readonly from: 'x' | 'attended' | 'hidden';
  /** Site of the activations that are read. */
  readonly reads: string;
  /** Site of P. */
  readonly projection: string;
  readonly outputs: readonly LinearOutput[];
}

export interface AttentionStep {
  readonly kind: 'attention';
  readonly heads: number;
  /** Features of a head. */
  readonly inner: number;
  readonly causal: boolean;
  /** Sites of Q, K and V. */
  readonly reads: { readonly query: string; readonly key: string; readonly value: string };
  readonly site: string;
}

/** A dense layer from X to the classes. */
export interface HeadStep {
  readonly kind: 'head';
  readonly path: string;
  readonly inner: number;
  readonly outer: number;
  readonly reads: string;
  readonly site: string;
}

/** What stands in X is the output, for every token. */
export interface OutputStep {
  readonly kind: 'output';
  readonly reads: string;
}

/** The mean of the logits over the tokens of an input. */
export interface PoolStep {
  readonly kind: 'pool';
  readonly site: string;
}

export type Step = EmbedStep | ResidualStep | NormStep | CopyStep | LinearStep | AttentionStep | HeadStep | OutputStep | PoolStep;

export interface Graph {
  /** Parts with weights; undefined where the model has none. */
  readonly embeddingNorm: NormPart | undefined;
  readonly blocks: readonly BlockParts[];
  readonly finalNorm: NormPart | undefined;
  /** Norms leave the residual as it is. */
  readonly residualStays: boolean;
  readonly steps: readonly Step[];
}

/** What a room does with each kind of step; one that is forgotten does not compile. */
export type Interpreter = { readonly [Kind in Step['kind']]: (step: Extract<Step, { kind: Kind }>) => unknown };

export function walk({ steps }: Graph, interpreter: Interpreter): void {
  for (const step of steps) (interpreter[step.kind] as (step: Step) => unknown)(step);
}

export type GraphConfig = Pick<
  ModelConfig,
  | 'input'
  | 'width'
  | 'inputWidth'
  | 'layers'
  | 'heads'
  | 'hidden'
  | 'classes'
  | 'head'
  | 'norm'
  | 'normKind'
  | 'finalNorm'
  | 'activation'
  | 'causal'
>;

export interface GraphOptions {
  /** Whether a post-norm model normalises its embeddings; where nothing is said patches do, whose features stand in X before. */
  readonly embeddingNorm?: boolean;
}

export function graphOf(config: GraphConfig, { embeddingNorm = config.input === 'patches' }: GraphOptions = {}): Graph {
  const pre = config.norm === 'pre';
  const { width, normKind = 'layer' } = config;
  const first: NormPart | undefined =
    !pre && embeddingNorm ? { path: ends.embeddingNorm, block: undefined, name: ends.embeddingNorm, width } : undefined;
  const last: NormPart | undefined =
    pre && config.finalNorm !== false ? { path: ends.finalNorm, block: undefined, name: ends.finalNorm, width } : undefined;
  const widens = widensResidual(config);
  const blocks = Array.from({ length: config.layers }, (_, block) => blockParts(config, block));
  const sublayers = blocks.flatMap((parts, block) => sublayersOf(config, parts, block));
  const alsoX = widens || (!pre && first === undefined);
  const norm = (part: NormPart, site: string, alsoSite?: string, to: NormStep['to'] = 'x'): NormStep => ({
    kind: 'norm',
    part,
    normKind,
    centred: normKind === 'layer',
    to,
    site,
    ...(alsoSite !== undefined && { alsoSite }),
    replacesResidual: !pre,
  });
  const residual: ResidualStep = { kind: 'residual', site: sites.residual, stays: pre };
  const steps: Step[] = [{ kind: 'embed', site: sites.input, alsoX }];
  // Site of what stands in X.
  let x: string = sites.input;
  if (first !== undefined) steps.push(norm(first, (x = sublayers[0]!.site)));
  steps.push(residual);
  sublayers.forEach(({ part, site, steps: inside }, i) => {
    if (pre) steps.push(norm(part, (x = site), undefined, widens && i === 0 ? 'hidden' : 'x'));
    steps.push(...inside(x), residual);
    const next = sublayers[i + 1]?.site;
    if (!pre)
      steps.push(norm(part, (x = next ?? `${blockPath(config.layers)}.attentionNorm`), next === undefined ? sites.final : undefined));
  });
  if (last !== undefined) steps.push(norm(last, (x = sites.final)));
  else if (pre) steps.push({ kind: 'copy', site: (x = sites.final) });
  if (config.head === 'none') steps.push({ kind: 'output', reads: x });
  else steps.push({ kind: 'head', path: ends.head, inner: config.width, outer: config.classes, reads: x, site: sites.logits });
  if (config.head === 'sequence') steps.push({ kind: 'pool', site: sites.pooled });
  return { embeddingNorm: first, blocks, finalNorm: last, residualStays: pre, steps };
}

/** Whether block 0 brings its residual to another width. */
function widensResidual({ inputWidth, width }: Pick<ModelConfig, 'inputWidth' | 'width'>): boolean {
  return inputWidth !== undefined && inputWidth !== width;
}

/** All norms of a graph, in the order of its blocks. */
export function normsIn({ embeddingNorm, blocks, finalNorm }: Graph): NormPart[] {
  return [embeddingNorm, ...blocks.flatMap(({ norms }) => norms), finalNorm].filter((part) => part !== undefined);
}

function blockParts(shape: GraphConfig, block: number): BlockParts {
  const path = blockPath(block);
  return {
    norms: blockNorms.map((name) => ({
      path: `${path}.${name}`,
      block,
      name,
      width: name === 'attentionNorm' ? attentionWidth(shape, block) : shape.width,
    })),
    layers: layerNames
      .filter((name) => name !== 'widen' || (block === 0 && widensResidual(shape)))
      .map((name) => ({ path: `${path}.${name}`, block, name, role: roleOf[name], ...layerShape({ name, block }, shape) })),
  };
}

/** What stands between two norms: reads X, ends by adding to the residual. */
interface Sublayer {
  /** Norm of the sublayer: before it in pre-norm models, after it in post-norm ones. */
  readonly part: NormPart;
  /** Site of the X that it reads; post-norm models without a norm after the embedding have none for the first. */
  readonly site: string;
  readonly steps: (reads: string) => readonly Step[];
}

function sublayersOf(config: GraphConfig, { norms, layers }: BlockParts, block: number): Sublayer[] {
  const { heads, causal, activation } = config;
  const widen = layers.find(({ name }) => name === 'widen');
  const at = (name: string): string => `${blockPath(block)}.${name}`;
  const linear = (role: Role, from: LinearStep['from'], reads: string, ...outputs: readonly Omit<LinearOutput, 'part'>[]): LinearStep => {
    const parts = layers.filter((layer) => layer.role === role && layer !== widen);
    return {
      kind: 'linear',
      role,
      from,
      reads,
      projection: at(role),
      outputs: outputs.map((output, i) => ({ part: parts[i]!, ...output })),
    };
  };
  const sum = { to: 'residual', site: undefined } as const;
  const qkv = ['query', 'key', 'value'] as const;
  // The embeddings stand in X until then, and the norm's results in the hidden place.
  const widening: readonly Step[] =
    widen === undefined
      ? []
      : [
          {
            kind: 'linear',
            role: widen.role,
            from: 'x',
            reads: sites.input,
            projection: at(widen.name),
            outputs: [{ part: widen, ...sum, replaces: true }],
          },
        ];
  const attention = (reads: string): readonly Step[] => [
    ...widening,
    linear('attentionIn', widen === undefined ? 'x' : 'hidden', reads, ...qkv.map((to) => ({ to, site: at(to) }))),
    {
      kind: 'attention',
      heads,
      inner: attentionWidth(config, block) / heads,
      causal,
      reads: { query: at('query'), key: at('key'), value: at('value') },
      site: at('attended'),
    },
    linear('attentionOut', 'attended', at('attended'), sum),
  ];
  const feedForward = (reads: string): readonly Step[] => [
    linear('hiddenIn', 'x', reads, { to: 'hidden', site: sites.activation, activation: { of: activation, site: sites.hidden } }),
    linear('hiddenOut', 'hidden', sites.hidden, sum),
  ];
  return [
    { part: norms[0]!, site: at('attentionNorm'), steps: attention },
    { part: norms[1]!, site: at('hiddenNorm'), steps: feedForward },
  ];
}

/** What says that a model ends without a norm: only pre-norm models have one to leave out. */
export function withoutFinalNorm(norm: NormPlace): Pick<ModelConfig, 'finalNorm'> {
  return norm === 'pre' ? { finalNorm: false } : {};
}
