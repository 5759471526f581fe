/** Tiles of W_S from the store on the chip, behind a norm feature by feature. */
import { lastColumns, stepPace, tiles, wait, type Walk } from '../../analytic/walk.js';
import { lastTileOf, readsNear } from '../../analytic/results.js';
import type { Cycles } from '../cycles.js';
import type { ProjectOperation } from './fields.js';

export const projectCycles: Cycles<ProjectOperation> = {
  cycles(walk, { inner, outer }) {
    const { columns } = walk.plan;
    walk.tally.dense += inner * outer * walk.tokens;
    // Behind a norm: a feature may be read when all its passes have been written.
    wait(walk, 'vector', walk.normFirstAt);
    keepBehindNorm(walk, inner);
    tiles(walk, Math.ceil(outer / columns), inner, lastColumns(outer, columns));
  },
  results: ({ outer }, columns) => ({ to: 'P', lastTile: lastTileOf(0, outer, columns) }),
  needsResults: ({ source }, older) => readsNear(source, older),
  waitsForReciprocals: true,
  followsNorm: ({ source }) => source === 'X',
  activity(count, { source, inner, outer }) {
    const { tokens, passes } = count;
    count.multiplies += inner * outer * tokens;
    count.results += outer * tokens;
    count.steps(inner * count.tiles(outer), source === 'H' ? 'h' : 'x');
    count.bits.codes += inner * count.tiles(outer) * passes * count.codeWord;
    count.write(outer, 'p');
  },
};

/** A norm whose lanes take turns makes a feature in more cycles than a step takes: steps wait for it one by one. */
function keepBehindNorm(walk: Walk, steps: number): void {
  const { passes, tally, normFirstAt } = walk;
  const { normTurns } = walk.plan.units;
  if (normTurns === 1 || walk.now >= walk.normIdleAt) return;
  const pace = stepPace(walk);
  let at = walk.now;
  let waits = 0;
  for (let step = 1; step < steps; step++) {
    const there = normFirstAt + step * passes * normTurns;
    waits += Math.max(0, there - at - passes);
    at = Math.max(at + pace, there);
  }
  const longer = at - walk.now - pace * (steps - 1);
  tally.vector += waits;
  // Meanwhile sums come in, too.
  tally.dependency -= waits - longer;
  walk.now += longer;
}
