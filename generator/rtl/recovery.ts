import { drainCycles } from '../contract/registers.js';
import type { Unit } from './render.js';

/** Watchdog and soft reset. */
export function recovery(): Unit {
  return { name: 'recovery', context: () => ({ drainCycles }) };
}
