/**
 * What the host computes on a model's outputs, in the order of the list.
 *
 * Shapes   outputs [rows, columns] of the accelerator -> the source's own outputs
 */
import { z } from 'zod';

export const hostStepSchema = z.discriminatedUnion('kind', [
  /** One row of the outputs, as that of the class token. */
  z.strictObject({ kind: z.literal('row'), row: z.int().min(0) }),
  /** W x + b, of tensors in host.safetensors. */
  z.strictObject({ kind: z.literal('dense'), path: z.string() }),
  z.strictObject({ kind: z.literal('tanh') }),
  z.strictObject({ kind: z.literal('relu') }),
  /** Scales to length 1. */
  z.strictObject({ kind: z.literal('normalise') }),
]);
export type HostStep = z.infer<typeof hostStepSchema>;

export interface HostDense {
  /** [outputs, inputs] */
  readonly weights: Float64Array;
  readonly bias: Float64Array;
}

/** What of an imported model the host computes behind the accelerator, and how it bounds the inputs. Plain data. */
export interface HostSide {
  readonly steps: readonly HostStep[];
  /** Layers that steps name, by their paths. */
  readonly layers: Readonly<Record<string, HostDense>>;
  /** Classes that come of the outputs; 0 where they are features. */
  readonly classes: number;
  /** Tokens of every input, where the model takes no other number. */
  readonly tokens?: number;
}

/**
 * Values that the host makes of the outputs of one input.
 *
 * Shapes   outputs [rows * columns] -> [values], or [rows * columns] without a step
 */
export function hostValues(
  { steps, layers }: Pick<HostSide, 'steps' | 'layers'>,
  outputs: ArrayLike<number>,
  columns: number,
  step = 1,
): Float64Array {
  return runHostSteps(
    steps,
    Float64Array.from(outputs, (value) => step * value),
    columns,
    (path) => layers[path]!,
  );
}

/** Whether one row of the outputs is all that counts. */
export function takesOneRow({ steps }: Pick<HostSide, 'steps'>): boolean {
  return steps.some(({ kind }) => kind === 'row');
}

export function runHostSteps(
  steps: readonly HostStep[],
  outputs: ArrayLike<number>,
  columns: number,
  denseAt: (path: string) => HostDense,
): Float64Array {
  let values: Float64Array = Float64Array.from(outputs);
  for (const step of steps) {
    if (step.kind === 'row') values = values.slice(step.row * columns, (step.row + 1) * columns);
    else if (step.kind === 'tanh') values = values.map(Math.tanh);
    else if (step.kind === 'relu') values = values.map((value) => Math.max(0, value));
    else if (step.kind === 'normalise') values = normalised(values);
    else values = dense(denseAt(step.path), values);
  }
  return values;
}

function dense({ weights, bias }: HostDense, x: Float64Array): Float64Array {
  return bias.map((start, j) => x.reduce((sum, value, i) => sum + value * weights[j * x.length + i]!, start));
}

function normalised(values: Float64Array): Float64Array {
  const length = Math.hypot(...values);
  return length === 0 ? values : values.map((value) => value / length);
}
