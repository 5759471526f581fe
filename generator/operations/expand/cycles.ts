/** Tiles of W_D from the stream; a step reads a word of every bank of P. */
import { lastTileOf, sumsBehindLinear } from '../../analytic/results.js';
import { streamedCycles } from '../../analytic/streamed.js';
import type { Cycles } from '../cycles.js';
import type { ExpandOperation } from './fields.js';

export const expandCycles: Cycles<ExpandOperation> = {
  cycles(walk, { k, outer, wide, multipliers }, { beats }) {
    walk.tally.sparse += k * outer * walk.tokens;
    // Values and rows come one after the other when they are not coded.
    streamedCycles(walk, k, outer, beats, { step: wide ? 2 : 1, tile: multipliers === undefined ? 0 : 1 });
  },
  results: ({ destination, base, outer }, columns) => ({ to: destination, lastTile: lastTileOf(base, outer, columns) }),
  needsResults: (_, { to }) => to === 'P',
  sumsAfter: sumsBehindLinear,
  activity(count, operation) {
    const { k, outer } = operation;
    count.multiplies += k * outer * count.tokens;
    count.results += outer * count.tokens;
    count.steps(k * count.tiles(outer), 'p', count.columns);
    count.writeLinear(operation);
  },
};
