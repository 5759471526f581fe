import type { Unit } from './render.js';

/** One counter; its default is the widest addend, the counters give their own. */
export function counter64(): Unit {
  return { name: 'counter64', context: () => ({ addBits: 32, signed: 0 }) };
}
