/** What a tensor of a graph of TensorFlow.js means, as far as encoders need it. Inputs and tokens are never told apart by their axes. */
import { scalarOf } from './onnx-constants.js';
import type { OnnxConstant, OnnxNode } from './onnx-file.js';
import type { AttentionInput, Expression } from './onnx-values.js';

/** Part of a LayerNorm of x: a product of what is named. */
export interface Standard {
  readonly kind: 'standard';
  readonly x: Expression;
  readonly centered: boolean;
  /** Epsilon of the variance whose inverse root it holds. */
  readonly epsilon?: number;
  readonly gamma?: OnnxConstant;
}

export type Meaning =
  | { readonly kind: 'constant'; readonly constant: OnnxConstant }
  | { readonly kind: 'ids'; readonly input: string }
  /** Which input and which token an entry is: [entries, 2]. */
  | { readonly kind: 'places' }
  | { readonly kind: 'position' }
  | { readonly kind: 'mask' }
  /** Tokens of an input. */
  | { readonly kind: 'count' }
  /** Integers that follow from shapes, where they are known. */
  | { readonly kind: 'sizes'; readonly sizes: readonly (number | undefined)[] }
  /** Positions times these. */
  | { readonly kind: 'angles'; readonly frequencies: OnnxConstant }
  | { readonly kind: 'wave'; readonly of: 'sin' | 'cos'; readonly frequencies: OnnxConstant }
  | Features
  | {
      readonly kind: 'scores';
      readonly query: AttentionInput;
      readonly key: AttentionInput;
      readonly heads: number;
      readonly inner: number;
      readonly scale: number;
      readonly probabilities: boolean;
    }
  | { readonly kind: 'mean' | 'variance' | 'squaredCentered'; readonly x: Expression; readonly epsilon?: number }
  | Standard
  /** Sum over the tokens. */
  | { readonly kind: 'sum'; readonly x: Expression }
  /** Steps to a vector of length 1. */
  | { readonly kind: 'squares' | 'squaredLength' | 'inverseLength'; readonly x: Expression }
  | { readonly kind: 'normalised'; readonly x: Expression }
  | { readonly kind: 'unknown'; readonly node: OnnxNode; readonly why: string };

/** Features of tokens: all of an expression or a run of them, which may be split into heads. */
export interface Features {
  readonly kind: 'features';
  readonly is: Expression;
  readonly offset: number;
  readonly width: number;
  readonly heads?: { readonly count: number; readonly inner: number; /** Heads stand before tokens. */ readonly first: boolean };
  /** A factor that only scores may have. */
  readonly scale?: number;
}

export type Kind<K extends Meaning['kind']> = Extract<Meaning, { kind: K }>;

export function features(is: Expression): Features {
  return { kind: 'features', is, offset: 0, width: is.width };
}

/** The expression of features that are all there, in order, without a factor. */
export function plain(value: Meaning | undefined): Expression | undefined {
  if (value?.kind !== 'features' || value.heads !== undefined || value.scale !== undefined) return undefined;
  return value.width === value.is.width ? value.is : undefined;
}

/** A number that stands alone. */
export function numberOf(value: Meaning | undefined): number | undefined {
  return value?.kind === 'constant' ? scalarOf(value.constant) : undefined;
}

/** Few integers, such as axes. */
export function integersOf(value: Meaning | undefined): readonly number[] | undefined {
  return value?.kind === 'constant' ? value.constant.integers : undefined;
}

/** A constant with as many floats as there are features, and no other axis. */
export function vectorOf(value: Meaning | undefined, width: number): OnnxConstant | undefined {
  if (value?.kind !== 'constant' || value.constant.floats === undefined) return undefined;
  const { shape } = value.constant;
  return shape.at(-1) === width && shape.slice(0, -1).every((size) => size === 1) ? value.constant : undefined;
}
