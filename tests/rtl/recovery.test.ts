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

/** The document in absolute time: every activity has a cycle in which its time is over. */
function recoveryBench({ drainCycles }: Shape, seed: number): Bench {
  const random = makeRandom(seed);
  const flag = (one: number): boolean => random.below(one) === 0;
  const vectors: string[] = [];
  const never = Infinity;
  const deadline = (from: number, cycles: number): number => (cycles === 0 ? never : from + cycles);
  let watchdog = 0;
  let work: 'load' | 'window' | 'drain' | undefined;
  let fetching = false;
  let timed = fresh(never);
  let fetch = fresh(never);
  for (let now = 0; now < 6000; now++) {
    const rst = now > 0 && flag(400);
    const set = flag(25);
    const before = watchdog;
    if (set) watchdog = flag(4) ? 0 : 1 + random.below(flag(3) ? 40 : 9);
    // Work begins, with the time that was set a cycle before it is seen, and ends.
    if (work === undefined && flag(6)) {
      work = flag(2) ? 'load' : 'window';
      timed = fresh(deadline(now - 1, before));
    } else if (work !== 'drain' && flag(16)) work = undefined;
    if (!fetching && work !== 'drain' && flag(5)) {
      fetching = true;
      fetch = fresh(deadline(now - 1, before));
    } else if (fetching && flag(10)) fetching = false;
    const idle = flag(12);
    const reset = flag(60);

    const draining = work === 'drain';
    const over = work !== undefined && timed.ends === now;
    const workStuck = over && (draining ? !idle : timed.second);
    const bite = over && !draining && !timed.second;
    const fetchOver = fetching && fetch.ends === now;
    vectors.push(
      pack([
        [1, draining],
        [1, draining && idle && !reset],
        [1, timed.stuck || fetch.stuck],
        [1, workStuck || fetchOver],
        [1, bite],
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

    // What has ended is remembered for a cycle.
    timed.stuck = work !== undefined && (timed.stuck || workStuck) && !(draining && idle);
    fetch.stuck = fetching && (fetch.stuck || fetchOver);
    if (bite) timed.second = true;
    if (!draining && (set || bite)) timed.ends = deadline(now, watchdog);
    if (set) fetch.ends = deadline(now, watchdog);
    if (draining && idle) work = undefined;
    if (reset) {
      [work, fetching] = ['drain', false];
      timed = fresh(now + (watchdog === 0 ? drainCycles : watchdog));
    }
    if (rst) [work, fetching, timed, fetch] = [undefined, false, fresh(never), fresh(never)];
    if (rst || reset) watchdog = 0;
  }
  return { unit: 'recovery', files: render(makeParams({}), recovery), macros: { DRAIN_CYCLES: drainCycles }, vectors };
}

describeUnit<Shape>({
  unit: 'recovery',
  shapes: [{ drainCycles: 7 }, { drainCycles: 1 }],
  makeBench: recoveryBench,
  mutants: [
    { what: 'bites a cycle late', find: "(work_q == 32'd1)", put: "(work_q == 32'd2)" },
    { what: 'is stuck at once', find: '!port_idle_i : second_q', put: "!port_idle_i : 1'b1" },
    { what: 'is stuck when the port has just drained', find: 'draining_q ? !port_idle_i', put: "draining_q ? 1'b1" },
    { what: 'bites twice', find: 'work_end && !draining_q && !second_q', put: 'work_end && !draining_q' },
    { what: 'bites while it drains', find: 'work_end && !draining_q && !second_q', put: 'work_end && !second_q' },
    { what: 'gives no second period', find: 'if (watchdog_set_i || watchdog_o) work_q', put: 'if (watchdog_set_i) work_q' },
    { what: 'does not hear of a new time', find: 'if (watchdog_set_i || watchdog_o) work_q', put: 'if (watchdog_o) work_q' },
    { what: 'does not hear of a new time for a descriptor', find: 'if (watchdog_set_i) fetch_q', put: "if (1'b0) fetch_q" },
    { what: 'never looks at descriptors', find: "fetching_i && (fetch_q == 32'd1)", put: "1'b0" },
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
