import { widths } from '../../generator/contract/widths.js';
import { derive } from '../../generator/params/derived.js';
import { makeParams } from '../../generator/params/params.js';
import { loadAhead } from '../../generator/rtl/load_ahead.js';
import { describeUnit, makeRandom, pack, render, type Bench, type Random } from '../support/unit-bench.js';

interface Shape {
  readonly segments: number;
  readonly rowCrc?: 1;
}

/** What may happen in a cycle, and in one of how many cycles it does; of several numbers a phase takes one, 0 is never. */
const rates = {
  form: [1, 4, 12, 30],
  show: [0, 1],
  begin: [1, 3, 10],
  end: [2, 5, 15],
  abort: [0, 0, 15, 60],
  forget: [0, 4],
  ask: [1, 3, 12],
  finish: [1, 3, 12],
  fail: [0, 3, 15],
} as const;
const phases = 600;
const phaseCycles = 20;

/** Whether each may happen, cycle by cycle, in the order of the rates. */
function makePhase(random: Random): boolean[][] {
  const picked = Object.values(rates).map((choices) => choices[random.below(choices.length)]!);
  return Array.from({ length: phaseCycles }, () => picked.map((one) => one > 0 && random.below(one) === 0));
}

/** Windows, instructions and rows that are quick in one phase and slow in another; the judge is in the bench. */
function loadAheadBench({ segments, rowCrc }: Shape, seed: number): Bench {
  const random = makeRandom(seed);
  const params = makeParams({ array: { slices: 1 }, batcher: { segments }, port: { rowCrc: rowCrc ?? 0 } });
  const cycles = Array.from({ length: phases }, () => makePhase(random)).flat();
  const vectors = cycles.map((may) =>
    pack([
      ...may.map((flag) => [1, flag] as const),
      [1, rowCrc === 1 && random.below(2)],
      [1, random.below(2)],
      [derive(params).segmentBits, random.below(segments)],
      [1, random.below(2)],
      [2 * widths.FEATURE.bits, random.bits(2 * widths.FEATURE.bits)],
    ]),
  );
  return { unit: 'load_ahead', files: render(params, loadAhead), macros: { SEGMENTS: segments, ...(rowCrc && { ROW_CRC: 1 }) }, vectors };
}

describeUnit({
  unit: 'load_ahead',
  shapes: [{ segments: 8 }, { segments: 1 }, { segments: 64 }, { segments: 2, rowCrc: 1 }],
  makeBench: loadAheadBench,
  mutants: [
    { what: 'stores from the places of the next window', find: 'ahead_q && !rows_store_o', put: 'ahead_q' },
    { what: 'loads the next window before the one in work has its rows', find: ' && !own_q', put: '' },
    { what: 'forgets that the window that begins needs its LOAD', find: "      own_q   <= 1'b1;\n", put: '' },
    { what: 'loads ahead behind an abort', find: "own_q        <= 1'b1", put: "if (rst_i) own_q <= 1'b1" },
    { what: 'loads a window that is not formed', find: ' && next_valid_i', put: '' },
    { what: 'loads ahead over a STORE that waits', find: ' && !asked_q', put: '' },
    { what: 'loads ahead before a STORE that comes in that cycle', find: ' && !start_rows_i', put: '' },
    { what: 'loads rows again', find: 'next_valid_i && (have_q == NONE)', put: 'next_valid_i' },
    { what: 'loads rows again for their LOAD', find: 'asked_load && (have_q == NONE)', put: 'asked_load' },
    { what: 'stores while it loads', find: '(work_q == FREE) && asked_q && store_q', put: 'asked_q && store_q' },
    { what: 'answers a LOAD whose rows are coming', find: 'asked_load && (have_q == IN)', put: 'asked_load && (have_q != NONE)' },
    { what: 'answers a STORE when a load is done', find: '(work_q == STORING) && rows_done_i', put: 'rows_done_i' },
    { what: 'takes a STORE for a load', find: 'if (work_q == LOADING) have_q', put: 'have_q' },
    { what: 'answers a LOAD with rows of the window before', find: 'have_q <= NONE;\n      own_q', put: 'own_q' },
    { what: 'keeps rows over an abort', find: 'have_q       <= NONE', put: 'if (rst_i) have_q <= NONE' },
    { what: 'starts rows after an abort', find: "rows_start_o <= 1'b0", put: "if (rst_i) rows_start_o <= 1'b0" },
    { what: 'answers an instruction that was aborted', find: "done_o       <= 1'b0", put: "if (rst_i) done_o <= 1'b0" },
    { what: 'waits for rows that were aborted', find: 'work_q       <= FREE', put: 'if (rst_i) work_q <= FREE' },
    { what: 'keeps an error over an abort', find: "failed_q     <= 1'b0", put: "if (rst_i) failed_q <= 1'b0" },
    { what: 'blames the window in work for the next', find: '!ahead_q && (fails || failed_q)', put: 'fails || failed_q' },
    { what: 'forgets an error when the window begins', find: '(fails || failed_q)', put: 'fails' },
    { what: 'blames the last of several segments', find: 'fails && !failed_q', put: 'fails' },
    { what: 'blames the segment that is read when the window begins', find: 'failed_q ? cause_q : rows_segment_i', put: 'rows_segment_i' },
    { what: 'goes on for the next window when that has begun', find: "      ahead_q <= 1'b0;\n", put: '' },
    { what: 'takes its own load for that of the next window', find: 'ahead_q <= take_next', put: "ahead_q <= 1'b1" },
    { what: 'loads rows as long as the instruction in work says', find: 'rows_store_o ? outer_i : outer_q', put: 'outer_i' },
    { what: 'stores features of the LOAD', find: 'rows_store_o ? base_i : base_q', put: 'base_q' },
    { what: 'takes a STORE for the LOAD of the program', find: 'if (!store_i) begin', put: 'begin' },
    {
      what: 'forgets that what failed was a CRC',
      find: 'failed_q ? failed_crc_q : rows_crc_bad_i',
      put: "failed_q ? 1'b0 : rows_crc_bad_i",
    },
    { what: 'takes a bus error for a CRC when both come', find: 'failed_crc_q <= !rows_error_i', put: 'failed_crc_q <= rows_crc_bad_i' },
    { what: 'keeps no CRC that failed before its window began', find: 'rows_error_i || rows_crc_bad_i;', put: 'rows_error_i;' },
    {
      what: 'blames the window in work for the CRC of the next',
      find: '!ahead_q && (failed_q ? failed_crc_q',
      put: '(failed_q ? failed_crc_q',
    },
  ],
});
