/** The uncoded twin of a model: the same numbers, every weight in a container of 16 bits. */
import { fieldsOf } from '../operations/fields.js';
import type { PackedModel } from './operation.js';

/** Embedding and head too; biases and norm parameters stay bytes. */
export function widened(model: PackedModel): PackedModel {
  const operations = model.operations.map((operation) => fieldsOf(operation).widen?.(operation) ?? operation);
  return { ...model, operations, wideMatrices: true };
}
