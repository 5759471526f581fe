/** Rows out: golden/load-store.ts. */
import { store } from '../../golden/load-store.js';
import type { Golden } from '../golden.js';
import type { StoreOperation } from './fields.js';

export const storeGolden: Golden<StoreOperation> = {
  execute: (state, operation) => store(state, operation),
  rows({ outer, firstRow, best }, length) {
    const rows = firstRow === 1 ? 1 : length;
    return best === 1
      ? { trafficClass: 'activationsOut', runs: 1, bytes: 2 * rows }
      : { trafficClass: 'activationsOut', runs: rows, bytes: outer };
  },
};
