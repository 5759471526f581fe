/** Section: gamma and beta of each feature, a byte each. */
import type { Bytes } from '../bytes.js';
import { normFrom, type NormOperation } from './fields.js';

export const normBytes: Bytes<NormOperation> = {
  write(out, { inner, gamma, beta }) {
    for (let f = 0; f < inner; f++) {
      out.put(gamma[f]!, 8);
      out.put(beta[f]!, 8);
    }
  },
  read(from, instruction) {
    const { inner } = instruction;
    const gamma = new Int8Array(inner);
    const beta = new Int8Array(inner);
    for (let f = 0; f < inner; f++) {
      gamma[f] = from.takeSigned(8);
      beta[f] = from.takeSigned(8);
    }
    return normFrom(instruction, { gamma, beta });
  },
  content: ({ inner }) => 2 * inner,
  baseline: ({ inner }, layers) => layers.add(0, 2 * inner),
  weights: ({ inner }) => ({ others: 2 * inner }),
};
