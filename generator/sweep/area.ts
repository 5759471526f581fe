import { derive } from '../params/derived.js';
import type { Params } from '../params/fields.js';

export function logicGates(params: Params): number {
  return derive(params).multipliers;
}
