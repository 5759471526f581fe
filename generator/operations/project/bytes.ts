/** No section: the codes of W_S lie in the cold region. */
import type { Bytes } from '../bytes.js';
import { projectFrom, type ProjectOperation } from './fields.js';

export const projectBytes: Bytes<ProjectOperation> = {
  read: (_, instruction) => projectFrom(instruction),
  baseline({ inner }, layers) {
    layers.projected = inner;
  },
  weights: ({ inner, outer }) => ({ shared: inner * outer }),
};
