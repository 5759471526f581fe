import { derive } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import type { Unit } from './render.js';

/** P in banks that a sparse step reads without conflict. */
export function rankBanks(params: Params): Unit {
  const { columns, passes } = params.array;
  return {
    name: 'rank_banks',
    context: () => ({ columns, lanes: derive(params).lanes, passes, bankRows: derive(params).bankRows, ...params.numerics }),
  };
}
