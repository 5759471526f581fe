import { derive } from '../../generator/params/derived.js';
import { makeParams } from '../../generator/params/params.js';
import { completionCodes } from '../../generator/contract/registers.js';
import { windowControl } from '../../generator/rtl/window_control.js';
import { describeUnit, makeRandom, pack, render, type Bench, type Random } from '../support/unit-bench.js';

interface Shape {
  readonly segments: number;
  readonly rowCrc?: 1;
}

const codes = completionCodes;

/** Signals of one cycle that the unit sees, besides load and start. */
interface Cycle {
  coreDone: boolean;
  coreBad: boolean;
  ended: boolean;
  done: boolean;
  crcBad: boolean;
  streamError: boolean;
  short: boolean;
  left: boolean;
  readError: boolean;
  rowsBad: boolean;
  /** A segment. */
  readCause: number;
  pending: boolean;
  writeError: boolean;
  writeCause: number;
  idle: boolean;
  watchdog: boolean;
}

interface Ending {
  /** The cycle that ends the window; after an error the port is awaited. */
  readonly at: number;
  readonly code: number;
  readonly cause: number | undefined;
}

/** Cycles of one window from the one behind its start, long enough for any end. */
function makeWindow(random: Random, segments: number, rowCrc: boolean): Cycle[] {
  const flag = (one: number): boolean => random.below(one) === 0;
  const length = 64;
  const coreDone = 20 + random.below(20);
  const ended = 10 + random.below(15);
  const crc = ended + random.below(6) - 3;
  const late = flag(6) ? coreDone + 4 : ended;
  const fault = ['none', 'none', 'crcBad', 'streamError', 'short', 'coreBad', 'readError', 'writeError', ...(rowCrc ? ['rowsBad'] : [])][
    random.below(rowCrc ? 9 : 8)
  ];
  const faultAt = random.below(45);
  const both = flag(3);
  const answers = coreDone + random.below(12);
  return Array.from({ length }, (_, n) => {
    const hit = (name: string): boolean => (n === faultAt && fault === name) || (both && n === faultAt && fault !== 'none' && flag(3));
    return {
      coreDone: n === coreDone,
      coreBad: hit('coreBad'),
      ended: n >= late,
      done: n >= crc,
      crcBad: hit('crcBad'),
      streamError: hit('streamError'),
      short: hit('short'),
      left: n < late,
      readError: hit('readError'),
      rowsBad: rowCrc && hit('rowsBad'),
      readCause: random.below(segments),
      pending: n < answers && flag(2),
      writeError: hit('writeError'),
      writeCause: random.below(segments),
      idle: n >= length - 4 || flag(4),
      watchdog: n > 0 && flag(50),
    };
  });
}

/** How a window ends, and the segment that is the cause. */
function endOf(cycles: readonly Cycle[]): Ending {
  let coreDone = false;
  for (const [at, c] of cycles.entries()) {
    coreDone ||= c.coreDone;
    const causes: [boolean, number, number | undefined][] = [
      [c.streamError, codes.readWeights, undefined],
      [c.readError, codes.readRows, c.readCause],
      [c.rowsBad, codes.rowsCrc, c.readCause],
      [c.writeError, codes.writeRows, c.writeCause],
      [c.crcBad, codes.passCrc, undefined],
      [c.coreBad, codes.badProgram, undefined],
      [c.short || (coreDone && c.left), codes.streamEnd, undefined],
    ];
    const found = causes.find(([here]) => here);
    if (found !== undefined) return { at, code: found[1], cause: found[2] };
    if (coreDone && !c.pending && c.ended && c.done && !c.left) return { at, code: codes.good, cause: undefined };
    if (c.watchdog) return { at, code: codes.watchdog, cause: undefined };
  }
  throw new Error('a window of the bench has no end');
}

/** What a cycle tells of loads. */
interface Load {
  readonly load: boolean;
  readonly done: boolean;
  readonly code: number;
  readonly idle: boolean;
}

/** Loads beside the windows. */
class Loads {
  loaded = false;
  loading = false;
  /** Code that is told in this cycle. */
  told: number | undefined;
  private aborting = false;

  draw(random: Random): Load {
    const load = !this.loading && random.below(12) === 0;
    const done = this.loading && !this.aborting && random.below(16) === 0;
    const idle = random.below(3) === 0;
    return { load, done, idle, code: random.below(2) === 0 ? 0 : 12 + random.below(3) };
  }

  aborts({ done }: Load, watchdog: boolean): boolean {
    return this.loading && !this.aborting && watchdog && !done;
  }

  step(one: Load, watchdog: boolean): void {
    const abort = this.aborts(one, watchdog);
    const drained = this.aborting && one.idle;
    this.told = one.done ? one.code : drained ? codes.watchdog : undefined;
    if (one.load) [this.loaded, this.loading] = [false, true];
    else if (this.told !== undefined) [this.loaded, this.loading] = [this.told === 0, false];
    this.aborting = abort || (this.aborting && !drained);
  }
}

/** Place of a cycle: before, at or behind the start of a window, its end and the end of what is under way. */
interface Place {
  readonly starts: boolean;
  readonly aborts: boolean;
  readonly ends: boolean;
}

function vectorOf(
  c: Cycle,
  { starts, aborts, ends }: Place,
  { code, cause }: Ending,
  loads: Loads,
  one: Load,
  segmentBits: number,
): string {
  return pack([
    [1, loads.aborts(one, c.watchdog)],
    [1, loads.loaded],
    [1, loads.loading],
    [1, loads.told !== undefined],
    [1, one.load],
    [1, starts],
    [1, aborts],
    [1, ends],
    [8, loads.told ?? 0],
    [8, code],
    [1, cause !== undefined],
    [segmentBits, cause ?? 0],
    [1, one.load],
    [1, one.done],
    [8, one.code],
    [1, one.idle],
    [1, c.watchdog],
    [1, starts],
    [1, c.coreDone],
    [1, c.coreBad],
    [1, c.ended],
    [1, c.done],
    [1, c.crcBad],
    [1, c.streamError],
    [1, c.short],
    [1, c.left],
    [1, c.readError],
    [1, c.rowsBad],
    [segmentBits, c.readCause],
    [1, c.pending],
    [1, c.writeError],
    [segmentBits, c.writeCause],
    [1, c.idle],
  ]);
}

function windowControlBench({ segments, rowCrc }: Shape, seed: number): Bench {
  const random = makeRandom(seed);
  const params = makeParams({ array: { slices: 1 }, batcher: { segments }, port: { rowCrc: rowCrc ?? 0 } });
  const { segmentBits } = derive(params);
  const vectors: string[] = [];
  const loads = new Loads();
  for (let n = 0; n < 250; n++) {
    const cycles = makeWindow(random, segments, rowCrc === 1);
    const ending = endOf(cycles);
    const { at, code } = ending;
    const good = code === codes.good;
    const quiet = good ? at : at + 2 + cycles.slice(at + 2).findIndex((c) => c.idle && !c.pending);
    const start: Cycle = { ...cycles[0]!, coreDone: false, watchdog: false };
    const rest = random.below(3);
    [start, ...cycles.slice(0, quiet + 2 + rest)].forEach((c, index) => {
      const time = index - 1;
      const place = { starts: time === -1, aborts: !good && time === at + 1, ends: time === quiet + 1 };
      const one = loads.draw(random);
      vectors.push(vectorOf(c, place, ending, loads, one, segmentBits));
      loads.step(one, c.watchdog);
    });
  }
  return {
    unit: 'window_control',
    files: render(params, windowControl),
    macros: { SEGMENTS: segments, ...(rowCrc && { ROW_CRC: 1 }) },
    vectors,
  };
}

const indent = `\n${' '.repeat(27)}`;

describeUnit({
  unit: 'window_control',
  shapes: [{ segments: 32 }, { segments: 1 }, { segments: 2 }, { segments: 8, rowCrc: 1 }],
  makeBench: windowControlBench,
  mutants: [
    {
      what: 'ends a window before its rows have their responses',
      find: 'good        = core_done && !rows_wr_pending_i',
      put: 'good        = core_done',
    },
    { what: 'ends a window before its CRC', find: 'stream_ended_i && stream_done_i', put: 'stream_ended_i' },
    { what: 'lets a program leave beats', find: ' || (core_done && stream_left_i)', put: '' },
    { what: 'forgets that the program has ended', find: 'core_done_q || core_done_i', put: 'core_done_i' },
    { what: 'ends an aborted window while reads are in flight', find: 'port_idle_i && !rows_wr_pending_i', put: '!rows_wr_pending_i' },
    { what: 'ends an aborted window while writes are in flight', find: 'if (port_idle_i && !rows_wr_pending_i)', put: 'if (port_idle_i)' },
    { what: 'blames no request for errors of the writers', find: '(rows_bad || rows_wr_error_i);', put: 'rows_bad;' },
    {
      what: 'blames the readers for errors of the writers',
      find: 'rows_rd_cause_i : rows_wr_cause_i',
      put: 'rows_rd_cause_i : rows_rd_cause_i',
    },
    { what: 'blames a request for the errors of the weights', find: '!stream_error_i && (rows_bad', put: '(rows_bad' },
    { what: 'takes a bad load for good', find: 'loader_code_i == CODE_LOADED', put: "1'b1" },
    { what: 'stays loaded while it loads', find: "loaded_o  <= 1'b0;\n      loading_o <= 1'b1;", put: "loading_o <= 1'b1;" },
    { what: 'lets a window run for ever', find: 'else if (watchdog_i) begin', put: "else if (1'b0) begin" },
    { what: 'lets a load run for ever', find: 'watchdog_i && loading_o', put: "1'b0 && loading_o" },
    { what: 'stops a loader that has just done', find: ' && !loader_done_i;', put: ';' },
    { what: 'stops a loader twice', find: 'loading_o && !load_abort_q', put: 'loading_o' },
    { what: 'ends a stopped load while reads are in flight', find: 'load_abort_q ? loader_idle_i', put: "load_abort_q ? 1'b1" },
    { what: 'calls a stopped load good', find: '!load_abort_q && (loader_code_i', put: '(loader_code_i' },
    { what: 'stops the next load, too', find: "load_abort_q <= 1'b0;\n    end\n    if (rst_i)", put: 'end\n    if (rst_i)' },
    {
      what: 'prefers the CRC to the bus error that broke it',
      find: 'stream_error_i   ? CODE_READ_WEIGHTS :',
      put: '(stream_error_i && !stream_crc_bad_i) ? CODE_READ_WEIGHTS :',
    },
    { what: 'goes on with rows that are not what their CRC says', find: 'rows_rd_error_i || rows_crc_bad_i', put: 'rows_rd_error_i' },
    {
      what: 'prefers the CRC of rows to their bus error',
      find: `rows_rd_error_i  ? CODE_READ_ROWS :${indent}rows_crc_bad_i   ? CODE_ROWS_CRC :`,
      put: `rows_crc_bad_i ? CODE_ROWS_CRC :${indent}rows_rd_error_i ? CODE_READ_ROWS :`,
    },
    {
      what: 'prefers errors of rows out to the CRC of rows in',
      find: 'rows_crc_bad_i   ? CODE_ROWS_CRC :',
      put: '(rows_crc_bad_i && !rows_wr_error_i) ? CODE_ROWS_CRC :',
    },
    { what: 'blames no request for the CRC of its rows', find: 'rows_bad ? rows_rd_cause_i', put: 'rows_rd_error_i ? rows_rd_cause_i' },
  ],
});
