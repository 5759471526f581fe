import type { Text } from '../text.js';
import { place, words } from '../words.js';
import type { StoreOperation } from './fields.js';

export const storeText: Text<StoreOperation> = {
  describe: ({ source, outer, base, firstRow, best }) => ({
    shape: `${place(source, base, outer)} -> ${best ? 'index of the largest' : `rows[${outer}]`}`,
    detail: words(firstRow && 'first row'),
  }),
};
