/** Weights from the stream, biases between the tiles. */
import { timing } from './timing.js';
import { drainBound, drainCycles, lastColumns, waitForOlder, type Walk } from './walk.js';

/** Tiles of `steps` each, of so many items of the decoder; `beats` is the whole section. */
export function streamedCycles(walk: Walk, steps: number, outer: number, beats: number, stepItems: number): void {
  const {
    tally,
    passes,
    plan: { columns },
    reads,
  } = walk;
  const count = Math.ceil(outer / columns);
  const each = steps * passes;
  tally.dependency += timing.section;
  walk.now += timing.section;
  // The first half of a step comes beside the step before, unless it is the first of its tile.
  const gap = passes > 1 ? stepItems - 1 : 0;
  const halves = steps * Math.max(0, stepItems - passes);
  waitForOlder(walk, timing.sectionStart + gap + halves + each);
  const stall = (count - 1) * Math.max(0, drainBound(walk) - each - halves - timing.tileBias - gap);
  const waits = timing.sectionStart + gap + (count - 1) * (timing.tileBias + gap) + count * halves;
  const cycles = count * each + waits + stall;
  const late = reads.take(beats, walk.now, cycles, passes);
  tally.issue += count * each;
  tally.laneCycles += count * steps * walk.tokens;
  tally.drain += stall;
  tally.weightStream += waits + late;
  walk.now += cycles + late;
  walk.drainedAt = walk.now + drainCycles(walk, lastColumns(outer, columns));
}
