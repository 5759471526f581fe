/** Tiles of a matrix of its own from the stream. */
import { lastTileOf, readsNear, sumsBehindLinear } from '../../analytic/results.js';
import { streamedCycles } from '../../analytic/streamed.js';
import type { Cycles } from '../cycles.js';
import type { DenseOperation } from './fields.js';

export const denseCycles: Cycles<DenseOperation> = {
  cycles(walk, { inner, outer, multipliers }, { beats }) {
    walk.tally.dense += inner * outer * walk.tokens;
    streamedCycles(walk, inner, outer, beats, { step: 1, tile: multipliers === undefined ? 0 : 1 });
  },
  results: ({ destination, base, outer }, columns) => ({ to: destination, lastTile: lastTileOf(base, outer, columns) }),
  needsResults: ({ source }, older) => readsNear(source, older),
  waitsForReciprocals: true,
  sumsAfter: sumsBehindLinear,
  activity(count, operation) {
    const { source, inner, outer } = operation;
    count.multiplies += inner * outer * count.tokens;
    count.results += outer * count.tokens;
    count.steps(inner * count.tiles(outer), source === 'H' ? 'h' : 'x');
    count.writeLinear(operation);
  },
};
