/** Rows' picker, templates/rows.v.hbs: asks for the rows of one segment after the other, so far ahead as its queue holds them. */
import { timing } from './timing.js';

/** Segments asked for that the mover has not taken: two in the memory of the queue and one at its output. */
const queued = 3;

export class Picker {
  private readonly taken: number[] = [];
  private ready: number;
  private asked = 0;

  /** `begun`: the cycle in which rows begin; `size`: cycles until the size of a request is found. */
  constructor(
    begun: number,
    private readonly size: number,
  ) {
    this.ready = begun + timing.pickFirst + size;
  }

  /** The cycle in which the port takes the request for the next segment, which covers so many slices: `free` at the earliest. */
  ask(slices: number, free: number): number {
    const room = this.taken.at(-queued) ?? -1;
    this.asked = Math.max(this.ready, room + 1, free);
    this.ready = this.asked + timing.pickNext + this.size + slices - 1;
    return this.asked;
  }

  /** The mover takes the segment that was asked for last, in `now` at the earliest; the cycle behind that. */
  take(now: number): number {
    const cycle = Math.max(now, this.asked + timing.pickQueue);
    this.taken.push(cycle);
    return cycle + 1;
  }
}
