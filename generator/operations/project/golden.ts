/** Product with a shared matrix: golden/project.ts. */
import { project } from '../../golden/project.js';
import type { Golden } from '../golden.js';
import type { ProjectOperation } from './fields.js';

export const projectGolden: Golden<ProjectOperation> = {
  execute(state, operation, { weights, denseProducts }) {
    project(state, operation, weights[operation.matrix]!, denseProducts);
    return undefined;
  },
  accumulate(acc, state, { source, matrix, inner, outer }, { weights, denseProducts }) {
    denseProducts(acc, state[source], state.tokens, weights[matrix]!, inner, outer);
  },
  countMultiplies(counts, { inner, outer }, tokens) {
    counts.dense += tokens * inner * outer;
  },
};
