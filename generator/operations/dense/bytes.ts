/** Section: of each tile the biases, then the weights of every feature. */
import type { Bytes } from '../bytes.js';
import { paddedOutputs, readBias, requireUnused, writeBias } from '../section-tiles.js';
import { denseFrom, type DenseOperation } from './fields.js';

function weightBytes({ inner, outer, wide }: DenseOperation, columns: number): number {
  return paddedOutputs(outer, columns) * inner * (wide ? 2 : 1);
}

export const denseBytes: Bytes<DenseOperation> = {
  write(out, { outer, inner, bias, weights, wide }, columns) {
    for (let tile = 0; tile < outer; tile += columns) {
      writeBias(out, bias, tile, columns);
      for (let f = 0; f < inner; f++) {
        for (let j = tile; j < tile + columns; j++) out.put(j < outer ? weights[f * outer + j]! : 0, wide ? 16 : 8);
      }
    }
  },
  read(from, instruction, columns) {
    const { inner, outer, wide } = instruction;
    const bits = wide === 1 ? 16 : 8;
    const bias = new Int8Array(outer);
    const weights = new Int16Array(inner * outer);
    for (let tile = 0; tile < outer; tile += columns) {
      readBias(from, bias, tile, columns);
      for (let f = 0; f < inner; f++) {
        for (let j = tile; j < tile + columns; j++) {
          const weight = from.takeSigned(bits);
          if (j < outer) weights[f * outer + j] = weight;
          else requireUnused(weight);
        }
      }
    }
    return denseFrom(instruction, { bias, weights });
  },
  content: (operation, columns) => paddedOutputs(operation.outer, columns) + weightBytes(operation, columns),
  classes: (operation, columns) => ({ dense: weightBytes(operation, columns) }),
  baseline: ({ inner, outer }, layers) => layers.add((inner - layers.positions) * outer, outer),
  weights: ({ inner, outer }, { positions }) => ({ others: (inner - positions + 1) * outer }),
};
