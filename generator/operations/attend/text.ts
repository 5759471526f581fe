import type { Text } from '../text.js';
import { scale, words } from '../words.js';
import type { AttendOperation } from './fields.js';

export const attendText: Text<AttendOperation> = {
  describe: ({ inner, base, causal, uniform, score, valueShift }) => ({
    shape: `head[${base} .. ${base + inner - 1}] -> X`,
    detail: words(uniform ? 'uniform' : `scores ${scale(score)}`, causal && 'causal', `values >> ${valueShift}`),
  }),
};
