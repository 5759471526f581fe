import type { Text } from '../text.js';
import { words } from '../words.js';
import type { NormOperation } from './fields.js';

export const normText: Text<NormOperation> = {
  describe: ({ kind, destination, inner, biasShift, shift, writeBackShift, epsilon }) => ({
    shape: `R[${inner}] -> ${destination}[${inner}]`,
    detail: words(
      kind !== 'layer' && kind,
      epsilon.digits > 0 && `var + ${epsilon.digits} << ${epsilon.shift}`,
      `>> ${shift}`,
      `beta << ${biasShift}`,
      writeBackShift !== undefined && `R >> ${writeBackShift}`,
    ),
  }),
};
