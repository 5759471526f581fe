import { describe, expect, it } from 'vitest';
import { makeParams } from '../../generator/params/params.js';
import { counters, peCycleCauses, type CounterName } from '../../generator/contract/registers.js';
import { widths } from '../../generator/contract/widths.js';
import { countersUnit } from '../../generator/rtl/counters.js';
import { tally } from '../../generator/rtl/tally.js';
import type { RtlFile } from '../../generator/rtl/render.js';
import { ram } from '../../generator/rtl/ram_1r1w.js';
import { describeUnit, makeRandom, pack, render, type Bench, type Random } from '../support/unit-bench.js';

interface Shape {
  readonly columns: number;
  readonly slices: number;
  readonly lanesPerSlice: number;
  readonly busBytes: number;
  readonly extra: 0 | 1;
  /** What reset and clear leave in every counter. */
  readonly start: bigint;
}

type Sums = Record<CounterName, bigint>;
const sumsOf = (value: bigint): Sums => Object.fromEntries(counters.map((name) => [name, value])) as Sums;
const noSums = (): Sums => sumsOf(0n);
const bits = (largest: number): number => Math.ceil(Math.log2(largest + 1));

/** What a cycle tells the unit. */
interface Cycle {
  readonly read: boolean;
  readonly index: number;
  readonly clear: boolean;
  readonly busy: boolean;
  readonly window: boolean;
  readonly request: boolean;
  readonly admitted: boolean;
  readonly tokens: number;
  /** Beats: read, written, rows in, rows out, descriptor, completion. */
  readonly beat: readonly boolean[];
  readonly loadDone: boolean;
  readonly sectionDone: boolean;
  readonly crc: boolean;
  /** Bytes of a load, three, and of a section, four. */
  readonly bytes: readonly bigint[];
  readonly cause: number;
  readonly mode: number;
  readonly held: number;
  readonly work: number;
  readonly squares: number;
  readonly useful: boolean;
}

const causes = [
  'noWindowPeCycles',
  undefined,
  'weightStreamPeCycles',
  'drainPeCycles',
  'vectorPeCycles',
  'activationsPeCycles',
  'dependencyPeCycles',
] as const;

/** The sums cycle by cycle: a section's bytes are counted a cycle later, a CRC beat when neither they nor those of a load are. */
class Model {
  sums: Sums;
  section: readonly bigint[] = noSection;
  crcWaits = false;
  private readonly start: bigint;

  constructor({ start }: Shape) {
    this.start = start;
    this.sums = sumsOf(start);
  }

  step(cycle: Cycle, { columns, slices, lanesPerSlice, busBytes }: Shape): void {
    const next = noSums();
    const add = (to: CounterName, count: number | bigint, when: boolean): void => {
      if (when) next[to] += BigInt(count);
    };
    this.addTraffic(cycle, busBytes, add);
    addWork(cycle, slices * lanesPerSlice, columns, add);
    for (const one of counters) this.sums[one] += next[one];
    if (cycle.clear) [this.sums, this.section, this.crcWaits] = [sumsOf(this.start), noSection, false];
  }

  private addTraffic(
    { busy, window, request, admitted, tokens, beat, bytes, loadDone, sectionDone, crc }: Cycle,
    busBytes: number,
    add: Add,
  ) {
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
    (['sparseValuesBytes', 'sparseIndicesBytes', 'denseBytes', 'parametersBytes'] as const).forEach((to, i) =>
      add(to, this.section[i]!, true),
    );
    const ended = this.ended();
    this.section = bytes.slice(3).map((count) => (sectionDone ? count : 0n));
    add('parametersBytes', busBytes, this.crcWaits && !loadDone && !ended);
    this.crcWaits = crc || (this.crcWaits && (loadDone || ended));
  }

  /** Whether a section ended a cycle ago. */
  ended(): boolean {
    return this.section.some((count) => count > 0n);
  }
}

const noSection: readonly bigint[] = [0n, 0n, 0n, 0n];

type Add = (to: CounterName, count: number | bigint, when: boolean) => void;

/** PE-cycles by their causes. */
function addWork({ busy, cause, mode, held, work, squares, useful }: Cycle, lanes: number, columns: number, add: Add): void {
  causes.forEach((to, i) => {
    if (to !== undefined) add(to, lanes * columns, busy && cause === i);
  });
  const issue = busy && cause === 1;
  add(mode === 1 ? 'sparsePeCycles' : mode >= 3 ? 'maskedKeysPeCycles' : 'densePeCycles', work, issue);
  add('attentionPeCycles', squares, busy && useful);
  add('maskedKeysPeCycles', -squares, busy && useful);
  add('paddingLanesPeCycles', (lanes - held) * columns, issue);
  add('paddingColumnsPeCycles', held * columns - work, issue);
}

/** A cycle that the unit may see: no read right behind a read, no end of a load or CRC beat where another waits. */
function randomCycle(random: Random, n: number, wasRead: boolean, model: Model, { columns, slices, lanesPerSlice }: Shape): Cycle {
  const flag = (one: number): boolean => random.below(one) === 0;
  const read = !wasRead && flag(2);
  const index = random.below(counters.length);
  const clear = flag(400);
  const busy = random.below(200) > n % 100;
  const [window, request, admitted] = [flag(5), flag(5), flag(5)];
  const tokens = Number(random.bits(widths.POSITION.bits));
  const beat = Array.from({ length: 6 }, () => flag(2));
  const loadDone: boolean = !model.ended() && flag(10);
  const sectionDone = flag(10);
  const crc: boolean = !model.crcWaits && flag(10);
  const bytes = Array.from({ length: 7 }, () => random.bits(26) + 1n);
  const cause = random.below(7);
  const mode = random.below(5);
  const held = random.below(slices * lanesPerSlice + 1);
  const work = random.below(held * columns + 1);
  // Whatever the order of both: the sum of masked keys may go below what it was.
  const squares = Number(random.bits(widths.SQUARES.bits));
  const useful = flag(4);
  const of = { window, request, admitted, tokens, beat, loadDone, sectionDone, crc, bytes };
  return { read, index, clear, busy, ...of, cause, mode, held, work, squares, useful };
}

function vectorOf(cycle: Cycle, sums: Sums, lanes: number, columns: number): string {
  const { bytes, cause } = cycle;
  return pack([
    [64, BigInt.asUintN(64, sums[counters[cycle.index]!])],
    [1, cycle.read],
    [5, cycle.index],
    [1, cycle.clear],
    [1, cycle.busy],
    [1, cycle.window],
    [1, cycle.request],
    [1, cycle.admitted],
    [widths.POSITION.bits, cycle.tokens],
    ...cycle.beat.map((on) => [1, on] as const),
    [1, cycle.loadDone],
    ...bytes.slice(0, 3).map((count) => [32, count] as const),
    [1, cycle.sectionDone],
    ...bytes.slice(3).map((count) => [32, count] as const),
    [1, cycle.crc],
    [1, cause === 1],
    [3, cycle.mode],
    [bits(lanes), cycle.held],
    [bits(lanes * columns), cycle.work],
    [1, cycle.useful],
    [widths.SQUARES.bits, cycle.squares],
    ...[2, 3, 4, 5, 6].map((wait) => [1, cause === wait] as const),
  ]);
}

/** Random cycles as vectors of the bench, and the sums behind the last. */
function makeCycles(shape: Shape, seed: number): { vectors: string[]; last: Sums } {
  const random = makeRandom(seed);
  const model = new Model(shape);
  const vectors: string[] = [];
  let read = false;
  for (let n = 0; n < 2500; n++) {
    const cycle = randomCycle(random, n, read, model, shape);
    const before = { ...model.sums };
    model.step(cycle, shape);
    // With extra stages a counter is taken in the cycle behind the read.
    const seen = shape.extra === 1 ? model.sums : before;
    vectors.push(vectorOf(cycle, seen, shape.slices * shape.lanesPerSlice, shape.columns));
    read = cycle.read;
  }
  return { vectors, last: model.sums };
}

/** The unit with other first values: a counter reaches 2^32 in no bench by itself. */
function startingAt(file: RtlFile, start: bigint): RtlFile {
  const low = BigInt.asUintN(32, start);
  return {
    ...file,
    text: file.text.replace("low_held : 32'd0", `low_held : 32'd${low}`).replace("high_held : 32'd0", `high_held : 32'd${start >> 32n}`),
  };
}

function countersBench(shape: Shape, seed: number): Bench {
  const { columns, slices, lanesPerSlice, busBytes, extra } = shape;
  const params = makeParams({ array: { columns, slices, lanesPerSlice, passes: 4 }, port: { busBytes }, timing: { extraStages: extra } });
  return {
    unit: 'counters',
    files: render(params, countersUnit, tally, ram).map((file) => startingAt(file, shape.start)),
    macros: { COLUMNS: columns, LANES: slices * lanesPerSlice, BUS_BYTES: busBytes, EXTRA_STAGES: extra },
    vectors: makeCycles(shape, seed).vectors,
  };
}

describeUnit({
  unit: 'counters',
  shapes: [
    { columns: 8, slices: 4, lanesPerSlice: 32, busBytes: 16, extra: 0, start: 0n },
    { columns: 2, slices: 1, lanesPerSlice: 1, busBytes: 4, extra: 1, start: 2n ** 32n - 10n },
    { columns: 32, slices: 2, lanesPerSlice: 4, busBytes: 64, extra: 0, start: 2n ** 48n - 10n },
    { columns: 4, slices: 2, lanesPerSlice: 1, busBytes: 8, extra: 1, start: 2n ** 32n - 10n },
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
    { what: 'borrows nothing', find: 'borrow_q       <= sum_came[32]', put: "borrow_q       <= 1'b0" },
    { what: 'keeps the high half in the place of another', find: '.wr_addr_i(slot_q)', put: '.wr_addr_i(sum_slot)' },
    { what: 'leaves out what came last', find: '{ high, low[31:0] }', put: '{ high, low_held }' },
    { what: 'takes a tally in the turn of another', find: 'take_tokens = slot == 3', put: 'take_tokens = slot == 4' },
    { what: 'keeps sums when cleared', find: 'if (clear) begun_q', put: 'if (rst_i) begun_q' },
    { what: 'keeps the high half when cleared', find: 'old_q          <= begun_q[sum_slot]', put: "old_q          <= 1'b1" },
    {
      what: 'clears windows at reset alone',
      find: 'u_windows (\n    .clk_i(clk_i), .clear_i(clear)',
      put: 'u_windows (\n    .clk_i(clk_i), .clear_i(rst_i)',
    },
    { what: 'counts what came before a clear', find: "clear ? 33'd0 : came", put: 'came' },
    { what: 'shows one cause as another', find: '.sum_o(drain_pe_cycles)', put: '.sum_o(vector_pe_cycles)' },
  ],
});

describe('PE-cycles', () => {
  it.each([1, 2, 3, 4])('add up to all cycles of the array: seed %i', (seed) => {
    const { last } = makeCycles({ columns: 8, slices: 4, lanesPerSlice: 2, busBytes: 16, extra: 0, start: 0n }, seed);
    const sum = peCycleCauses.reduce((total, cause) => total + last[`${cause}PeCycles`], 0n);
    expect(sum).toBe(last.cycles * 64n);
    expect(sum).toBeGreaterThan(0n);
  });
});
