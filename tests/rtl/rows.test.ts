import { widths } from '../../generator/contract/widths.js';
import { derive } from '../../generator/params/derived.js';
import type { Params } from '../../generator/params/fields.js';
import { makeParams } from '../../generator/params/params.js';
import { largestOutput } from '../../generator/golden/load-store.js';
import { crc32 } from '../../generator/rtl/crc32.js';
import { renderUnit } from '../../generator/rtl/render.js';
import { coreUnits } from '../../generator/rtl/core-units.js';
import { rowsInMemory } from '../support/core-files.js';
import { describeUnit, join, makeRandom, pack, paces, type Bench, type Random } from '../support/unit-bench.js';

interface Shape {
  readonly slices: number;
  readonly lanes: number;
  readonly passes: number;
  readonly segments: number;
  readonly busBytes: number;
  readonly directions: 1 | 2;
  readonly windowBuffers: 1 | 2;
  readonly rowCrc: 0 | 1;
  readonly extraStages: 0 | 1;
}

/** A request and where it lies. */
interface Segment {
  readonly first: number;
  readonly position: number;
  readonly length: number;
}

/**
 * Segments in any order of places: short ones behind what lies in a slice, long ones from the begin of an empty slice on, whose last
 * slice is open to others. Slice 0 holds the first one. Now and then slices stay empty.
 */
function makeWindow(random: Random, { slices, lanes, passes, segments }: Shape): { window: Segment[]; fill: number[] } {
  const sliceTokens = lanes * passes;
  const fill = Array<number>(slices).fill(0);
  const window: Segment[] = [];
  const short = random.below(2) === 0 ? Math.min(3, sliceTokens) : sliceTokens;
  const tries = 1 + random.below(3 * segments);
  for (let n = 0; n < tries && window.length < segments; n++) {
    const first = n === 0 ? 0 : random.below(slices);
    const most = fill.slice(first).findIndex((tokens) => tokens > 0);
    const empty = most < 0 ? slices - first : most;
    const long = empty > 1 && random.below(3) === 0;
    const length = long ? sliceTokens + 1 + random.below((empty - 1) * sliceTokens) : 1 + random.below(short);
    const position = fill[first]!;
    if (!long && position + length > sliceTokens) continue;
    window.push({ first, position, length });
    for (let left = length, slice = first; left > 0; left -= sliceTokens, slice++) fill[slice]! += Math.min(left, sliceTokens);
  }
  return { window, fill };
}

/** Tiles that hold one of the first `rows` tokens of each segment. */
function tilesOf(window: readonly Segment[], { lanes, passes }: Shape, rows: (segment: Segment) => number): number {
  const tiles = window.flatMap((segment) =>
    Array.from({ length: rows(segment) }, (_, row) => Math.floor((segment.first * lanes * passes + segment.position + row) / lanes)),
  );
  return new Set(tiles).size;
}

const units = ['rows', 'fifo', 'trf', 'rotator', 'turned_stage', 'turner', 'ram_1r1w', 'crc32'];
const loads = 14;
/** Cycles from a request for rows to their first beat. */
const latency = 40;
/** Segments that are asked for before the first of them is done. */
const askedFor = 4;

/** What a window is asked to do, beside its segments. */
interface Work {
  readonly outer: number;
  readonly base: number;
  readonly firstRow: boolean;
  readonly best: boolean;
  /** Segment in whose rows one bit is wrong. */
  readonly spoilt: number | undefined;
}

/** Memory before and after all windows, and what the unit is told of each of them. */
class RowsRuns {
  readonly before: number[] = [];
  readonly after: number[] = [];
  readonly vectors: string[] = [];
  /** Words of a turner, where the register file has one direction. */
  readonly turner: number;

  constructor(
    private readonly shape: Shape,
    private readonly params: Params,
    private readonly random: Random,
  ) {
    this.turner = shape.directions === 1 ? Math.max(shape.lanes, shape.busBytes) : 0;
  }

  /** One window, loaded and then stored; one bit of its rows, of their padding or of their CRC is wrong, if it may be. */
  add(mayBeWrong: boolean): void {
    const { random, shape } = this;
    const { window, fill } = makeWindow(random, shape);
    const outer = 1 + random.below(40);
    const base = random.below(50);
    const firstRow = random.below(3) === 0;
    const best = random.below(2) === 0;
    // Few different numbers, so that the largest is there more than once.
    const spread = best && random.below(2) === 0 ? 3 : 256;
    const spoilt = mayBeWrong ? random.below(window.length) : undefined;
    const work = { outer, base, firstRow, best, spoilt };
    const places = window.map((segment, r) => this.placeSegment(segment, work, spread, spoilt === r));
    for (const store of [false, true]) this.vectors.push(this.vectorOf(window, fill, places, work, store));
  }

  /** Rows of a segment and room for its outputs, as memory has them before and after. */
  private placeSegment({ length }: Segment, { outer, firstRow, best }: Work, spread: number, spoil: boolean) {
    const { random, params } = this;
    const { busBytes } = this.shape;
    const rows = Int8Array.from({ length: length * outer }, () => random.below(spread));
    const there = rowsInMemory(rows, outer, params);
    const stride = Math.ceil(outer / busBytes) * busBytes;
    // Of all its bits, those of the last beat as often as those of the others.
    const last = random.below(2) === 0;
    const bit = last ? 8 * (there.length - busBytes) + random.below(8 * busBytes) : random.below(8 * there.length);
    if (spoil) there[bit >> 3]! ^= 1 << (bit & 7);
    const seen = Int8Array.from(rows, (_, i) => there[Math.floor(i / outer) * stride + (i % outer)]!);
    const stored = firstRow ? seen.subarray(0, outer) : seen;
    const indices = Int8Array.from(
      Array.from({ length: stored.length / outer }, (_, t) => largestOutput(stored.subarray(t * outer, (t + 1) * outer))).flatMap(
        (index) => [index, 0],
      ),
    );
    const out = best ? rowsInMemory(indices, indices.length, params) : rowsInMemory(stored, outer, params);
    const [input, output] = [this.place(there, there), this.place(new Uint8Array(out.length).fill(0xa5), out)];
    const guard = new Uint8Array(busBytes).fill(0x3c);
    this.place(guard, guard);
    return { input, output };
  }

  private place(here: Uint8Array, then: Uint8Array): number {
    const at = this.before.length;
    this.before.push(...here);
    this.after.push(...then);
    return at;
  }

  private vectorOf(
    window: readonly Segment[],
    fill: readonly number[],
    places: readonly { readonly input: number; readonly output: number }[],
    work: Work,
    store: boolean,
  ): string {
    const { slices, segments } = this.shape;
    const { outer, base, firstRow, best, spoilt } = work;
    const [feature, position] = [widths.FEATURE.bits, widths.POSITION.bits];
    const each = (bits: number, value: (r: number) => number): [number, bigint] => [
      bits * segments,
      join(
        Array.from({ length: segments }, (_, r) => (r < window.length ? value(r) : 0)),
        bits,
      ),
    ];
    const tiles = tilesOf(window, this.shape, (segment) => rowsMoved(segment, work, store));
    return pack([
      [1, store],
      [1, store && firstRow],
      [1, store && best],
      [feature, outer],
      [feature, base],
      [position * slices, join(fill, position)],
      [derive(this.params).segmentBits + 1, window.length],
      each(2, (r) => window[r]!.first),
      each(position, (r) => window[r]!.position),
      each(position, (r) => window[r]!.length),
      each(32, (r) => places[r]!.input),
      each(32, (r) => places[r]!.output),
      [feature, tiles],
      [32, this.cyclesOf(window, work, store, tiles)],
      [segments, store || spoilt === undefined ? 0n : 1n << BigInt(spoilt)],
    ]);
  }

  /** Most cycles: beats and words one by one; a round trip for a few segments, not for each. */
  private cyclesOf(window: readonly Segment[], work: Work, store: boolean, tiles: number): number {
    const { lanes, busBytes, directions, rowCrc } = this.shape;
    const { outer, best } = work;
    const rowBeats = Math.ceil(outer / busBytes);
    const beats = window.reduce((sum, segment) => {
      const rows = rowsMoved(segment, work, store);
      // An index a cycle, then its beat.
      return sum + (store && best ? rows + Math.ceil((2 * rows) / busBytes) : rows * rowBeats) + rowCrc;
    }, 0);
    const trips = store ? 0 : latency * Math.ceil(window.length / askedFor);
    return 10 + trips + beats + 4 * window.length + tiles * (outer + 3 + 2 * this.turner + (directions === 1 ? lanes + 4 : 0));
  }
}

const rowsMoved = ({ length }: Segment, { firstRow }: Work, store: boolean): number => (store && firstRow ? 1 : length);

/** Each window is loaded and stored; of every other window one bit is wrong where rows have a CRC. */
function rowsBench(shape: Shape, seed: number): Bench {
  const { slices, lanes, passes, segments, busBytes, directions, windowBuffers, rowCrc, extraStages } = shape;
  const params = makeParams({
    array: { slices, lanesPerSlice: lanes, passes },
    port: { busBytes, rowCrc },
    registerFile: { directions },
    batcher: { windowBuffers, segments },
    envelope: { width: 40, hidden: 40 },
    timing: { extraStages },
  });
  const runs = new RowsRuns(shape, params, makeRandom(seed));
  for (let load = 0; load < loads; load++) runs.add(rowCrc === 1 && load % 2 === 1);
  const { before, after, vectors, turner } = runs;
  const lines = (bytes: readonly number[]): string[] =>
    Array.from({ length: bytes.length / busBytes }, (_, beat) =>
      bytes
        .slice(beat * busBytes, (beat + 1) * busBytes)
        .reverse()
        .map((byte) => byte.toString(16).padStart(2, '0'))
        .join(''),
    );
  return {
    unit: 'rows',
    models: ['segment_table.v'],
    files: [...coreUnits(params), crc32(params)]
      .filter(({ name }) => units.includes(name))
      .sort((a, b) => units.indexOf(a.name) - units.indexOf(b.name))
      .map((unit) => renderUnit(params.prefix, unit)),
    macros: {
      SLICES: slices,
      SLICE_LANES: lanes,
      PASSES: passes,
      SEGMENTS: segments,
      BUS_BYTES: busBytes,
      BEATS: before.length / busBytes,
      LATENCY: latency,
      FEATURES: turner,
      ...(windowBuffers === 2 && { AHEAD: 1 }),
      ...(rowCrc === 1 && { ROW_CRC: 1 }),
    },
    vectors,
    inputs: { 'memory.hex': lines(before), 'want.hex': lines(after) },
    plusargs: { seed },
    variants: paces,
    cycles: 400_000,
  };
}

describeUnit({
  unit: 'rows',
  shapes: [
    { slices: 4, lanes: 1, passes: 3, segments: 8, busBytes: 4, directions: 2, windowBuffers: 2, rowCrc: 1, extraStages: 1 },
    { slices: 2, lanes: 4, passes: 3, segments: 16, busBytes: 8, directions: 1, windowBuffers: 2, rowCrc: 1, extraStages: 0 },
    { slices: 4, lanes: 8, passes: 2, segments: 32, busBytes: 16, directions: 2, windowBuffers: 1, rowCrc: 0, extraStages: 0 },
    { slices: 1, lanes: 8, passes: 2, segments: 1, busBytes: 64, directions: 2, windowBuffers: 1, rowCrc: 1, extraStages: 1 },
    { slices: 2, lanes: 2, passes: 1, segments: 4, busBytes: 16, directions: 1, windowBuffers: 1, rowCrc: 0, extraStages: 0 },
  ],
  makeBench: rowsBench,
  mutants: [
    { what: 'takes the last of the largest', find: '(number > largest)', put: '(number >= largest)' },
    { what: 'compares without a sign', find: 'wire signed [7:0] number', put: 'wire [7:0] number' },
    { what: 'keeps the largest of the tile before', find: "(compare_feature == {FEATURE_BITS{1'b0}}) || (number", put: "1'b0 || (number" },
    {
      what: 'leaves what the beat of indices before held',
      find: "pack_q <= { {(8*BUS_BYTES-FEATURE_BITS){1'b0}}, token_index };",
      put: 'pack_q[11:0] <= token_index;',
    },
    { what: 'leaves it with an extra stage', find: "pack_q[16*h +: 16] <= 16'd0", put: 'pack_q[16*h +: 16] <= pack_q[16*h +: 16]' },
    { what: 'begins a beat for every tile', find: 'full_q   <= segment_end ||', put: 'full_q   <= run_end ||' },
    { what: 'goes on in the beat of the segment before', find: "      half_q   <= {HALF_BITS{1'b0}};\n", put: '' },
    { what: 'ends a segment before its last beat is taken', find: 'pack_sent && packed_q : pack_step', put: 'packed_q : pack_step' },
    { what: 'asks to write whole rows', find: '(store_i && best_i) ? best_beats :', put: '' },
    { what: 'does not compare the CRC', find: 'crc_taken && (rd_data_i != crc_beat)', put: "1'b0" },
    { what: 'compares half of the CRC', find: '(rd_data_i != crc_beat)', put: '(rd_data_i[15:0] != crc_beat[15:0])' },
    {
      what: 'leaves out the first beat of a row',
      find: '.en_i(fill_step || row_sent || pack_sent)',
      put: ".en_i((fill_step && (feature_q != 12'd0)) || row_sent || pack_sent)",
    },
    {
      what: 'leaves out the last token of a tile',
      find: '.en_i(fill_step || row_sent || pack_sent)',
      put: '.en_i((fill_step && !tile_end) || row_sent || pack_sent)',
    },
    {
      what: 'covers the CRC itself',
      find: 'wire                    fill_step = rd_ready_o && rd_valid_i && !crc_q;',
      put: 'wire                    fill_step = rd_ready_o && rd_valid_i;',
    },
    { what: 'goes on from the CRC of the request before', find: '.clear_i(state_q == TAKE)', put: '.clear_i(start_i)' },
    { what: 'begins its CRC anew with every tile', find: '.clear_i(state_q == TAKE)', put: '.clear_i((state_q == TAKE) || run_over)' },
    { what: 'writes the CRC of what memory shows', find: '!store_i ? rd_data_i : best_i ? pack_q : beat_kept', put: 'rd_data_i' },
    { what: 'covers bytes past the row that it does not write', find: 'best_i ? pack_q : beat_kept', put: 'best_i ? pack_q : beat' },
    {
      what: 'covers a beat again while it waits',
      find: '(state_q == SEND) && send_q && wr_ready_i;\n',
      put: '(state_q == SEND) && send_q;\n',
    },
    {
      what: 'asks for no beat of the CRC when it asks row by row',
      find: "{ {(SIZE_BITS-1){1'b0}}, rows_left == ONE_ROW }",
      put: "{SIZE_BITS{1'b0}}",
    },
    { what: 'expects a CRC behind every tile', find: 'if (segment_end && (row_filled', put: 'if (run_end && (row_filled' },
    { what: 'stores all rows where the first is wanted', find: 'one_row_q ? ONE_ROW : found_length_i', put: 'found_length_i' },
    { what: 'stores what lies behind a row', find: 'part_beat && part[b]', put: 'part_beat' },
    { what: 'takes every slice of a request for the first one', find: "if (slice_end) slice_q <= slice_q + 1'b1;", put: '' },
    {
      what: 'waits for a segment before it asks for the next',
      find: '(pick_q == ASK) && queue_ready;',
      put: '(pick_q == ASK) && (state_q == TAKE);',
    },
    { what: 'asks for a segment whose place in the queue is taken', find: '(pick_q == ASK) && queue_ready;', put: '(pick_q == ASK);' },
    { what: 'spreads a tile for each of its segments', find: 'tile_end ? SPREAD : TAKE', put: 'SPREAD' },
    { what: 'spreads a tile that is not full only at its last lane', find: '(token == LAST_LANE) || slice_end', put: 'token == LAST_LANE' },
    { what: 'gathers a tile for each of its segments', find: 'same_tile ? SEND : GATHER', put: 'GATHER' },
    {
      what: 'takes the same pass of another slice for the tile',
      find: '(next_slice == slice_q) && (pass_next == pass)',
      put: 'pass_next == pass',
    },
    {
      what: 'takes another pass of the slice for the tile',
      find: '(next_slice == slice_q) && (pass_next == pass)',
      put: 'next_slice == slice_q',
    },
    { what: 'looks for the next segment in the next slice', find: 'end else pick_q <= FIND;', put: 'end else pick_q <= IDLE;' },
    {
      what: 'goes to slices without tokens',
      find: "behind[1] ? 2'd1 : behind[2] ? 2'd2 : 2'd3",
      put: "find_slice_q + 2'd1",
      shows: { seed: 1000, shape: 2 },
    },
    { what: 'forgets the slices behind a long request', find: "find_slice_q    <= find_slice_q + 1'b1;", put: '' },
    { what: 'looks at a place before its segment is found', find: 'FIND: pick_q <= FOUND;', put: 'FIND: pick_q <= ASK;' },
    {
      what: 'tells the segment that was found last',
      find: 'assign rd_segment_o = segment_q;',
      put: 'assign rd_segment_o = found_segment_i;',
    },
    {
      what: 'writes the map for the segment that was found last',
      find: 'map_wr_segment_o  = segment_q',
      put: 'map_wr_segment_o  = found_segment_i',
    },
    { what: 'writes the map for every beat', find: 'map_wr_en_o       = row_filled', put: 'map_wr_en_o       = fill_step' },
    {
      what: 'asks for a row while the one before is on its way',
      find: "if (asked && ask_row) row_out_q <= 1'b1;",
      put: "if (1'b0) row_out_q <= 1'b1;",
    },
  ],
});
