/**
 * The network, described once: the parts that hold weights, under the names of their tensors, and the steps in the order in which
 * they are computed. Whatever runs, trains, measures, rounds or packs a model walks these steps; nothing else knows the order of
 * norms, the names of layers or which layers read the same activations.
 *
 * A step reads and writes places (what the machine keeps in its register files) and says at which sites its results are
 * rounded; a site has one scale, and its name is that of its range in a checkpoint.
 */
import type { ModelConfig } from './config.js';

/** The four roles that map to shared W_S matrices (several may share one). */
export const roles = ['attentionIn', 'attentionOut', 'hiddenIn', 'hiddenOut'] as const;
export type Role = (typeof roles)[number];

export const layerNames = ['query', 'key', 'value', 'out', 'hiddenIn', 'hiddenOut'] as const;
export type LayerName = (typeof layerNames)[number];

const roleOf: Readonly<Record<LayerName, Role>> = {
  query: 'attentionIn',
  key: 'attentionIn',
  value: 'attentionIn',
  out: 'attentionOut',
  hiddenIn: 'hiddenIn',
  hiddenOut: 'hiddenOut',
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

export type NormPart =
  | { readonly path: string; readonly block: undefined; readonly name: 'embeddingNorm' | 'finalNorm' }
  | { readonly path: string; readonly block: number; readonly name: 'attentionNorm' | 'hiddenNorm' };

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
  name: LayerName,
  { width, hidden }: Pick<ModelConfig, 'width' | 'hidden'>,
): { readonly inner: number; readonly outer: number } {
  return { inner: name === 'hiddenOut' ? hidden : width, outer: name === 'hiddenIn' ? hidden : width };
}

/** Where values stand between two steps. */
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
  /** It keeps these values and is rounded; otherwise a norm replaces it before anything else reads it. */
  readonly stays: boolean;
}

/** X = norm(residual). */
export interface NormStep {
  readonly kind: 'norm';
  readonly part: NormPart;
  readonly site: string;
  /** A second name of the site, for what the head reads. */
  readonly alsoSite?: string;
  /** The residual itself becomes the normalised value. */
  readonly replacesResidual: boolean;
}

export interface LinearOutput {
  readonly part: LayerPart;
  /** Where the results go; to the residual they are added. */
  readonly to: Exclude<Place, 'x' | 'attended'>;
  /** Of the results, before an activation; undefined where they are added to the residual. */
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

/** The mean of the logits over the tokens of an input. */
export interface PoolStep {
  readonly kind: 'pool';
  readonly site: string;
}

export type Step = EmbedStep | ResidualStep | NormStep | LinearStep | AttentionStep | HeadStep | PoolStep;

export interface Graph {
  /** Parts with weights; undefined where the model has none. */
  readonly embeddingNorm: NormPart | undefined;
  readonly blocks: readonly BlockParts[];
  readonly finalNorm: NormPart | undefined;
  readonly steps: readonly Step[];
}

/** What a room does with each kind of step; one that is forgotten does not compile. */
export type Interpreter = { readonly [Kind in Step['kind']]: (step: Extract<Step, { kind: Kind }>) => unknown };

export function walk({ steps }: Graph, interpreter: Interpreter): void {
  for (const step of steps) (interpreter[step.kind] as (step: Step) => unknown)(step);
}

export type GraphConfig = Pick<
  ModelConfig,
  'input' | 'width' | 'layers' | 'heads' | 'hidden' | 'classes' | 'head' | 'norm' | 'activation' | 'causal'
>;

export interface GraphOptions {
  /** Whether a post-norm model normalises its embeddings; where nothing is said patches do, whose features stand in X before. */
  readonly embeddingNorm?: boolean;
}

export function graphOf(config: GraphConfig, { embeddingNorm = config.input === 'patches' }: GraphOptions = {}): Graph {
  const pre = config.norm === 'pre';
  const first: NormPart | undefined =
    !pre && embeddingNorm ? { path: 'embeddingNorm', block: undefined, name: 'embeddingNorm' } : undefined;
  const last: NormPart | undefined = pre ? { path: 'finalNorm', block: undefined, name: 'finalNorm' } : undefined;
  const blocks = Array.from({ length: config.layers }, (_, block) => blockParts(config, block));
  const sublayers = blocks.flatMap((parts, block) => sublayersOf(config, parts, block));
  const alsoX = !pre && first === undefined;
  const norm = (part: NormPart, site: string, alsoSite?: string): NormStep => ({
    kind: 'norm',
    part,
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
    if (pre) steps.push(norm(part, (x = site)));
    steps.push(...inside(x), residual);
    const next = sublayers[i + 1]?.site;
    if (!pre)
      steps.push(norm(part, (x = next ?? `${blockPath(config.layers)}.attentionNorm`), next === undefined ? sites.final : undefined));
  });
  if (last !== undefined) steps.push(norm(last, (x = sites.final)));
  steps.push({ kind: 'head', path: 'head', inner: config.width, outer: config.classes, reads: x, site: sites.logits });
  if (config.head === 'sequence') steps.push({ kind: 'pool', site: sites.pooled });
  return { embeddingNorm: first, blocks, finalNorm: last, steps };
}

function blockParts(shape: GraphConfig, block: number): BlockParts {
  const path = blockPath(block);
  return {
    norms: (['attentionNorm', 'hiddenNorm'] as const).map((name) => ({ path: `${path}.${name}`, block, name })),
    layers: layerNames.map((name) => ({ path: `${path}.${name}`, block, name, role: roleOf[name], ...layerShape(name, shape) })),
  };
}

/** What stands between two norms: reads X, ends by adding to the residual. */
interface Sublayer {
  /** Its own norm: before it in pre-norm models, after it in post-norm ones. */
  readonly part: NormPart;
  /** Site of the X that it reads; post-norm models without a norm after the embedding have none for the first. */
  readonly site: string;
  readonly steps: (reads: string) => readonly Step[];
}

function sublayersOf({ width, heads, causal, activation }: GraphConfig, { norms, layers }: BlockParts, block: number): Sublayer[] {
  const at = (name: string): string => `${blockPath(block)}.${name}`;
  const linear = (role: Role, from: LinearStep['from'], reads: string, ...outputs: readonly Omit<LinearOutput, 'part'>[]): LinearStep => {
    const parts = layers.filter((layer) => layer.role === role);
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
  const attention = (reads: string): readonly Step[] => [
    linear('attentionIn', 'x', reads, ...qkv.map((to) => ({ to, site: at(to) }))),
    {
      kind: 'attention',
      heads,
      inner: width / heads,
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
