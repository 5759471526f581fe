/** Jobs spread over helper processes. A helper that dies takes at most one point with it. */
import { startHelper, type HelperProcess } from '../../tools/helper-process.js';
import type { FromHelper, Item, Job, ToHelper } from './jobs.js';
import type { Launcher, LaunchHooks } from './launch/launcher.js';
import type { SweptModel } from './subject.js';

type Helper = HelperProcess<ToHelper, FromHelper>;

interface Worker {
  readonly helper: Helper;
  readonly has: Set<string>;
}

export interface PoolOptions extends LaunchHooks {
  readonly helpers: number;
  /** Module of the helper's program, without its extension. */
  readonly module?: URL;
}

export class Pool implements Launcher {
  private stopped = false;
  private readonly workers: (Worker | undefined)[];
  private readonly subjects = new Map<string, SweptModel | string>();

  constructor(private readonly options: PoolOptions) {
    this.workers = new Array<Worker | undefined>(options.helpers).fill(undefined);
  }

  /** All of them, the next free helper taking the next; returns when every point has its result. */
  async run(jobs: readonly Job[]): Promise<void> {
    const queue = [...jobs];
    await Promise.all(
      this.workers.map(async (_, place) => {
        for (let job = queue.shift(); job !== undefined && !this.stopped; job = queue.shift())
          queue.unshift(...(await this.one(place, job)));
      }),
    );
  }

  stop(): void {
    this.stopped = true;
    for (const worker of this.workers) worker?.helper.stop();
    this.workers.fill(undefined);
  }

  private subjectOf(item: Item): SweptModel | string {
    const known = this.subjects.get(item.subject) ?? this.options.subjectOf(item);
    this.subjects.set(item.subject, known);
    return known;
  }

  /** What is left of a job whose helper died, point by point. */
  private async one(place: number, job: Job): Promise<Job[]> {
    const failed = (items: readonly Item[], reasonOf: (item: Item) => string): Promise<void> =>
      this.options.onResults(items.map((item) => ({ number: item.number, outcome: { state: 'failed', reason: reasonOf(item) } })));
    const [good, bad] = [true, false].map((wanted) => job.items.filter((item) => (typeof this.subjectOf(item) !== 'string') === wanted));
    if (bad!.length > 0) await failed(bad!, (item) => String(this.subjectOf(item)));
    if (good!.length === 0 || this.stopped) return [];
    const worker = this.workers[place] ?? {
      helper: startHelper<ToHelper, FromHelper>(this.options.module ?? new URL('./helper', import.meta.url)),
      has: new Set<string>(),
    };
    this.workers[place] = worker;
    const left = new Map(good!.map((item) => [item.number, item]));
    const end = await this.converse(worker, { ...job, items: good! }, left);
    if (end === undefined) return [];
    this.workers[place] = undefined;
    const items = [...left.values()];
    // Of several points nobody knows which one it was: each is tried alone.
    if (items.length > 1) return items.map((item) => ({ ...job, items: [item] }));
    await failed(items, () => `the process that measured it ${end}`);
    return [];
  }

  /** Talks with a helper until its job is done; undefined then, else how the helper ended. */
  private async converse({ helper, has }: Worker, job: Job, left: Map<number, Item>): Promise<string | undefined> {
    let recorded = Promise.resolve();
    let finish: (end: string | undefined) => void = () => undefined;
    const finished = new Promise<string | undefined>((resolve) => {
      finish = resolve;
    });
    const stopListening = helper.onMessage((message) => {
      if (message.kind === 'done') finish(undefined);
      else {
        for (const { number } of message.results) left.delete(number);
        recorded = recorded.then(() => this.options.onResults(message.results));
        // What cannot be kept ends the job at once, and is thrown below.
        recorded.catch(() => finish(undefined));
      }
    });
    void helper.ended.then(finish);
    try {
      for (const item of job.items) {
        if (has.has(item.subject)) continue;
        has.add(item.subject);
        const subject = this.subjectOf(item);
        if (typeof subject !== 'string') await helper.send({ kind: 'subject', subject });
      }
      await helper.send({ kind: 'job', job });
    } catch {
      // It ended while it was spoken to; how, its end says.
      finish(await helper.ended);
    }
    const end = await finished;
    stopListening();
    await recorded;
    return end;
  }
}
