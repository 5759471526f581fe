import type { Text } from '../text.js';
import { place, scale, words } from '../words.js';
import type { DenseOperation } from './fields.js';

export const denseText: Text<DenseOperation> = {
  describe: ({ source, inner, outer, base, destination, requant, multipliers, activate, biasShift, wide }) => ({
    shape: `${source}[${inner}] -> ${place(destination, base, outer)}`,
    detail: words(
      wide && 'wide',
      multipliers === undefined ? scale(requant) : `per column >> ${requant.s}`,
      `bias << ${biasShift}`,
      activate && 'table',
    ),
  }),
  label: ({ op, destination }) => `${op} to ${destination}`,
};
