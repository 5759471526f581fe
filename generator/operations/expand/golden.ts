/** Product with a sparse matrix: golden/expand.ts. */
import { widths } from '../../contract/widths.js';
import { linear } from '../../golden/epilogue.js';
import { accumulateSparse } from '../../golden/expand.js';
import type { Golden } from '../golden.js';
import type { ExpandOperation } from './fields.js';

const accumulate: NonNullable<Golden<ExpandOperation>['accumulate']> = (acc, state, { rows, values, k, outer }) => {
  accumulateSparse(acc, state.P, state.tokens, rows, values, k, outer);
};

export const expandGolden: Golden<ExpandOperation> = {
  execute(state, operation, run) {
    linear(state, operation, run.model.table, (acc) => accumulate(acc, state, operation, run));
    return undefined;
  },
  accumulate,
  countMultiplies(counts, { k, outer }, tokens) {
    counts.sparse += tokens * k * outer;
  },
  walkSection(bits, { inner, outer, wide, indexBits, perColumn }, columns) {
    for (let tile = 0; tile < outer; tile += columns) {
      bits.rest += (8 + 8 * perColumn) * columns;
      for (let n = 0; n < inner; n++) {
        bits.values += (wide === 1 ? 16 : widths.VALUE.bits) * columns;
        bits.indices += (wide === 1 ? 16 : indexBits) * columns;
      }
    }
  },
};
