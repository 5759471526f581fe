import { describe, expect, it } from 'vitest';
import { makeParams } from '../../generator/params/params.js';
import { counters, peCycleCauses, type CounterName } from '../../generator/contract/registers.js';
import { countersUnit } from '../../generator/rtl/counters.js';
import { tally } from '../../generator/rtl/tally.js';
import type { RtlFile } from '../../generator/rtl/render.js';
import { describeUnit, makeRandom, pack, render, type Bench } from '../support/unit-bench.js';

interface Shape {
  readonly columns: number;
  readonly slices: number;
  readonly lanesPerSlice: number;
  readonly busBytes: number;
  /** What reset and clear leave in every counter. */
  readonly start: bigint;
}

type Sums = Record<CounterName, bigint>;
const sumsOf = (value: bigint): Sums => Object.fromEntries(counters.map((name) => [name, value])) as Sums;
const noSums = (): Sums => sumsOf(0n);
const bits = (largest: number): number => Math.ceil(Math.log2(largest + 1));

/** Random cycles, the sums after each, and what a vector of the bench holds. */
function makeCycles({ columns, slices, lanesPerSlice, busBytes, start }: Shape, seed: number): { vectors: string[]; last: Sums } {
  const random = makeRandom(seed);
  const lanes = slices * lanesPerSlice;
  const flag = (one: number): boolean => random.below(one) === 0;
  const vectors: string[] = [];
  let sums = sumsOf(start);
  // A section's bytes a cycle before they are counted; a CRC beat until neither they nor those of a load are.
  let read = false;
  let crcWaits: boolean = false;
  let section: readonly bigint[] = [0n, 0n, 0n, 0n];
  for (let n = 0; n < 2500; n++) {
    read = !read && flag(2);
    const index = random.below(counters.length);
    const clear = flag(400);
    const busy = random.below(200) > n % 100;
    const [window, request, admitted] = [flag(5), flag(5), flag(5)];
    const tokens = Number(random.bits(12));
    const beat = Array.from({ length: 6 }, () => flag(2));
    const ended = section.some((count) => count > 0n);
    const loadDone: boolean = !ended && flag(10);
    const sectionDone = flag(10);
    const crc: boolean = !crcWaits && flag(10);
    const bytes = Array.from({ length: 7 }, () => random.bits(26) + 1n);
    const cause = random.below(7);
    const mode = random.below(5);
    const held = random.below(lanes + 1);
    const work = random.below(held * columns + 1);
    // Whatever the order of both: the sum of masked keys may go below what it was.
    const squares = Number(random.bits(24));
    const useful = flag(4);
    const name = counters[index]!;
    vectors.push(
      pack([
        [64, BigInt.asUintN(64, sums[name])],
        [1, read],
        [5, index],
        [1, clear],
        [1, busy],
        [1, window],
        [1, request],
        [1, admitted],
        [12, tokens],
        ...beat.map((on) => [1, on] as const),
        [1, loadDone],
        ...bytes.slice(0, 3).map((count) => [32, count] as const),
        [1, sectionDone],
        ...bytes.slice(3).map((count) => [32, count] as const),
        [1, crc],
        [1, cause === 1],
        [3, mode],
        [bits(lanes), held],
        [bits(lanes * columns), work],
        [1, useful],
        [24, squares],
        ...[2, 3, 4, 5, 6].map((wait) => [1, cause === wait] as const),
      ]),
    );

    const next = noSums();
    const add = (to: CounterName, count: number | bigint, when: boolean): void => {
      if (when) next[to] += BigInt(count);
    };
    add('cycles', 1, busy);
    add('windows', 1, window);
    add('requests', 1, request);
    add('tokens', tokens, admitted);
    add('readBeats', 1, beat[0]!);
    add('writeBeats', 1, beat[1]!);
    add('activationsInBytes', busBytes, beat[2]!);
    add('activationsOutBytes', busBytes, beat[3]!);
    add('descriptorsBytes', busBytes, beat[4]!);
    add('descriptorsBytes', busBytes, beat[5]!);
    (['programBytes', 'codebooksBytes', 'parametersBytes'] as const).forEach((to, i) => add(to, bytes[i]!, loadDone));
    (['sparseValuesBytes', 'sparseIndicesBytes', 'denseBytes', 'parametersBytes'] as const).forEach((to, i) => add(to, section[i]!, true));
    section = bytes.slice(3).map((count) => (sectionDone ? count : 0n));
    add('parametersBytes', busBytes, crcWaits && !loadDone && !ended);
    crcWaits = crc || (crcWaits && (loadDone || ended));
    const all = lanes * columns;
    (
      [
        'noWindowPeCycles',
        undefined,
        'weightStreamPeCycles',
        'drainPeCycles',
        'vectorPeCycles',
        'activationsPeCycles',
        'dependencyPeCycles',
      ] as const
    ).forEach((to, i) => {
      if (to !== undefined) add(to, all, busy && cause === i);
    });
    const issue = busy && cause === 1;
    add(mode === 1 ? 'sparsePeCycles' : mode >= 3 ? 'maskedKeysPeCycles' : 'densePeCycles', work, issue);
    add('attentionPeCycles', squares, busy && useful);
    add('maskedKeysPeCycles', -squares, busy && useful);
    add('paddingLanesPeCycles', (lanes - held) * columns, issue);
    add('paddingColumnsPeCycles', held * columns - work, issue);
    for (const one of counters) sums[one] += next[one];
    if (clear) [sums, section, crcWaits] = [sumsOf(start), [0n, 0n, 0n, 0n], false];
  }
  return { vectors, last: sums };
}

/** The unit with other first values: a counter reaches 2^32 in no bench by itself. */
function startingAt(file: RtlFile, start: bigint): RtlFile {
  const low = BigInt.asUintN(32, start);
  return {
    ...file,
    text: file.text
      .replace("low_q[slot] : 32'd0", `low_q[slot] : 32'd${low}`)
      .replace("high_q[slot_q] : 32'd0", `high_q[slot_q] : 32'd${start >> 32n}`),
  };
}

function countersBench(shape: Shape, seed: number): Bench {
  const { columns, slices, lanesPerSlice, busBytes } = shape;
  const params = makeParams({ array: { columns, slices, lanesPerSlice, passes: 4 }, port: { busBytes } });
  return {
    unit: 'counters',
    files: render(params, countersUnit, tally).map((file) => startingAt(file, shape.start)),
    macros: { COLUMNS: columns, LANES: slices * lanesPerSlice, BUS_BYTES: busBytes },
    vectors: makeCycles(shape, seed).vectors,
  };
}

describeUnit({
  unit: 'counters',
  shapes: [
    { columns: 8, slices: 4, lanesPerSlice: 32, busBytes: 16, start: 0n },
    { columns: 2, slices: 1, lanesPerSlice: 1, busBytes: 4, start: 2n ** 32n - 10n },
    { columns: 32, slices: 2, lanesPerSlice: 4, busBytes: 64, start: 2n ** 48n - 10n },
  ],
  makeBench: countersBench,
  mutants: [
    { what: 'counts a cycle without a request', find: '.en_i(busy_i)', put: ".en_i(1'b1)" },
    { what: 'puts scores to sparse work', find: 'mode_i >= MODE_SCORES', put: 'mode_i > MODE_SCORES' },
    { what: 'counts lanes without a token as work', find: '.add_i(ALL - held)', put: '.add_i(ALL - ALL)' },
    { what: 'gives a cycle of the drain to nothing, too', find: '|| wait_drain_i', put: '' },
    {
      what: 'forgets one of two beats in a cycle',
      find: '{ descriptor_beat_i && completion_beat_i, descriptor_beat_i != completion_beat_i }',
      put: "{ 1'b0, descriptor_beat_i || completion_beat_i }",
    },
    { what: 'forgets the CRC of a region', find: 'section_done_q || crc_beat_q)', put: 'section_done_q)' },
    { what: 'forgets the CRC that comes with a section', find: '(crc_beat_q && !crc_beat)', put: "1'b0" },
    { what: 'takes what was useful from nothing', find: ', .SIGNED(1)', put: '' },
    { what: 'counts useful pieces of no request', find: '= busy_i && useful_i;', put: '= useful_i;' },
    { what: 'leaves useful work among masked keys', find: " - { 1'b0, useful }", put: '' },
    { what: 'counts with 32 bits', find: '{ {31{borrow_q && !carry_q}}, borrow_q != carry_q }', put: "32'd0" },
    { what: 'borrows nothing', find: 'borrow_q       <= came[32]', put: "borrow_q       <= 1'b0" },
    { what: 'keeps the high half in the place of another', find: 'high_q[slot_q] <= high', put: 'high_q[slot] <= high' },
    { what: 'leaves out what came last', find: '{ high, low[31:0] }', put: '{ high, low_q[slot] }' },
    { what: 'takes a tally in the turn of another', find: "take_tokens = slot == 5'd3", put: "take_tokens = slot == 5'd4" },
    { what: 'keeps sums when cleared', find: 'if (clear) begun_q', put: 'if (rst_i) begun_q' },
    { what: 'keeps the high half when cleared', find: 'old_q          <= begun_q[slot]', put: "old_q          <= 1'b1" },
    {
      what: 'clears windows at reset alone',
      find: 'u_windows (\n    .clk_i(clk_i), .clear_i(clear)',
      put: 'u_windows (\n    .clk_i(clk_i), .clear_i(rst_i)',
    },
    { what: 'shows one cause as another', find: '.sum_o(drain_pe_cycles)', put: '.sum_o(vector_pe_cycles)' },
  ],
});

describe('PE-cycles', () => {
  it.each([1, 2, 3, 4])('add up to all cycles of the array: seed %i', (seed) => {
    const { last } = makeCycles({ columns: 8, slices: 4, lanesPerSlice: 2, busBytes: 16, start: 0n }, seed);
    const sum = peCycleCauses.reduce((total, cause) => total + last[`${cause}PeCycles`], 0n);
    expect(sum).toBe(last.cycles * 64n);
    expect(sum).toBeGreaterThan(0n);
  });
});
