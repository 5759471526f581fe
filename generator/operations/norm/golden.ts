/** LayerNorm: golden/layer-norm.ts. */
import { layerNorm } from '../../golden/layer-norm.js';
import type { Golden } from '../golden.js';
import type { NormOperation } from './fields.js';

export const normGolden: Golden<NormOperation> = {
  execute(state, operation) {
    layerNorm(state, operation);
    return undefined;
  },
  walkSection(bits, { inner }) {
    for (let f = 0; f < inner; f++) bits.rest += 16;
  },
};
