/** Rows from memory, before the window computes or while the one before it does. */
import { timing } from '../../analytic/timing.js';
import type { Walk } from '../../analytic/walk.js';
import type { Cycles } from '../cycles.js';
import type { LoadOperation } from './fields.js';

export const loadCycles: Cycles<LoadOperation> = {
  cycles(walk, operation) {
    if (walk.plan.ahead) loadAhead(walk, operation);
    else load(walk, operation);
  },
  sumsAfter: () => 0,
  activity(count, { destination, outer, alsoX }) {
    if (destination === 'Rset') count.write(outer, 'r', count.residualWord);
    if (destination === 'X' || alsoX) count.write(outer, 'x');
  },
};

/** Rows of one request after the other: filled beat by beat for the tokens of a pass, then spread feature by feature. */
function load(walk: Walk, { outer }: LoadOperation): void {
  const {
    plan: { busBytes, burstBeats, lanesPerSlice, slices, turns, rowCrc },
    reads,
    parts,
    tally,
  } = walk;
  const rowBeats = Math.ceil(outer / busBytes);
  const begun = walk.now;
  let now = begun + timing.rowsStart;
  let slice = 0;
  for (const { tokens, first, inputOffset = 0 } of parts) {
    now += first - slice + 1;
    slice = first + 1;
    let left = tokens * rowBeats + rowCrc;
    let most = burstBeats - inputOffset;
    let inBurst = 0;
    let next = 0;
    const asked = now + 1;
    now += 1;
    for (let row = 0; row < tokens; row += lanesPerSlice) {
      for (let wanted = Math.min(lanesPerSlice, tokens - row) * rowBeats + (row + lanesPerSlice < tokens ? 0 : rowCrc); wanted > 0;) {
        if (inBurst === 0) {
          inBurst = Math.min(most, left);
          most = burstBeats;
          left -= inBurst;
          next = reads.ask(asked, inBurst);
        }
        const some = Math.min(inBurst, wanted);
        const last = Math.max(now, next) + (some - 1) * reads.cyclesPerBeat;
        inBurst -= some;
        wanted -= some;
        next = last + reads.cyclesPerBeat;
        if (inBurst === 0) reads.delay(last);
        now = last + 1;
      }
      now += turns.rowsCycles + outer + timing.rowsTurn;
    }
  }
  now += slices - slice + 1 + timing.rowsDone;
  tally.activations += now - begun;
  walk.now = now;
}

/** The rows of this window may be there or on their way; those of the next one are asked for behind them. */
function loadAhead(walk: Walk, operation: LoadOperation): void {
  const { outer } = operation;
  const {
    tally,
    reads,
    parts,
    latencyCycles,
    ahead: { loadedAt, next, formCycles },
    plan: { busBytes, lanesPerSlice, turns, rowCrc },
  } = walk;
  const rowBeats = Math.ceil(outer / busBytes);
  const spread = turns.rowsCycles + outer + timing.rowsTurn;
  if (loadedAt === undefined) {
    const waits = timing.aheadStart + timing.aheadLoaded;
    tally.activations += waits;
    walk.now += waits;
    load(walk, operation);
  } else {
    // What is left when the window begins is asked for in one go.
    const whole = parts.reduce(
      (sum, { tokens }) => sum + Math.ceil(tokens / lanesPerSlice) * spread + (tokens * rowBeats + rowCrc) * reads.cyclesPerBeat,
      latencyCycles + timing.readRound,
    );
    const cycles = Math.max(timing.aheadKnown, Math.min(loadedAt - walk.now, whole) + timing.aheadLoaded);
    tally.activations += cycles;
    walk.now += cycles;
  }
  if (next === undefined) return;
  const groups = next.flatMap(({ tokens, inputOffset = 0 }) =>
    Array.from({ length: Math.ceil(tokens / lanesPerSlice) }, (_, pass) => {
      const first = pass * lanesPerSlice;
      const rows = Math.min(lanesPerSlice, tokens - first);
      return { rows, offset: inputOffset + first * rowBeats, behind: first + rows < tokens ? 0 : rowCrc };
    }),
  );
  reads.loadAhead(walk.now + timing.aheadNext, formCycles, groups, rowBeats, spread);
}
