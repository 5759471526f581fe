/** The write side of the memory port: bursts begin in order, and only so many may lack their response. templates/axi_write.v.hbs */
import { timing } from './timing.js';

export class WritePort {
  private readonly answers = new Float64Array(timing.outstandingWrites);
  private latency = 1;
  private count = 0;
  private free = 0;
  private begun = 0;

  begin(latencyCycles: number): void {
    this.latency = Math.max(1, latencyCycles);
    this.count = 0;
    this.free = 0;
    this.begun = 0;
  }

  /** The burst that was begun last began in this cycle: the request behind its own is taken then at the earliest. */
  get begunAt(): number {
    return this.begun;
  }

  /** Every response has come. */
  get idleAt(): number {
    return this.free;
  }

  /** The first beat of the next burst can be taken in this cycle, when its request was accepted at `accepted`. */
  open(accepted: number): number {
    const slot = this.count % this.answers.length;
    const begun = this.count < this.answers.length ? 0 : this.answers[slot]!;
    const open = Math.max(accepted, begun - 1) + timing.writeStart;
    this.begun = Math.max(this.begun, open - timing.writeStart);
    return open;
  }

  /** The last beat of the burst was taken in this cycle. */
  close(last: number): void {
    const answer = last + timing.writeRound + this.latency;
    this.answers[this.count % this.answers.length] = answer;
    this.free = answer;
    this.count++;
  }
}
