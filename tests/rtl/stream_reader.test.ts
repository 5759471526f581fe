import { widths } from '../../generator/contract/widths.js';
import { makeParams } from '../../generator/params/params.js';
import { crcOf } from '../../generator/program/manifest.js';
import { axiRead } from '../../generator/rtl/axi_read.js';
import { crc32 } from '../../generator/rtl/crc32.js';
import { fifo } from '../../generator/rtl/fifo.js';
import { ram } from '../../generator/rtl/ram_1r1w.js';
import { streamReader } from '../../generator/rtl/stream_reader.js';
import { describeUnit, join, makeRandom, pack, render, type Bench } from '../support/unit-bench.js';

interface Shape {
  readonly busBytes: number;
  readonly burstBeats: number;
  readonly prefetchBeats: number;
  readonly outstanding: number;
  readonly latency: number;
  readonly stall: number;
  /** The bus error meets the CRC beat. */
  readonly errorInCrc?: true;
  /** Windows; one of them at full rate when nothing stalls. */
  readonly windows: number;
}

const never = 0xffffffff;
const base = 2 ** 30 - 512;

/** Regions anywhere in a memory, with right and wrong CRCs, one bus error, and aborts after any number of beats. */
function readerBench(
  { busBytes, burstBeats, prefetchBeats, outstanding, latency, stall, windows, errorInCrc }: Shape,
  seed: number,
): Bench {
  const random = makeRandom(seed);
  const full = stall === 0;
  const memory: number[][] = [];
  const beat = (): number[] => Array.from({ length: busBytes }, () => random.below(256));
  const crcBeat = (content: readonly number[][], damage: number): number[] => {
    const crc = crcOf(Uint8Array.from(content.flat())) >>> 0;
    const right = Array.from({ length: busBytes }, (_, n) => (n < 4 ? (crc >>> (8 * n)) & 255 : 0));
    return right.map((byte, n) => (n === damage ? byte ^ (1 << random.below(8)) : byte));
  };
  let errorAt = -1;
  const vectors = Array.from({ length: windows }, (_, w) => {
    for (let gap = random.below(4); gap > 0; gap -= 1) memory.push(beat());
    const first = memory.length;
    const kind = full ? 'good' : w === 5 ? 'error' : (['good', 'good', 'bad', 'abort', 'none', 'empty'][random.below(6)] ?? 'good');
    const length = full ? 600 : kind === 'empty' ? 0 : random.below(random.below(2) === 0 ? 4 : 4 * prefetchBeats);
    const content = Array.from({ length: kind === 'error' ? length + 3 : length }, beat);
    memory.push(...content, crcBeat(content, kind === 'bad' ? random.below(busBytes) : -1));
    if (kind === 'error') errorAt = base + busBytes * (first + (errorInCrc ? content.length : random.below(content.length))) + 1;
    const beats = kind === 'none' ? 0 : content.length + 1;
    const outcome = kind === 'error' ? 2 : kind === 'bad' || kind === 'none' ? 1 : 0;
    const abortAfter = kind === 'abort' ? random.below(content.length + 1) : never;
    return pack([
      [2, outcome],
      [32, abortAfter],
      [widths.SIZE.bits, beats],
      [64, base + busBytes * first],
    ]);
  });
  const cycles = full ? memory.length + 40 : 200_000;
  return {
    unit: 'stream_reader',
    models: ['axi_memory.v'],
    vectors,
    cycles,
    files: render(makeParams({ port: { busBytes } }), streamReader, axiRead, crc32, fifo, ram),
    macros: {
      BUS_BYTES: busBytes,
      ADDR_BITS: 32,
      BURST_BEATS: burstBeats,
      PREFETCH_BEATS: prefetchBeats,
      OUTSTANDING: outstanding,
      BEATS: memory.length,
      BASE: base,
      STALL: full ? 0 : 1,
      CYCLES: cycles,
    },
    inputs: { 'memory.hex': memory.map((bytes) => join(bytes, 8).toString(16)) },
    plusargs: { seed, stall, latency, latency_random: stall, ...(errorAt < 0 ? {} : { error_read_at: errorAt }) },
  };
}

describeUnit<Shape>({
  unit: 'stream_reader',
  shapes: [
    { busBytes: 8, burstBeats: 8, prefetchBeats: 16, outstanding: 4, latency: 4, stall: 4, windows: 40, errorInCrc: true },
    { busBytes: 4, burstBeats: 4, prefetchBeats: 4, outstanding: 1, latency: 0, stall: 6, windows: 30 },
    { busBytes: 64, burstBeats: 1, prefetchBeats: 32, outstanding: 16, latency: 20, stall: 2, windows: 20 },
    { busBytes: 16, burstBeats: 16, prefetchBeats: 64, outstanding: 8, latency: 16, stall: 0, windows: 1 },
    { busBytes: 8, burstBeats: 1, prefetchBeats: 64, outstanding: 32, latency: 8, stall: 0, windows: 1 },
    { busBytes: 4, burstBeats: 16, prefetchBeats: 512, outstanding: 8, latency: 4, stall: 1, windows: 5 },
  ],
  makeBench: readerBench,
  mutants: [
    { what: 'asks before there is room', find: '(room >= burst)', put: "(room != {SIZE_BITS{1'b0}})" },
    { what: 'gives back room twice', find: "+ { {(SIZE_BITS-1){1'b0}}, given }", put: "+ { {(SIZE_BITS-2){1'b0}}, given, 1'b0 }" },
    { what: 'asks past its region', find: '(ask_next < most) ? ask_next[8:0] : BURST_9', put: 'BURST_9' },
    { what: 'begins past a boundary', find: '? beats_i[8:0] : to_boundary', put: '? beats_i[8:0] : BURST_9' },
    { what: 'begins past its region', find: "(beats_i < { {(SIZE_BITS-9){1'b0}}, to_boundary }) ?", put: "1'b0 ?" },
    { what: 'hands the CRC on', find: 'valid_i && !is_crc;', put: 'valid_i;' },
    {
      what: 'looks at the low half of the CRC only',
      find: 'crc_good = data_i == {',
      put: 'crc_good = data_i[15:0] == crc_i[15:0] || data_i == {',
    },
    { what: 'does not look at the rest of the CRC beat', find: "data_i == { {(BUS_BITS-32){1'b0}}, crc_i }", put: 'data_i[31:0] == crc_i' },
    { what: 'calls a bus error a wrong CRC', find: '!crc_good && !error_i && !failed_q', put: '!crc_good' },
    { what: 'goes on with the CRC of the window before', find: 'crc_clear_o = start_i', put: 'crc_clear_o = start_i && !begun_q' },
    { what: 'keeps beats through an abort', find: '.rst_i(rst_i || abort_i)', put: '.rst_i(rst_i)' },
    { what: 'asks on after an abort', find: "burst_q     <= 9'd0;", put: '' },
    { what: 'ends with the last beat asked for', find: "(give_q == {SIZE_BITS{1'b0}})", put: "(ask_q == {SIZE_BITS{1'b0}})" },
    { what: 'takes a region of no beats', find: "crc_bad_q <= beats_i == {SIZE_BITS{1'b0}}", put: "crc_bad_q <= 1'b0" },
  ],
});
