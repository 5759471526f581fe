/** Weights of layers that were found in an ONNX graph, as [outputs, inputs]. */
import type { StoredTensor } from '../model/safetensors.js';
import { floatsOf } from './onnx-constants.js';
import type { AttentionInput, Expression } from './onnx-values.js';
import { computed, zeros } from './tensors.js';

type Linear = Extract<Expression, { kind: 'linear' }>;

export interface LinearTensors {
  readonly weight: StoredTensor;
  readonly bias: StoredTensor;
  /** Constants of the source, and what they became. */
  readonly names: readonly (readonly [string, string])[];
}

/** The columns of a layer, all or some in another order, times a factor. */
export function linearTensors(
  { x, width, weight, outputsFirst, bias }: Linear,
  path: string,
  columns?: readonly number[],
  factor = 1,
): LinearTensors {
  const chosen = columns ?? Array.from({ length: width }, (_, j) => j);
  const inner = x.width;
  const names: (readonly [string, string])[] = [[weight.name, `${path}.weight`]];
  if (bias !== undefined) names.push([bias.name, `${path}.bias`]);
  return {
    weight: computed([chosen.length, inner], () => {
      const values = floatsOf(weight);
      const out = new Float64Array(chosen.length * inner);
      chosen.forEach((from, j) => {
        for (let f = 0; f < inner; f++) out[j * inner + f] = factor * values[outputsFirst ? from * inner + f : f * width + from]!;
      });
      return out;
    }),
    bias:
      bias === undefined
        ? zeros(chosen.length)
        : computed([chosen.length], () => Float64Array.from(chosen, (from) => factor * floatsOf(bias)[from]!)),
    names,
  };
}

/** Columns of Q, K or V, head by head. */
export function headColumns({ offset, headStride, stride }: AttentionInput, heads: number, inner: number): number[] {
  return Array.from({ length: heads * inner }, (_, at) => offset + Math.floor(at / inner) * headStride + (at % inner) * stride);
}
