import type { Text } from '../text.js';
import { place, words } from '../words.js';
import type { LoadOperation } from './fields.js';

export const loadText: Text<LoadOperation> = {
  describe: ({ outer, base, destination, shift, alsoX }) => ({
    shape: `rows[${outer}] -> ${place(destination, base, outer)}`,
    detail: words(destination === 'Rset' && `<< ${shift}`, alsoX && 'also X'),
  }),
};
