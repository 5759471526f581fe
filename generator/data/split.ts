import crc32 from 'crc-32';
import type { SplitName } from './dataset.js';

/**
 * The split of an example, by its content alone: equal inputs always fall together, so nothing leaks between splits.
 * CRC-32 of the key modulo 10: 0-7 train, 8 validation, 9 test.
 */
export function splitOf(key: string): SplitName {
  const tenth = (crc32.str(key) >>> 0) % 10;
  if (tenth < 8) return 'train';
  return tenth === 8 ? 'validation' : 'test';
}

/** A place in [0, 1) for a content, the same one for the same seed. */
export function shareOf(key: string, seed = 1): number {
  return (crc32.str(`${seed}:${key}`) >>> 0) / 2 ** 32;
}
