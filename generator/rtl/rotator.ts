import { derive } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import type { Unit } from './render.js';

/** Rotates words between banks and elements; its defaults are the P banks. */
export function rotator(params: Params): Unit {
  return { name: 'rotator', context: () => ({ count: params.array.columns, wordBits: derive(params).wordBits }) };
}
