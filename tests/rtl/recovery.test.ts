import { makeParams } from '../../generator/params/params.js';
import { recovery } from '../../generator/rtl/recovery.js';
import { describeUnit, makeRandom, pack, render, type Bench } from '../support/unit-bench.js';

interface Shape {
  readonly drainCycles: number;
}

/** One thing that is timed: the last cycle that it has, and what has happened to it. */
interface Timed {
  ends: number;
  second: boolean;
  stuck: boolean;
}

const fresh = (ends: number): Timed => ({ ends, second: false, stuck: false });

const never = Infinity;
const deadline = (from: number, cycles: number): number => (cycles === 0 ? never : from + cycles);

/** What a cycle tells the unit. */
interface Cycle {
  readonly rst: boolean;
  readonly set: boolean;
  readonly idle: boolean;
  readonly reset: boolean;
}

/** What the unit says of it. */
interface Verdict {
  readonly workStuck: boolean;
  readonly bite: boolean;
  readonly fetchOver: boolean;
}

/** The document in absolute time: every activity has a cycle in which its time is over. */
class Model {
  watchdog = 0;
  work: 'load' | 'window' | 'drain' | undefined;
  fetching = false;
  timed = fresh(never);
  fetch = fresh(never);

  constructor(private readonly drainCycles: number) {}

  /** Work begins, with the time that was set a cycle before it is seen, and ends. */
  beginAndEnd(now: number, before: number, flag: (one: number) => boolean): void {
    if (this.work === undefined && flag(6)) {
      this.work = flag(2) ? 'load' : 'window';
      this.timed = fresh(deadline(now - 1, before));
    } else if (this.work !== 'drain' && flag(16)) this.work = undefined;
    if (!this.fetching && this.work !== 'drain' && flag(5)) {
      this.fetching = true;
      this.fetch = fresh(deadline(now - 1, before));
    } else if (this.fetching && flag(10)) this.fetching = false;
  }

  verdict(now: number, idle: boolean): Verdict {
    const draining = this.work === 'drain';
    const over = this.work !== undefined && this.timed.ends === now;
    return {
      workStuck: over && (draining ? !idle : this.timed.second),
      bite: over && !draining && !this.timed.second,
      fetchOver: this.fetching && this.fetch.ends === now,
    };
  }

  step(now: number, { rst, set, idle, reset }: Cycle, { workStuck, bite, fetchOver }: Verdict): void {
    const { timed, fetch } = this;
    const draining = this.work === 'drain';
    // What has ended is remembered for a cycle.
    timed.stuck = this.work !== undefined && (timed.stuck || workStuck) && !(draining && idle);
    fetch.stuck = this.fetching && (fetch.stuck || fetchOver);
    if (bite) timed.second = true;
    if (!draining && (set || bite)) timed.ends = deadline(now, this.watchdog);
    if (set) fetch.ends = deadline(now, this.watchdog);
    if (draining && idle) this.work = undefined;
    if (reset) {
      [this.work, this.fetching] = ['drain', false];
      this.timed = fresh(now + (this.watchdog === 0 ? this.drainCycles : this.watchdog));
    }
    if (rst) [this.work, this.fetching, this.timed, this.fetch] = [undefined, false, fresh(never), fresh(never)];
    if (rst || reset) this.watchdog = 0;
  }
}

function recoveryBench({ drainCycles }: Shape, seed: number): Bench {
  const random = makeRandom(seed);
  const flag = (one: number): boolean => random.below(one) === 0;
  const vectors: string[] = [];
  const model = new Model(drainCycles);
  for (let now = 0; now < 6000; now++) {
    const rst = now > 0 && flag(400);
    const set = flag(25);
    const before = model.watchdog;
    if (set) model.watchdog = flag(4) ? 0 : 1 + random.below(flag(3) ? 40 : 9);
    model.beginAndEnd(now, before, flag);
    const cycle = { rst, set, idle: flag(12), reset: flag(60) };
    const { idle, reset } = cycle;
    const verdict = model.verdict(now, idle);
    const { watchdog, work, fetching, timed, fetch } = model;
    const draining = work === 'drain';
    vectors.push(
      pack([
        [1, draining],
        [1, draining && idle && !reset],
        [1, timed.stuck || fetch.stuck],
        [1, verdict.workStuck || verdict.fetchOver],
        [1, verdict.bite],
        [1, draining || reset],
        [1, draining || reset || rst],
        [1, rst],
        [32, watchdog],
        [1, set],
        [1, reset],
        [1, work === 'load'],
        [1, work === 'window'],
        [1, fetching],
        [1, idle],
      ]),
    );
    model.step(now, cycle, verdict);
  }
  return { unit: 'recovery', files: render(makeParams({}), recovery), macros: { DRAIN_CYCLES: drainCycles }, vectors };
}

describeUnit<Shape>({
  unit: 'recovery',
  shapes: [{ drainCycles: 7 }, { drainCycles: 1 }],
  makeBench: recoveryBench,
  mutants: [
    { what: 'bites a cycle late', find: "watch_last : work_q == 32'd2", put: "watch_last : work_q == 32'd1" },
    { what: 'takes a period of one cycle for an endless one', find: "watch_last = watchdog_i == 32'd1", put: "watch_last = 1'b0" },
    {
      what: 'drains for a cycle more',
      find: "port_idle_i ? watch_last : work_q == 32'd2",
      put: "port_idle_i ? watch_last : work_q == 32'd1",
    },
    { what: 'looks at a descriptor a cycle late', find: "watch_last : fetch_q == 32'd2", put: "watch_last : fetch_q == 32'd1" },
    { what: 'is stuck at once', find: '!port_idle_i : second_q', put: "!port_idle_i : 1'b1" },
    { what: 'is stuck when the port has just drained', find: 'draining_q ? !port_idle_i', put: "draining_q ? 1'b1" },
    { what: 'bites twice', find: 'work_end && !draining_q && !second_q', put: 'work_end && !draining_q' },
    { what: 'bites while it drains', find: 'work_end && !draining_q && !second_q', put: 'work_end && !second_q' },
    { what: 'gives no second period', find: 'if (watchdog_set_i || watchdog_o) work_q', put: 'if (watchdog_set_i) work_q' },
    { what: 'does not hear of a new time', find: 'if (watchdog_set_i || watchdog_o) work_q', put: 'if (watchdog_o) work_q' },
    { what: 'does not hear of a new time for a descriptor', find: 'if (watchdog_set_i) fetch_q', put: "if (1'b0) fetch_q" },
    { what: 'never looks at descriptors', find: 'fetching_i && fetch_last_q', put: "1'b0" },
    { what: 'never looks at loads', find: 'loading_i || serving_i', put: 'serving_i' },
    { what: 'never looks at windows', find: 'loading_i || serving_i', put: 'loading_i' },
    {
      what: 'keeps the second period for the next window',
      find: "      second_q     <= 1'b0;\n      work_stuck_q <= 1'b0;\n    end else begin",
      put: "      work_stuck_q <= 1'b0;\n    end else begin",
    },
    { what: 'stays stuck', find: '(work_stuck_q || work_stuck) && !port_idle_i', put: 'work_stuck_q || work_stuck' },
    { what: 'has no end of draining without a watchdog', find: "(watchdog_i == 32'd0) ? DRAIN : watchdog_i", put: 'watchdog_i' },
    { what: 'drains as long as it likes', find: "(watchdog_i == 32'd0) ? DRAIN : watchdog_i", put: 'DRAIN' },
    { what: 'ends a reset before the port is idle', find: 'draining_q && port_idle_i && !reset_i', put: 'draining_q && !reset_i' },
    { what: 'ends a reset that is asked for again', find: 'draining_q && port_idle_i && !reset_i', put: 'draining_q && port_idle_i' },
    { what: 'lets units run while it drains', find: 'unit_rst_o   = rst_i || drain_o', put: 'unit_rst_o   = rst_i || reset_i' },
    {
      what: 'goes on draining after a reset of the system',
      find: "draining_q    <= 1'b0;\n      work_q        <= 32'd0;",
      put: "work_q        <= 32'd0;",
    },
    { what: 'keeps the time over a reset of the system', find: "work_q        <= 32'd0;", put: '' },
  ],
});
