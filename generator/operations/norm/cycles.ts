/**
 * Two walks over the features, of which the second takes gamma and beta from the stream; the first only when the sums are
 * not there. Ends with the beginning of the second: what needs all of it waits for it.
 */
import { timing } from '../../analytic/timing.js';
import type { Cycles } from '../cycles.js';
import type { NormOperation } from './fields.js';

export const normCycles: Cycles<NormOperation> = {
  cycles(walk, { inner }, { summed, beats }) {
    const {
      tally,
      passes,
      plan: { lanes, units },
      reads,
    } = walk;
    tally.dependency += timing.section;
    walk.now += timing.section;
    const half = inner * passes;
    const turns = passes * units.normTurns;
    const applied = inner * turns;
    const before = (summed ? 0 : half + units.normSum) + lanes * passes + units.norm;
    tally.vector += before;
    walk.now += before;
    const late = reads.take(beats, walk.now, applied, turns);
    // Who follows stands still as long as the norm does.
    tally.weightStream += late;
    walk.now += late;
    walk.normFirstAt = walk.now + units.normWord + turns;
    walk.normIdleAt = walk.now + units.normWord + applied;
  },
  mayBeFollowed: true,
  // Without a norm no sums are needed.
  summed: ({ kind, inner }, summedTo) => kind === 'plain' || summedTo === inner,
  sumsAfter: ({ inner, writeBackShift }, summedTo) => (summedTo === inner && writeBackShift === undefined ? summedTo : 0),
  activity(count, { inner, writeBackShift }) {
    count.normalised += inner * count.tokens;
    count.write(2 * inner, 'r', count.residualWord);
    count.write(inner, 'x');
    count.write(2 * inner, 'norm sums', count.lanes * count.normSumBits);
    if (writeBackShift !== undefined) count.write(inner, 'r', count.residualWord);
  },
};
