/** The meaning of an ONNX graph's output as an encoder: from the output back to the embeddings, block by block. */
import type { NormPlace } from '../model/graph.js';
import type { OnnxNode } from './onnx-file.js';
import type { Activation, Expression } from './onnx-values.js';

type Of<Kind extends Expression['kind']> = Extract<Expression, { kind: Kind }>;

export interface FoundBlock {
  readonly attentionNorm: Of<'norm'>;
  readonly hiddenNorm: Of<'norm'>;
  readonly attention: Of<'attention'>;
  readonly out: Of<'linear'>;
  /** Layer of the first block that brings its residual to another width. */
  readonly widen: Of<'linear'> | undefined;
  readonly hiddenIn: Of<'linear'>;
  readonly activation: Activation;
  readonly hiddenOut: Of<'linear'>;
}

export interface FoundEncoder {
  readonly norm: NormPlace;
  readonly blocks: readonly FoundBlock[];
  readonly embeddingNorm: Of<'norm'> | undefined;
  readonly finalNorm: Of<'norm'> | undefined;
  /** What is added to make the first residual. */
  readonly terms: readonly Expression[];
  /** Head of the model; undefined where the outputs are the encoder's own. */
  readonly head: Of<'linear'> | undefined;
  readonly pooled: boolean;
}

/** The node at which the graph stops to be an encoder that we know. */
export class NotUnderstood extends Error {
  constructor(
    readonly node: OnnxNode | undefined,
    readonly why: string,
  ) {
    super(why);
  }
}

const stop = (e: Expression, why: string): NotUnderstood => new NotUnderstood(e.node, why);

/** Both ways to read a sum: what stays, and what is added to it. */
function orders({ a, b }: Of<'add'>): readonly (readonly [Expression, Expression])[] {
  return [
    [a, b],
    [b, a],
  ];
}

interface FeedForward {
  readonly reads: Expression;
  readonly hiddenIn: Of<'linear'>;
  readonly activation: Activation;
  readonly hiddenOut: Of<'linear'>;
}

function feedForward(e: Expression): FeedForward | undefined {
  if (e.kind !== 'linear' || e.x.kind !== 'activation' || e.x.x.kind !== 'linear') return undefined;
  return { reads: e.x.x.x, hiddenIn: e.x.x, activation: e.x.of, hiddenOut: e };
}

interface AttentionBranch {
  readonly reads: Expression;
  readonly attention: Of<'attention'>;
  readonly out: Of<'linear'>;
}

function attentionBranch(e: Expression): AttentionBranch | undefined {
  if (e.kind !== 'linear' || e.x.kind !== 'attention') return undefined;
  const attention = e.x;
  const parts = [attention.query, attention.key, attention.value].map(({ of }) => of);
  const [first] = parts;
  if (first?.kind !== 'linear') return undefined;
  return parts.every((part) => part.kind === 'linear' && part.x === first.x) ? { reads: first.x, attention, out: e } : undefined;
}

interface Sum<Branch> {
  readonly residual: Expression;
  readonly branch: Branch;
}

/** Residual and branch of a sum whose branch reads what it should. */
function branchOf<Branch extends { readonly reads: Expression }>(
  sum: Expression,
  find: (e: Expression) => Branch | undefined,
  fits: (branch: Branch, residual: Expression) => boolean,
): Sum<Branch> | undefined {
  if (sum.kind !== 'add') return undefined;
  for (const [residual, other] of orders(sum)) {
    const branch = find(other);
    if (branch !== undefined && fits(branch, residual)) return { residual, branch };
  }
  return undefined;
}

const readsIt = ({ reads }: { readonly reads: Expression }, residual: Expression): boolean => reads === residual;
const readsItsNorm = ({ reads }: { readonly reads: Expression }, residual: Expression): boolean =>
  reads.kind === 'norm' && reads.x === residual;

/** The residual may be what the norm reads, brought to another width. */
const readsNormOrWidens = (branch: { readonly reads: Expression }, residual: Expression): boolean =>
  readsItsNorm(branch, residual) || (residual.kind === 'linear' && residual.width !== residual.x.width && readsItsNorm(branch, residual.x));

export function findEncoder(output: Expression): FoundEncoder {
  let x = output;
  let head: Of<'linear'> | undefined;
  let pooled = false;
  const pool = (): void => {
    if (x.kind !== 'mean') return;
    pooled = true;
    x = x.x;
  };
  pool();
  // A layer after the last norm; that of a feed-forward layer reads an activation.
  if (x.kind === 'linear' && x.x.kind !== 'activation') {
    head = x;
    x = x.x;
  }
  pool();
  if (x.kind === 'add' && branchOf(x, feedForward, readsItsNorm) !== undefined) return { ...preNorm(x, undefined), head, pooled };
  if (x.kind !== 'norm') throw stop(x, 'does not end an encoder: a norm, or a layer after one, is expected');
  const post = branchOf(x.x, feedForward, readsIt);
  return { ...(post === undefined ? preNorm(x.x, x) : postNorm(x)), head, pooled };
}

type Body = Omit<FoundEncoder, 'head' | 'pooled'>;

function postNorm(last: Of<'norm'>): Body {
  const blocks: FoundBlock[] = [];
  let x: Expression = last;
  for (;;) {
    if (x.kind !== 'norm') break;
    const second: Sum<FeedForward> | undefined = branchOf(x.x, feedForward, readsIt);
    if (second === undefined) break;
    const middle: Expression = second.residual;
    if (middle.kind !== 'norm') throw stop(middle, 'is not the norm after attention that a post-norm block has');
    const first: Sum<AttentionBranch> | undefined = branchOf(middle.x, attentionBranch, readsIt);
    if (first === undefined) throw deepest(middle.x, 'is not the sum of attention and what it reads');
    blocks.unshift({ ...first.branch, ...second.branch, attentionNorm: middle, hiddenNorm: x, widen: undefined });
    x = first.residual;
  }
  const embeddingNorm = x.kind === 'norm' ? x : undefined;
  return { norm: 'post', blocks, embeddingNorm, finalNorm: undefined, terms: termsOf(embeddingNorm?.x ?? x) };
}

/** Back from the last residual. */
function preNorm(last: Expression, finalNorm: Of<'norm'> | undefined): Body {
  const blocks: FoundBlock[] = [];
  let x = last;
  for (;;) {
    const second = branchOf(x, feedForward, readsItsNorm);
    if (second === undefined) break;
    const first = branchOf(second.residual, attentionBranch, readsNormOrWidens);
    if (first === undefined) throw deepest(second.residual, 'is not the sum of attention and what it reads through a norm');
    const [attentionNorm, hiddenNorm] = [first.branch.reads as Of<'norm'>, second.branch.reads as Of<'norm'>];
    const later = blocks[0]?.widen;
    if (later !== undefined) throw stop(later, 'changes the width behind the first block, which alone can');
    const widen = first.residual === attentionNorm.x ? undefined : (first.residual as Of<'linear'>);
    blocks.unshift({ ...first.branch, ...second.branch, attentionNorm, hiddenNorm, widen });
    x = attentionNorm.x;
  }
  if (blocks.length === 0) throw deepest(x, 'is not the sum of a feed-forward layer and what it reads');
  return { norm: 'pre', blocks, embeddingNorm: undefined, finalNorm, terms: termsOf(x) };
}

/** The part of a sum that is not a residual, where one can be told. */
function deepest(sum: Expression, why: string): NotUnderstood {
  if (sum.kind !== 'add') return stop(sum, why);
  const odd = orders(sum)
    .map(([, branch]) => branch)
    .find(({ kind }) => kind === 'part' || kind === 'attention' || kind === 'scaled' || kind === 'activation');
  return stop(odd ?? sum, why);
}

function termsOf(e: Expression): Expression[] {
  return e.kind === 'add' ? [...termsOf(e.a), ...termsOf(e.b)] : [e];
}
