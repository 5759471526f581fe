/** Rows to memory. */
import { timing } from '../../analytic/timing.js';
import type { Walk } from '../../analytic/walk.js';
import type { Cycles } from '../cycles.js';
import type { StoreOperation } from './fields.js';

export const storeCycles: Cycles<StoreOperation> = {
  cycles: store,
  activity: (count, { source, outer }) => count.write(outer, source === 'H' ? 'h' : 'x'),
};

/** Rows of one request after the other: gathered feature by feature, then sent; the next waits for the responses. */
function store(walk: Walk, { outer, firstRow }: StoreOperation): void {
  const {
    plan: { busBytes, burstBeats, lanesPerSlice, slices, turns, rowCrc },
    reads,
    writes,
    parts,
    tally,
  } = walk;
  const rowBeats = Math.ceil(outer / busBytes);
  const gathered = Math.ceil(outer / turns.rowBlock) * turns.rowBlock + turns.rowsCycles;
  const begun = walk.now;
  // Rows of the next window come to their end first.
  let now = (walk.plan.ahead ? Math.max(begun + timing.aheadStart, reads.rowsDone + 1) : begun) + timing.rowsStart;
  let slice = 0;
  for (const { tokens, first, outputOffset = 0 } of parts) {
    now = Math.max(now + first - slice + 1, writes.idleAt);
    slice = first + 1;
    const rows = firstRow ? 1 : tokens;
    let left = rows * rowBeats + rowCrc;
    let most = burstBeats - outputOffset;
    let inBurst = 0;
    let open = 0;
    const accepted = now;
    now += 1;
    for (let row = 0; row < rows; row += lanesPerSlice) {
      now += gathered + timing.rowsTurn + timing.rowsSend;
      for (let wanted = Math.min(lanesPerSlice, rows - row) * rowBeats + (row + lanesPerSlice < rows ? 0 : rowCrc); wanted > 0;) {
        if (inBurst === 0) {
          inBurst = Math.min(most, left);
          most = burstBeats;
          left -= inBurst;
          open = writes.open(accepted);
        }
        const some = Math.min(inBurst, wanted);
        const last = Math.max(now, open) + some - 1;
        inBurst -= some;
        wanted -= some;
        if (inBurst === 0) writes.close(last);
        now = last + 1;
      }
    }
  }
  now += slices - slice + 1 + timing.rowsDone + (walk.plan.ahead ? timing.aheadStored : 0);
  tally.activations += now - begun;
  walk.now = now;
}
