/** Weights from the stream, biases between the tiles. */
import { timing } from './timing.js';
import { drainBound, drainCycles, lastColumns, stepCycles, stepPace, waitForOlder, type Walk } from './walk.js';

/** Items of the decoder: of every step, and of every tile before its biases. */
interface Items {
  readonly step: number;
  readonly tile: number;
}

/** Tiles of `steps` each; `beats` is the whole section. */
export function streamedCycles(walk: Walk, steps: number, outer: number, beats: number, items: Items): void {
  const {
    tally,
    passes,
    plan: { columns },
    reads,
  } = walk;
  const count = Math.ceil(outer / columns);
  const each = stepCycles(walk, steps);
  const pace = stepPace(walk);
  tally.dependency += timing.section;
  walk.now += timing.section;
  // The first half of a step comes beside the step before, unless it is the first of its tile.
  const gap = pace > 1 ? items.step - 1 : 0;
  const halves = steps * Math.max(0, items.step - pace);
  // What comes before the biases is read beside the last step of the tile before, where that takes several passes.
  const first = timing.sectionStart + items.tile + gap;
  const between = timing.tileBias + gap + (pace > 1 ? 0 : items.tile);
  waitForOlder(walk, first + halves + each);
  const stall = (count - 1) * Math.max(0, drainBound(walk) - each - halves - between);
  const waits = first + (count - 1) * between + count * halves;
  const cycles = count * each + waits + stall;
  const late = reads.take(beats, walk.now, cycles, passes);
  tally.issue += count * steps * passes;
  tally.dependency += count * (each - steps * passes);
  tally.laneCycles += count * steps * walk.tokens;
  tally.drain += stall;
  tally.weightStream += waits + late;
  walk.now += cycles + late;
  walk.drainedAt = walk.now + drainCycles(walk, lastColumns(outer, columns));
}
