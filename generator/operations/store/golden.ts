/** Rows out: golden/load-store.ts. */
import { store } from '../../golden/load-store.js';
import type { Golden } from '../golden.js';
import type { StoreOperation } from './fields.js';

export const storeGolden: Golden<StoreOperation> = {
  execute: (state, operation) => store(state, operation),
  rows: ({ firstRow }, length) => ({ trafficClass: 'activationsOut', rows: firstRow === 1 ? 1 : length }),
};
