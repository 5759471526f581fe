/** One head: golden/attention.ts. */
import { attend } from '../../golden/attention.js';
import type { Golden } from '../golden.js';
import type { AttendOperation } from './fields.js';

export const attendGolden: Golden<AttendOperation> = {
  execute(state, operation) {
    attend(state, operation);
    return undefined;
  },
  countMultiplies(counts, { inner, uniform }, tokens) {
    counts.attention += tokens * tokens * inner * (uniform ? 1 : 2);
  },
};
