/** No section: the rows go to the requests' outputs. */
import type { Bytes } from '../bytes.js';
import { storeFrom, type StoreOperation } from './fields.js';

export const storeBytes: Bytes<StoreOperation> = { read: (_, instruction) => storeFrom(instruction) };
