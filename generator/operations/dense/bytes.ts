/** Section: of each tile multipliers and biases of its columns, then the weights of every feature. */
import type { Bytes } from '../bytes.js';
import { columnBytes, columnsOf, paddedOutputs, readColumns, requireUnused, writeColumns } from '../section-tiles.js';
import { denseFrom, type DenseOperation } from './fields.js';

function weightBytes({ inner, outer, wide }: DenseOperation, columns: number): number {
  return paddedOutputs(outer, columns) * inner * (wide ? 2 : 1);
}

export const denseBytes: Bytes<DenseOperation> = {
  write(out, operation, columns) {
    const { outer, inner, weights, wide } = operation;
    for (let tile = 0; tile < outer; tile += columns) {
      writeColumns(out, operation, tile, columns);
      for (let f = 0; f < inner; f++) {
        for (let j = tile; j < tile + columns; j++) out.put(j < outer ? weights[f * outer + j]! : 0, wide ? 16 : 8);
      }
    }
  },
  read(from, instruction, columns) {
    const { inner, outer, wide } = instruction;
    const bits = wide === 1 ? 16 : 8;
    const numbers = columnsOf(instruction);
    const weights = new Int16Array(inner * outer);
    for (let tile = 0; tile < outer; tile += columns) {
      readColumns(from, numbers, tile, columns);
      for (let f = 0; f < inner; f++) {
        for (let j = tile; j < tile + columns; j++) {
          const weight = from.takeSigned(bits);
          if (j < outer) weights[f * outer + j] = weight;
          else requireUnused(weight);
        }
      }
    }
    return denseFrom(instruction, { ...numbers, weights });
  },
  content: (operation, columns) => columnBytes(operation, columns) + weightBytes(operation, columns),
  classes: (operation, columns) => ({ dense: weightBytes(operation, columns) }),
  baseline: ({ inner, outer }, layers) => layers.add((inner - layers.positions) * outer, outer),
  weights: ({ inner, outer }, { positions }) => ({ others: (inner - positions + 1) * outer }),
};
