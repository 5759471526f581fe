/** Rows to memory. */
import { Picker } from '../../analytic/picker.js';
import { timing } from '../../analytic/timing.js';
import type { Walk } from '../../analytic/walk.js';
import type { Cycles } from '../cycles.js';
import { bestBytes } from '../types.js';
import type { StoreOperation } from './fields.js';

export const storeCycles: Cycles<StoreOperation> = {
  cycles: store,
  activity: (count, { source, outer }) => count.write(outer, source === 'H' ? 'h' : 'x'),
};

/** Beats that the first rows of a segment fill; indices lie side by side, and only the last of them ends a beat that is not full. */
function beatsOfRows(outer: number, best: boolean, busBytes: number): (rows: number, all: number) => number {
  if (!best) return (rows) => rows * Math.ceil(outer / busBytes);
  return (rows, all) => (rows < all ? Math.floor((bestBytes * rows) / busBytes) : Math.ceil((bestBytes * rows) / busBytes));
}

/** Beats of a request in its bursts, the first of which ends where those of the memory do. */
class Bursts {
  private most: number;
  private inBurst = 0;
  private open = 0;

  constructor(
    private readonly writes: Walk['writes'],
    private readonly accepted: number,
    private left: number,
    private readonly burstBeats: number,
    offset: number,
  ) {
    this.most = burstBeats - offset;
  }

  /** First cycle behind so many beats, the first of which is there now. */
  send(beats: number, from: number): number {
    let now = from;
    for (let wanted = beats; wanted > 0;) {
      if (this.inBurst === 0) {
        this.inBurst = Math.min(this.most, this.left);
        this.most = this.burstBeats;
        this.left -= this.inBurst;
        this.open = this.writes.open(this.accepted);
      }
      const some = Math.min(this.inBurst, wanted);
      const last = Math.max(now, this.open) + some - 1;
      this.inBurst -= some;
      wanted -= some;
      if (this.inBurst === 0) this.writes.close(last);
      now = last + 1;
    }
    return now;
  }
}

/** Rows of one segment after the other: a tile is gathered feature by feature when the first row of it is needed. */
function store(walk: Walk, { outer, firstRow, best }: StoreOperation): void {
  const {
    plan: { busBytes, burstBeats, lanesPerSlice, sliceTokens, turns, units, rowCrc },
    reads,
    writes,
    segments,
    tally,
  } = walk;
  const beatsOf = beatsOfRows(outer, best, busBytes);
  const gather =
    Math.ceil(outer / turns.rowBlock) * turns.rowBlock + turns.rowsCycles + timing.rowsTurn + (best ? units.bestLate : units.stageLate);
  const begun = walk.now;
  // Rows of the next window come to their end first.
  const started = walk.plan.ahead ? Math.max(begun + timing.aheadStart, reads.rowsDone + 1) : begun;
  const picker = new Picker(started, walk.plan.units.pickSize);
  let now = started + timing.rowsStart;
  let staged = -1;
  for (const { length, first, position, count, outputOffset = 0 } of segments) {
    const accepted = picker.ask(count, writes.begunAt);
    const rows = firstRow ? 1 : length;
    // The first tile holds rows of the first segment and is gathered before that is known.
    let place = first * sliceTokens + position;
    if (staged < 0) {
      now += gather;
      staged = Math.floor(place / lanesPerSlice);
    }
    now = picker.take(now);
    const bursts = new Bursts(writes, accepted, beatsOf(rows, rows) + rowCrc, burstBeats, outputOffset);
    for (let row = 0; row < rows;) {
      const tile = Math.floor(place / lanesPerSlice);
      if (tile !== staged) now += gather;
      staged = tile;
      now += timing.rowsSend;
      const run = Math.min(rows - row, lanesPerSlice - (place % lanesPerSlice));
      // An index a cycle; beats go out meanwhile.
      if (best) now += run;
      const before = beatsOf(row, rows);
      row += run;
      place += run;
      now = bursts.send(beatsOf(row, rows) - before + (row < rows ? 0 : rowCrc), now);
    }
  }
  now += timing.rowsEnd + timing.rowsDone + (walk.plan.ahead ? timing.aheadStored : 0);
  tally.activations += now - begun;
  walk.now = now;
}
