import { makeParams } from '../../generator/params/params.js';
import { crc32 } from '../../generator/rtl/crc32.js';
import { renderUnit } from '../../generator/rtl/render.js';
import { coreUnits } from '../../generator/rtl/core-units.js';
import { rowsInMemory } from '../support/core-files.js';
import { describeUnit, join, makeRandom, pack, paces, type Bench, type Random } from '../support/unit-bench.js';

interface Shape {
  readonly slices: number;
  readonly lanes: number;
  readonly passes: number;
  readonly busBytes: number;
  readonly directions: 1 | 2;
  readonly windowBuffers: 1 | 2;
  readonly rowCrc: 0 | 1;
}

interface Request {
  readonly first: number;
  readonly count: number;
  readonly length: number;
}

/** Requests over neighbouring slices, now and then with a hole between them. */
function makeWindow(random: Random, { slices, lanes, passes }: Shape): Request[] {
  const requests: Request[] = [];
  for (let first = 0; first < slices;) {
    const count = 1 + random.below(slices - first);
    const sliceTokens = lanes * passes;
    if (first === 0 || random.below(4) > 0)
      requests.push({ first, count, length: (count - 1) * sliceTokens + 1 + random.below(sliceTokens) });
    first += count;
  }
  return requests;
}

const units = ['rows', 'trf', 'rotator', 'turned_stage', 'turner', 'ram_1r1w', 'crc32'];
const loads = 8;

/** Each window is loaded and stored; of every other window one bit of the rows, of their padding or of their CRC is wrong. */
function rowsBench(shape: Shape, seed: number): Bench {
  const { slices, lanes, passes, busBytes, directions, windowBuffers, rowCrc } = shape;
  const random = makeRandom(seed);
  const params = makeParams({
    array: { slices, lanesPerSlice: lanes, passes },
    port: { busBytes, rowCrc },
    registerFile: { directions },
    batcher: { windowBuffers },
    envelope: { width: 40, hidden: 40 },
  });
  const before: number[] = [];
  const after: number[] = [];
  const place = (here: Uint8Array, then: Uint8Array): number => {
    const at = before.length;
    before.push(...here);
    after.push(...then);
    return at;
  };
  const vectors: string[] = [];
  for (let load = 0; load < loads; load++) {
    const window = makeWindow(random, shape);
    const outer = 1 + random.below(40);
    const base = random.below(50);
    const firstRow = random.below(3) === 0;
    const spoilt = rowCrc === 1 && load % 2 === 1 ? random.below(window.length) : undefined;
    const places = window.map(({ length }, r) => {
      const rows = Int8Array.from({ length: length * outer }, () => random.below(256));
      const there = rowsInMemory(rows, outer, params);
      const stride = Math.ceil(outer / busBytes) * busBytes;
      // Of all its bits, those of the last beat as often as those of the others.
      const last = random.below(2) === 0;
      const bit = last ? 8 * (there.length - busBytes) + random.below(8 * busBytes) : random.below(8 * there.length);
      if (spoilt === r) there[bit >> 3]! ^= 1 << (bit & 7);
      const seen = Int8Array.from(rows, (_, i) => there[Math.floor(i / outer) * stride + (i % outer)]!);
      const out = rowsInMemory(firstRow ? seen.subarray(0, outer) : seen, outer, params);
      const [input, output] = [place(there, there), place(new Uint8Array(out.length).fill(0xa5), out)];
      const guard = new Uint8Array(busBytes).fill(0x3c);
      place(guard, guard);
      return { input, output };
    });
    const fields = (bits: number, value: (r: number) => number): [number, bigint] => [
      bits * slices,
      join(
        Array.from({ length: slices }, (_, s) => {
          const r = window.findIndex(({ first, count }) => s >= first && s < first + count);
          return r < 0 ? 0 : value(r);
        }),
        bits,
      ),
    ];
    for (const store of [false, true]) {
      vectors.push(
        pack([
          [1, store],
          [1, store && firstRow],
          [12, outer],
          [12, base],
          fields(1, () => 1),
          fields(2, (r) => window[r]!.first),
          fields(12, (r) => window[r]!.length),
          fields(32, (r) => places[r]!.input),
          fields(32, (r) => places[r]!.output),
          [slices, store || spoilt === undefined ? 0 : 2 ** window[spoilt]!.first],
        ]),
      );
    }
  }
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
    files: [...coreUnits(params), crc32(params)]
      .filter(({ name }) => units.includes(name))
      .sort((a, b) => units.indexOf(a.name) - units.indexOf(b.name))
      .map((unit) => renderUnit(params.prefix, unit)),
    macros: {
      SLICES: slices,
      SLICE_LANES: lanes,
      PASSES: passes,
      BUS_BYTES: busBytes,
      BEATS: before.length / busBytes,
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
    { slices: 4, lanes: 1, passes: 3, busBytes: 4, directions: 2, windowBuffers: 2, rowCrc: 1 },
    { slices: 2, lanes: 4, passes: 2, busBytes: 8, directions: 1, windowBuffers: 2, rowCrc: 1 },
    { slices: 1, lanes: 8, passes: 2, busBytes: 64, directions: 2, windowBuffers: 1, rowCrc: 1 },
    { slices: 2, lanes: 2, passes: 1, busBytes: 16, directions: 1, windowBuffers: 1, rowCrc: 0 },
  ],
  makeBench: rowsBench,
  mutants: [
    { what: 'does not compare the CRC', find: 'crc_taken && (rd_data_i != crc_beat)', put: "1'b0" },
    { what: 'compares half of the CRC', find: '(rd_data_i != crc_beat)', put: '(rd_data_i[15:0] != crc_beat[15:0])' },
    {
      what: 'leaves out the first beat of a row',
      find: '.en_i(fill || row_sent)',
      put: ".en_i((fill && (feature_q != 12'd0)) || row_sent)",
    },
    { what: 'leaves out the last token of a pass', find: '.en_i(fill || row_sent)', put: '.en_i((fill && !last_token) || row_sent)' },
    {
      what: 'covers the CRC itself',
      find: 'wire                 fill = rd_ready_o && rd_valid_i && !crc_q;',
      put: 'wire                 fill = rd_ready_o && rd_valid_i;',
    },
    { what: 'goes on from the CRC of the request before', find: '.clear_i(state_q == PICK)', put: '.clear_i(start_i)' },
    { what: 'begins its CRC anew with every pass', find: '.clear_i(state_q == PICK)', put: '.clear_i((state_q == PICK) || pass_done)' },
    { what: 'writes the CRC of what memory shows', find: 'store_i ? beat_kept : rd_data_i', put: 'rd_data_i' },
    {
      what: 'covers bytes past the row that it does not write',
      find: 'store_i ? beat_kept : rd_data_i',
      put: 'store_i ? beat : rd_data_i',
    },
    {
      what: 'covers a beat again while it waits',
      find: '(state_q == SEND) && send_q && wr_ready_i;\n',
      put: '(state_q == SEND) && send_q;\n',
    },
    { what: 'asks for no beat of the CRC when it asks row by row', find: "rows_left == 12'd1", put: "1'b0" },
    { what: 'expects a CRC behind every pass', find: 'if (last_rows && ((fill', put: 'if (((fill' },
    { what: 'stores all rows where the first is wanted', find: 'store_i && first_row_i', put: "1'b0" },
    { what: 'stores what lies behind a row', find: '(send_feature_q + BYTE < outer_i)', put: "1'b1" },
    {
      what: 'loads the first pass of a slice again and again',
      find: "last_pass ? {PASS_BITS{1'b0}} : pass_q + 1'b1",
      put: "{PASS_BITS{1'b0}}",
    },
    { what: 'stays in the first slice of a request', find: 'if (last_pass) part_q', put: "if (1'b0) part_q" },
  ],
});
