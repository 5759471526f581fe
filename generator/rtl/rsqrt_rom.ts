import { rsqrtTable } from '../contract/tables.js';
import type { Unit } from './render.js';

/** The table of eq. 12, of which only u = 128 and above occur. */
export function rsqrtRom(): Unit {
  const rsqrt = Array.from(rsqrtTable, (g, u) => ({ u, g })).filter(({ g }) => g > 0);
  return { name: 'rsqrt_rom', context: () => ({ rsqrt }) };
}
