import { recipTable } from '../contract/tables.js';
import type { Unit } from './render.js';

/** The table of eq. 18. */
export function recipRom(): Unit {
  return { name: 'recip_rom', context: () => ({ recip: Array.from(recipTable, (r, w) => ({ w, r })) }) };
}
