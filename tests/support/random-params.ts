import type { Params } from '../../generator/params/fields.js';
import { makeParams } from '../../generator/params/params.js';
import { makeRandom } from './unit-bench.js';

/** A legal configuration of small sizes, odd ones among them, drawn over every parameter. */
export function randomParams(seed: number): Params {
  const random = makeRandom(seed);
  const between = (low: number, high: number): number => low + random.below(high - low + 1);
  const power = (low: number, high: number): number => 2 ** between(low, high);
  const pick = <T>(...choices: readonly T[]): T => choices[random.below(choices.length)]!;
  const columns = power(1, 4);
  const longest = pick(1, 2, 4, 8, 16, 256);
  const registerFile = pick(
    { kind: 'async' },
    { kind: 'sync' },
    { kind: 'grid' },
    { kind: 'async', directions: 1, turn: 'late' },
    { kind: 'sync', directions: 1, turn: 'ahead' },
  );
  const port = (busBytes: number, addressBits: number): Omit<Params['port'], 'reset' | 'rowCrc'> => {
    const burstBeats = Math.min(longest, 4096 / busBytes);
    return { busBytes, addressBits, burstBeats, outstandingReads: power(0, 5), prefetchBeats: Math.max(4, burstBeats) * power(0, 2) };
  };
  const drawn = {
    prefix: pick('trex', 'a', 'left_core', 'x9'),
    array: { columns, slices: power(0, 2), lanesPerSlice: power(0, 2), passes: between(1, 9) },
    registerFile,
    memory: { kind: pick('block', 'distributed', 'macro', 'latch') },
    envelope: {
      width: between(4, 70),
      hidden: between(4, 130),
      rank: columns * between(Math.ceil(4 / columns), 6),
      codeWords: between(4, 3000),
      matrices: between(1, 8),
      instructions: between(8, 100),
    },
    port: port(power(2, 6), between(24, 64)),
    batcher: { lookahead: power(0, 5), passOver: between(1, 255), windowBuffers: between(1, 2) },
    numerics: { activationBits: between(4, 8) },
    timing: { multiplierStages: between(1, 2) },
  };
  // Last, so that a seed draws what it has drawn before there was a choice.
  const lastPort = { ...drawn.port, reset: pick('rst_i', 'aresetn'), rowCrc: between(0, 1) };
  const segments = power(Math.log2(drawn.array.slices), 6);
  const { slices, lanesPerSlice } = drawn.array;
  const vector = { lanes: pick(0, power(0, Math.log2(slices * lanesPerSlice))) };
  const pairedColumns = lanesPerSlice > 1 ? between(0, columns) : 0;
  const timing = { ...drawn.timing, extraStages: between(0, 1) };
  return makeParams({
    ...drawn,
    timing,
    array: { ...drawn.array, pairedColumns },
    port: lastPort,
    batcher: { ...drawn.batcher, segments },
    vector,
  });
}
