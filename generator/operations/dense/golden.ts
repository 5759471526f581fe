/** Product with a matrix of its own: golden/dense.ts. */
import { linear } from '../../golden/epilogue.js';
import type { Golden } from '../golden.js';
import type { DenseOperation } from './fields.js';

const accumulate: NonNullable<Golden<DenseOperation>['accumulate']> = (
  acc,
  state,
  { source, weights, inner, outer },
  { denseProducts },
) => {
  denseProducts(acc, state[source], state.tokens, weights, inner, outer);
};

export const denseGolden: Golden<DenseOperation> = {
  execute(state, operation, run) {
    linear(state, operation, run.model.table, (acc) => accumulate(acc, state, operation, run));
    return undefined;
  },
  accumulate,
  countMultiplies(counts, { inner, outer }, tokens) {
    counts.dense += tokens * inner * outer;
  },
  walkSection(bits, { inner, outer, wide, perColumn }, columns) {
    for (let tile = 0; tile < outer; tile += columns) {
      bits.rest += (8 + 8 * perColumn) * columns;
      for (let f = 0; f < inner; f++) bits.dense += (wide === 1 ? 16 : 8) * columns;
    }
  },
};
