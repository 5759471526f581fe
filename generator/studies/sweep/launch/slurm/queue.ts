/** How many tasks a queue takes that has said no: halves until it takes some, and more when tasks of ours have ended or time has passed. */
export class Queue {
  private full: { readonly atMs: number; readonly open: number } | undefined;
  private saidAtMs = -Infinity;

  /**
   * @param againMs  from one refusal to the next try when a task has ended
   * @param idleMs   the same when none has: jobs of others may have
   */
  constructor(
    private readonly againMs: number,
    private readonly idleMs: number,
    private readonly sayEveryMs = 60_000,
  ) {}

  /** Tasks to try now. `open` are those of ours that are in the queue. */
  room(open: number): number {
    if (this.full === undefined) return Infinity;
    const passed = performance.now() - this.full.atMs;
    const ended = this.full.open - open;
    if (passed < this.againMs || (ended <= 0 && passed < this.idleMs)) return 0;
    return Math.max(1, ended);
  }

  /** Records that so many at once were refused. Returns how many to try next; 0: it is full. */
  refused(size: number, open: number): number {
    if (size === 1) this.full = { atMs: performance.now(), open };
    return Math.floor(size / 2);
  }

  /** Nothing waits any more. Returns whether that is news to someone who was told that it does. */
  emptied(): boolean {
    const news = this.saidAtMs > -Infinity;
    this.full = undefined;
    this.saidAtMs = -Infinity;
    return news;
  }

  /** Whether it is time to tell that tasks wait. */
  isTimeToSay(): boolean {
    if (performance.now() - this.saidAtMs < this.sayEveryMs) return false;
    this.saidAtMs = performance.now();
    return true;
  }
}
