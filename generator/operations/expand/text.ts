import type { Text } from '../text.js';
import { place, scale, words } from '../words.js';
import type { ExpandOperation } from './fields.js';

export const expandText: Text<ExpandOperation> = {
  describe: ({ rank, k, outer, base, destination, indexBits, wide, requant, multipliers, activate, biasShift }) => ({
    shape: `P[${rank}] -> ${place(destination, base, outer)}`,
    detail: words(
      `k ${k}`,
      wide ? 'wide' : `index ${indexBits} bits`,
      multipliers === undefined ? scale(requant) : `per column >> ${requant.s}`,
      `bias << ${biasShift}`,
      activate && 'table',
    ),
  }),
  label: ({ op, destination }) => `${op} to ${destination}`,
};
