/** A model whose chip says which output is the largest in place of all outputs. */
import { storeOf } from '../operations/store/fields.js';
import type { PackedModel } from './operation.js';

/** What a model stores of the outputs of a row: all of them, or the index of the largest. */
export const outputKinds = ['all', 'best'] as const;
export type OutputKind = (typeof outputKinds)[number];

export function withOutputs(model: PackedModel, outputs: OutputKind): PackedModel {
  const store = storeOf(model);
  return { ...model, operations: [...model.operations.slice(0, -1), { ...store, best: outputs === 'best' }] };
}
