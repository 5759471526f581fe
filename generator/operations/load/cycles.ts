/** Rows from memory, before the window computes or while the one before it does. */
import { Picker } from '../../analytic/picker.js';
import { timing } from '../../analytic/timing.js';
import { placesOf, type Part, type Walk } from '../../analytic/walk.js';
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

/** Rows of one segment after the other, filled beat by beat; a tile is spread feature by feature when its last row has come. */
function load(walk: Walk, { outer }: LoadOperation): void {
  const {
    plan: { busBytes, burstBeats, rowCrc },
    reads,
    tally,
  } = walk;
  const rowBeats = Math.ceil(outer / busBytes);
  const spread = spreadCycles(walk, outer);
  const begun = walk.now;
  const picker = new Picker(begun, walk.plan.units.pickSize);
  let now = begun + timing.rowsStart;
  for (const segment of walk.segments) {
    const asked = picker.ask(segment.count, reads.issuedAt);
    now = picker.take(now);
    let left = segment.length * rowBeats + rowCrc;
    let most = burstBeats - (segment.inputOffset ?? 0);
    let inBurst = 0;
    let next = 0;
    for (const run of runsOf(walk, segment)) {
      for (let wanted = run.rows * rowBeats + (run.last ? rowCrc : 0); wanted > 0;) {
        if (inBurst === 0) {
          inBurst = Math.min(most, left);
          most = burstBeats;
          left -= inBurst;
          next = reads.ask(asked + 1, inBurst);
        }
        const some = Math.min(inBurst, wanted);
        const last = Math.max(now, next) + (some - 1) * reads.cyclesPerBeat;
        inBurst -= some;
        wanted -= some;
        next = last + reads.cyclesPerBeat;
        if (inBurst === 0) reads.delay(last);
        now = last + 1;
      }
      if (run.endsTile) now += spread;
    }
  }
  now += timing.rowsEnd + timing.rowsDone;
  tally.activations += now - begun;
  walk.now = now;
}

function spreadCycles({ plan: { turns } }: Walk, outer: number): number {
  return turns.rowsCycles + outer + timing.rowsTurn;
}

/** Rows of a segment in one tile. */
interface Run {
  readonly row: number;
  readonly rows: number;
  /** The segment ends. */
  readonly last: boolean;
  readonly endsTile: boolean;
}

function runsOf({ plan: { lanesPerSlice, sliceTokens }, fill }: Pick<Walk, 'plan' | 'fill'>, { length, first, position }: Part): Run[] {
  const runs: Run[] = [];
  let place = position;
  for (let row = 0; row < length;) {
    const rows = Math.min(length - row, lanesPerSlice - (place % lanesPerSlice));
    place += rows;
    const slice = first + Math.floor((place - 1) / sliceTokens);
    const endsTile = place % lanesPerSlice === 0 || place - (slice - first) * sliceTokens === fill[slice]!;
    runs.push({ row, rows, last: row + rows === length, endsTile });
    row += rows;
  }
  return runs;
}

/** The rows of this window may be there or on their way; those of the next one are asked for behind them. */
function loadAhead(walk: Walk, operation: LoadOperation): void {
  const { outer } = operation;
  const {
    tally,
    reads,
    tokens,
    segments,
    fill,
    latencyCycles,
    ahead: { loadedAt, next, formCycles, later },
    plan: { busBytes, lanesPerSlice, rowCrc },
  } = walk;
  const rowBeats = Math.ceil(outer / busBytes);
  const spread = spreadCycles(walk, outer);
  if (loadedAt === undefined) {
    const waits = timing.aheadStart + timing.aheadLoaded;
    tally.activations += waits;
    walk.now += waits;
    load(walk, operation);
  } else {
    // What is left when the window begins is asked for in one go.
    const whole =
      latencyCycles +
      timing.readRound +
      fill.reduce((sum, held) => sum + Math.ceil(held / lanesPerSlice) * spread, 0) +
      (tokens * rowBeats + segments.length * rowCrc) * reads.cyclesPerBeat;
    const cycles = Math.max(timing.aheadKnown, Math.min(loadedAt - walk.now, whole) + timing.aheadLoaded);
    tally.activations += cycles;
    walk.now += cycles;
  }
  if (next === undefined) return;
  const placed = placesOf(next, walk.plan);
  const groups = placed.segments.flatMap((segment) =>
    runsOf({ plan: walk.plan, fill: placed.fill }, segment).map(({ row, rows, last, endsTile }) => ({
      rows,
      offset: (segment.inputOffset ?? 0) + row * rowBeats,
      behind: last ? rowCrc : 0,
      spread: endsTile,
    })),
  );
  reads.loadAhead(walk.now + timing.aheadNext + walk.plan.units.pickSize, formCycles, groups, rowBeats, spread, later);
}
