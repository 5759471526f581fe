import type { Text } from '../text.js';
import { place, words } from '../words.js';
import type { StoreOperation } from './fields.js';

export const storeText: Text<StoreOperation> = {
  describe: ({ source, outer, base, firstRow }) => ({
    shape: `${place(source, base, outer)} -> rows[${outer}]`,
    detail: words(firstRow && 'first row'),
  }),
};
