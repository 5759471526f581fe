/** The uncoded twin of a model: the same numbers, every weight in a container of 16 bits. */
import type { PackedModel } from './operation.js';

/** Embedding and head too; biases and norm parameters stay bytes. */
export function widened(model: PackedModel): PackedModel {
  const operations = model.operations.map((operation) => {
    if (operation.op === 'DENSE') return { ...operation, wide: true };
    return operation.op === 'EXPAND' ? { ...operation, wide: true, indexBits: 0 } : operation;
  });
  return { ...model, operations, wideMatrices: true };
}
