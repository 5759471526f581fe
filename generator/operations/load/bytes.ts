/** No section: the rows come from the requests. */
import type { Bytes } from '../bytes.js';
import { loadFrom, type LoadOperation } from './fields.js';

export const loadBytes: Bytes<LoadOperation> = { read: (_, instruction) => loadFrom(instruction) };
