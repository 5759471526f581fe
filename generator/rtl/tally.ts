import type { Unit } from './render.js';

/** What a counter was given since it was last added up; its defaults are the widest, the counters give their own. */
export function tally(): Unit {
  return { name: 'tally', context: () => ({ addBits: 32, sumBits: 32, scale: 1, signed: 0 }) };
}
