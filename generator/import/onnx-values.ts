/**
 * What a tensor of an ONNX graph means: constants, integers that follow from shapes, masks, and features of tokens. Features are an
 * expression (what is computed per token) and a layout (how its features are split into axes and in which order these stand), so
 * that every way of splitting heads means the same.
 */
import type { ActivationName } from '../model/activations.js';
import type { OnnxConstant, OnnxNode } from './onnx-file.js';

/** A run of features of the expression: `size` of them, `stride` apart; tokens and inputs are the other axes. */
export type Axis = { readonly of: 'batch' | 'tokens' } | { readonly of: 'features'; readonly size: number; readonly stride: number };

export interface Layout {
  readonly axes: readonly Axis[];
  /** The first feature. */
  readonly offset: number;
}

interface From {
  /** The node that computes it; undefined for an input. */
  readonly node: OnnxNode | undefined;
  readonly width: number;
}

export type Activation = ActivationName | 'tanh';

export interface AttentionInput {
  readonly of: Expression;
  /** Feature f of head h is `offset + h * headStride + f * stride`. */
  readonly offset: number;
  readonly headStride: number;
  readonly stride: number;
}

export type Expression = From &
  (
    | { readonly kind: 'features' }
    | { readonly kind: 'embedding'; readonly table: OnnxConstant; readonly input: string }
    /** The same for every input: [tokens, width], or one row for all tokens. */
    | { readonly kind: 'rows'; readonly table: OnnxConstant; readonly rows: readonly number[] | undefined }
    | {
        readonly kind: 'linear';
        readonly x: Expression;
        readonly weight: OnnxConstant;
        /** Whether it is stored as [outputs, inputs]. */
        readonly outputsFirst: boolean;
        readonly bias: OnnxConstant | undefined;
      }
    | { readonly kind: 'add'; readonly a: Expression; readonly b: Expression }
    | { readonly kind: 'scaled'; readonly x: Expression; readonly by: number }
    /** Norm; without beta it is RMSNorm, which takes no mean off. */
    | {
        readonly kind: 'norm';
        readonly x: Expression;
        readonly gamma: OnnxConstant;
        readonly beta: OnnxConstant | undefined;
        readonly epsilon: number;
      }
    | { readonly kind: 'activation'; readonly of: Activation; readonly x: Expression }
    | {
        readonly kind: 'attention';
        readonly heads: number;
        readonly inner: number;
        readonly query: AttentionInput;
        readonly key: AttentionInput;
        readonly value: AttentionInput;
        readonly causal: boolean;
        /** Scale of query times key; 1 / sqrt(inner) where nothing is unusual. */
        readonly scale: number;
      }
    /** The mean over the tokens. */
    | { readonly kind: 'mean'; readonly x: Expression }
    /** A part of LayerNorm or GELU that stands in several nodes. */
    | { readonly kind: 'part'; readonly part: PartName; readonly x: Expression; readonly by: number; readonly gamma?: OnnxConstant }
  );

export type PartName =
  | 'mean1'
  | 'centered'
  | 'squared'
  | 'variance'
  | 'deviation'
  | 'inverse'
  | 'standard'
  | 'weighted'
  | 'erf'
  | 'erf1'
  | 'erfHalf'
  | 'timesErf1'
  | 'square'
  | 'square1'
  | 'cube'
  | 'cubic'
  | 'sigmoid';

export interface Scores {
  readonly kind: 'scores';
  readonly heads: number;
  readonly inner: number;
  readonly query: AttentionInput;
  readonly key: AttentionInput;
  readonly scale: number;
  readonly causal: boolean;
  readonly probabilities: boolean;
}

export interface TokenValue extends Layout {
  readonly kind: 'tokens';
  readonly is: Expression;
}

export type Value =
  | { readonly kind: 'constant'; readonly constant: OnnxConstant }
  | { readonly kind: 'ids'; readonly input: string }
  /** Integers that follow from shapes alone: sizes, where they are known, or positions, or one number everywhere. */
  | { readonly kind: 'integers'; readonly sizes?: readonly (number | undefined)[]; readonly fill?: number; readonly rising?: boolean }
  | { readonly kind: 'mask' }
  | TokenValue
  | Scores
  /** Reason that the first node that was not understood gives. */
  | { readonly kind: 'unknown'; readonly node: OnnxNode; readonly why: string };

export function unknown(node: OnnxNode, why: string): Value {
  return { kind: 'unknown', node, why };
}

export function plainLayout(width: number, leading: readonly Axis[]): Layout {
  return { axes: [...leading, { of: 'features', size: width, stride: 1 }], offset: 0 };
}

/** The axes before the features, where all features stand last and in order; undefined elsewhere. */
export function leadingAxes({ axes, offset, is }: TokenValue): readonly Axis[] | undefined {
  const last = axes.at(-1);
  const leading = axes.slice(0, -1);
  const plain = offset === 0 && last?.of === 'features' && last.size === is.width && (last.stride === 1 || last.size === 1);
  return plain && leading.every(({ of }) => of !== 'features') ? leading : undefined;
}

export function sameLeading(a: readonly Axis[], b: readonly Axis[]): boolean {
  return a.length === b.length && a.every(({ of }, i) => of === b[i]!.of);
}
