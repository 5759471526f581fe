/** Scores, softmax and values of a head; heads of the same shape one after the other are alike from the second on. */
import { timing } from '../../analytic/timing.js';
import { lastTileOf } from '../../analytic/results.js';
import { lastColumns, tiles, wait, waitsForSums, type Walk } from '../../analytic/walk.js';
import type { Cycles } from '../cycles.js';
import { isAttend, type AttendOperation } from './fields.js';

export const attendCycles: Cycles<AttendOperation> = {
  cycles(walk, operation, { repeat }) {
    const { tally } = walk;
    const { inner, uniform } = operation;
    const rounds = repeat * inner * (uniform ? 1 : 2);
    tally.attention += rounds * walk.squares;
    tally.maskedKeys += rounds * (walk.attended - walk.squares);
    head(walk, operation);
    if (repeat === 1) return;
    const more = repeat - 1;
    const {
      now,
      tally: { issue, laneCycles, drain, vector, dependency },
    } = walk;
    tally.dependency += timing.fetchDecode;
    walk.now += timing.fetchDecode;
    if (uniform) wait(walk, 'drain', walk.drainedAt + 1);
    head(walk, operation);
    const rest = (more - 1) * (walk.now - now);
    tally.issue += (more - 1) * (tally.issue - issue);
    tally.laneCycles += (more - 1) * (tally.laneCycles - laneCycles);
    tally.drain += (more - 1) * (tally.drain - drain);
    tally.vector += (more - 1) * (tally.vector - vector);
    tally.dependency += (more - 1) * (tally.dependency - dependency);
    walk.now += rest;
    walk.drainedAt += rest;
    walk.reciprocalsAt += rest;
  },
  repeats: ({ inner, uniform }, before) => isAttend(before) && before.inner === inner && before.uniform === uniform,
  results: ({ base, inner }, columns) => ({ to: 'X', lastTile: lastTileOf(base, inner, columns) }),
  needsResults: ({ uniform }, { to }, { registerFile: { directions } }) =>
    uniform || to === 'Q' || to === 'K' || (to === 'V' && directions === 1),
  holdsDrain: ({ inner }, columns) => inner <= columns,
  activity(count, { inner, uniform }) {
    const { tokens, squares, attended, passes, keys, columns, slices, activationBits } = count;
    // Scores of other requests' keys are computed and masked; their probabilities are zero, and so nothing toggles.
    count.multiplies += inner * (squares + (uniform ? 0 : attended));
    count.results += inner * tokens;
    if (!uniform) {
      count.steps((inner * keys) / columns, 'q');
      count.bits.k += ((inner * keys) / columns) * passes * slices * columns * activationBits;
      count.results += keys * tokens;
      count.write(3 * keys, 'scores', count.scoreWord);
    }
    count.steps(keys * count.tiles(inner), 'scores');
    count.bits.v += keys * count.tiles(inner) * passes * slices * columns * activationBits;
    count.write(inner, 'x');
  },
};

/** Scores of all keys, softmax over them, and beside it values weighted by them. */
function head(walk: Walk, { inner, uniform }: AttendOperation): void {
  const {
    passes,
    keys,
    plan: { columns, lanes, turns },
  } = walk;
  if (!uniform) {
    tiles(walk, keys / columns, inner, columns);
    wait(walk, 'drain', walk.drainedAt + 1);
  }
  const walked = keys * passes;
  const turning = walk.keyBlocks * turns.valueCycles;
  const reciprocals = walk.now + walked + lanes * passes + timing.reciprocals;
  // Probabilities are taken as they are made; who waits for values or sums meanwhile takes them from the memory.
  wait(walk, 'vector', walk.now + (turning === 0 && !waitsForSums(walk) ? timing.softmax : walked + timing.softmaxEnd - turns.valueCycles));
  walk.reciprocalsAt = reciprocals;
  const held = Math.max(0, reciprocals - (walk.now + walked + turning - 1 + walk.plan.units.drainStart));
  tiles(walk, Math.ceil(inner / columns), keys, lastColumns(inner, columns), turning, held);
}
