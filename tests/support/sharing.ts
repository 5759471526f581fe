import type { Sharing } from '../../generator/subject/workload/shapes.js';

/** A matrix of its own for each role. */
export const fourMatrices: Sharing = { attentionIn: 0, attentionOut: 1, hiddenIn: 2, hiddenOut: 3 };
