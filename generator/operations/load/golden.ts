/** Rows in: golden/load-store.ts. */
import { load } from '../../golden/load-store.js';
import type { Golden } from '../golden.js';
import type { LoadOperation } from './fields.js';

export const loadGolden: Golden<LoadOperation> = {
  execute(state, operation, { request }) {
    load(state, operation, request);
    return undefined;
  },
  rows: ({ outer }, length) => ({ trafficClass: 'activationsIn', runs: length, bytes: outer }),
};
