/** Shapes of the paper's kind: which published encoders they are, and how their layers are factorized here. */
import type { NormPlace } from '../../model/graph.js';
import { refuse, UserError } from '../../util/errors.js';

/** Numbers of the shared matrices of each role; equal numbers share one W_S. */
export interface Sharing {
  readonly attentionIn: number;
  readonly attentionOut: number;
  readonly hiddenIn: number;
  readonly hiddenOut: number;
}

export interface WorkloadShape {
  readonly name: string;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly hidden: number;
  readonly norm: NormPlace;
  /** Length of one input that fills its window. */
  readonly tokens: number;
  readonly rank: number;
  /** Non-zeros a column of W_D. */
  readonly k: number;
  readonly sharing: Sharing;
  /** Embedding and head; undefined: the encoder stack alone, rows of the model's width in and out. */
  readonly ends?: {
    /** Bytes of an input row that a dense layer projects; undefined: rows of the model's width, normalised on arrival. */
    readonly projection?: number;
    /** Outputs of a dense head on the first token. */
    readonly classes: number;
  };
}

/** Attention and its output share one matrix, each half of the feed-forward pair has its own. */
export const threeMatrices: Sharing = { attentionIn: 0, attentionOut: 0, hiddenIn: 1, hiddenOut: 2 };

/** r = 256 and k = 48 at width 768; k falls with the width. */
export const workloads = {
  /** Devlin et al., arXiv:1810.04805: BERT-base. */
  bertBase: {
    name: 'bertBase',
    width: 768,
    layers: 12,
    heads: 12,
    hidden: 3072,
    norm: 'post',
    tokens: 128,
    rank: 256,
    k: 48,
    sharing: threeMatrices,
  },
  /** Dosovitskiy et al., arXiv:2010.11929: ViT-Base. */
  vitBase: {
    name: 'vitBase',
    width: 768,
    layers: 12,
    heads: 12,
    hidden: 3072,
    norm: 'pre',
    tokens: 128,
    rank: 256,
    k: 48,
    sharing: threeMatrices,
  },
  /** Vaswani et al., arXiv:1706.03762: the encoder of the base model. */
  translation: {
    name: 'translation',
    width: 512,
    layers: 6,
    heads: 8,
    hidden: 2048,
    norm: 'post',
    tokens: 128,
    rank: 256,
    k: 32,
    sharing: threeMatrices,
  },
} as const satisfies Record<string, WorkloadShape>;

export type WorkloadName = keyof typeof workloads;
export const workloadNames = Object.keys(workloads) as readonly WorkloadName[];

/** Shape with what stands before and behind the stack: a norm and two classes, or patches of 16 x 16 x 3 pixels and 1,000 classes. */
export function withEnds(name: WorkloadName): WorkloadShape {
  const shape: WorkloadShape = workloads[name];
  const ends = { bertBase: { classes: 2 }, vitBase: { projection: 768, classes: 1000 }, translation: { classes: 512 } } as const;
  return { ...shape, name: `${name}+ends`, ends: ends[name] };
}

/** Names of --workload: each shape as the bare stack, or with embedding and head. */
export const workloadChoices: readonly string[] = workloadNames.flatMap((name) => [name, `${name}+ends`]);

export function workloadShape(choice: string) {
  const name = workloadNames.find((known) => choice === known || choice === `${known}+ends`);
  if (name === undefined) throw new UserError([`workload = ${choice}: must be one of ${workloadChoices.join(', ')}`]);
  return choice === name ? workloads[name as WorkloadName] : withEnds(name);
}

/** The same structure with fewer layers and narrower ones: for tests. */
export function scaledDown(shape: WorkloadShape, factor: number, layers: number): WorkloadShape {
  const part = (size: number): number => size / factor;
  const { width, hidden, heads, rank, k, ends } = shape;
  const scaled: WorkloadShape = {
    ...shape,
    name: `${shape.name}/${factor}`,
    layers,
    width: part(width),
    hidden: part(hidden),
    rank: part(rank),
    heads: Math.max(1, Math.floor(part(heads))),
    k: Math.max(1, Math.floor(part(k))),
    ...(ends && {
      ends: { classes: Math.min(ends.classes, part(hidden)), ...(ends.projection !== undefined && { projection: part(ends.projection) }) },
    }),
  };
  refuse(shapeProblems(scaled));
  return scaled;
}

export function shapeProblems({ name, width, layers, heads, hidden, rank, k }: WorkloadShape): string[] {
  const problems: string[] = [];
  for (const [field, value] of Object.entries({ width, layers, heads, hidden, rank, k })) {
    if (!Number.isInteger(value) || value < 1) problems.push(`${name}.${field} = ${value}: must be an integer of at least 1`);
  }
  if (problems.length === 0 && width % heads !== 0) problems.push(`${name}.heads = ${heads}: must divide width = ${width}`);
  if (problems.length === 0 && k > rank) problems.push(`${name}.k = ${k}: must be at most rank = ${rank}`);
  return problems;
}
