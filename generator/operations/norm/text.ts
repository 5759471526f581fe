import type { Text } from '../text.js';
import { words } from '../words.js';
import type { NormOperation } from './fields.js';

export const normText: Text<NormOperation> = {
  describe: ({ inner, biasShift, shift, writeBackShift }) => ({
    shape: `R[${inner}] -> X[${inner}]`,
    detail: words(`>> ${shift}`, `beta << ${biasShift}`, writeBackShift !== undefined && `R >> ${writeBackShift}`),
  }),
};
