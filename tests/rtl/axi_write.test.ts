import { widths } from '../../generator/contract/widths.js';
import { makeParams } from '../../generator/params/params.js';
import { axiWrite } from '../../generator/rtl/axi_write.js';
import { fifo } from '../../generator/rtl/fifo.js';
import { ram } from '../../generator/rtl/ram_1r1w.js';
import { describeUnit, makeRandom, pack, render, type Bench } from '../support/unit-bench.js';

interface Shape {
  readonly busBytes: number;
  readonly addressBits: number;
  readonly burstBeats: number;
  readonly outstanding: number;
  readonly tagBits: number;
  readonly latency: number;
  readonly stall: number;
  readonly abort: boolean;
  /** One request a client, each as long as its half of the memory, at full rate. */
  readonly long?: boolean;
}

/** Requests of two clients, long and short, each into its half of a memory with a page boundary in each. */
function writeBench(
  { busBytes, addressBits, burstBeats, outstanding, tagBits, latency, stall, abort, long = false }: Shape,
  seed: number,
): Bench {
  const random = makeRandom(seed);
  const region = 5120 / busBytes;
  const base = 2 ** (addressBits - 2) - 1024;
  const requests = long ? 1 : 48;
  const met = [new Map<number, number>(), new Map<number, number>()];
  const vectors = Array.from({ length: 2 * requests }, (_, i) => {
    const client = Math.floor(i / requests);
    const length = long ? region : 1 + random.below(random.below(2) === 0 ? Math.min(region, 2 * burstBeats + 40) : 8);
    const first = client * region + random.below(region - length + 1);
    for (let beat = first; beat < first + length; beat += 1) met[client]?.set(beat, (met[client]?.get(beat) ?? 0) + 1);
    return pack([
      [widths.SIZE.bits, length],
      [64, BigInt(base + busBytes * first)],
    ]);
  });
  const all = met.flatMap((one) => [...one]);
  const [error = 0] = all.reduce((most, one) => (one[1] > most[1] ? one : most));
  // A beat a cycle, and what it takes to begin and to end; or as long as the slowest memory may take.
  const cycles = long ? 2 * region + 40 : 100_000;
  return {
    unit: 'axi_write',
    files: render(makeParams({ memory: { kind: 'block' } }), axiWrite, fifo, ram),
    models: ['axi_memory.v'],
    vectors,
    cycles: cycles + 2 * region,
    macros: {
      BUS_BYTES: busBytes,
      ADDR_BITS: addressBits,
      BURST_BEATS: burstBeats,
      OUTSTANDING: outstanding,
      TAG_BITS: tagBits,
      BEATS: 2 * region,
      BASE: base,
      REGION: region * busBytes,
      STALL: stall > 0 ? 1 : 0,
      ABORT: abort ? 1 : 0,
      CYCLES: cycles,
      ERRORS_0: met[0]?.get(error) ?? 0,
      ERRORS_1: met[1]?.get(error) ?? 0,
    },
    inputs: { 'memory.hex': Array.from({ length: 2 * region }, () => random.bits(8 * busBytes).toString(16)) },
    plusargs: { seed, stall, latency, latency_random: stall, error_write_at: base + busBytes * error + 1 },
  };
}

const shape: Shape = { busBytes: 8, addressBits: 32, burstBeats: 8, outstanding: 4, tagBits: 5, latency: 5, stall: 5, abort: true };

describeUnit<Shape>({
  unit: 'axi_write',
  shapes: [
    shape,
    { ...shape, abort: false, burstBeats: 4, outstanding: 2 },
    { busBytes: 4, addressBits: 24, burstBeats: 256, outstanding: 1, tagBits: 6, latency: 0, stall: 0, abort: false },
    { busBytes: 64, addressBits: 32, burstBeats: 1, outstanding: 16, tagBits: 4, latency: 30, stall: 9, abort: true },
    { busBytes: 16, addressBits: 32, burstBeats: 16, outstanding: 4, tagBits: 1, latency: 3, stall: 0, abort: false, long: true },
  ],
  makeBench: writeBench,
  mutants: [
    { what: 'lets a burst cross its boundary', find: "BURST_9 - ({ 1'b0, addr[BUS_SHIFT +: 8] } & (BURST_9 - 9'd1))", put: 'BURST_9' },
    { what: 'cuts every burst as short as the first', find: 'room_q     <= BURST_9;', put: '' },
    { what: 'announces a beat too many', find: 'aw_len_q   <= burst_less[7:0]', put: 'aw_len_q   <= burst[7:0]' },
    { what: 'changes an address that waits', find: '(!aw_valid_q || m_axi_awready)', put: "1'b1" },
    { what: 'changes a beat that waits', find: '!w_valid_q || m_axi_wready', put: "1'b1" },
    { what: 'has a burst too many in flight', find: '(flight_q != FULL)', put: "(flight_q != FULL + 1'b1)" },
    { what: 'marks the last beat too late', find: 'w_last_q  <= w_end', put: "w_last_q  <= w_left_q == 9'd0" },
    { what: 'fills a burst up with strobes', find: 'fill ? {BUS_BYTES', put: "1'b0 ? {BUS_BYTES" },
    { what: 'does not fill a burst up', find: '(fill || valid_i[w_client_q])', put: 'valid_i[w_client_q]' },
    { what: 'takes beats of an aborted client', find: '(w_client_q == ME) && !blocked[n]', put: '(w_client_q == ME)' },
    { what: 'goes on with an aborted request', find: "if (blocked[client_q]) left_q <= {SIZE_BITS{1'b0}};", put: '' },
    { what: 'accepts a request during an abort', find: 'req_valid_i & ~blocked', put: 'req_valid_i' },
    {
      what: 'is not pending before the response',
      find: "(bursts_q != {FLIGHT_BITS{1'b0}}) || (working",
      put: "(w_left_q != 9'd0) || (working",
    },
    { what: 'reports errors of an aborted client', find: 'answered_o[n] && (m_axi_bresp', put: 'answered && (m_axi_bresp' },
    { what: 'reports answers of an aborted client', find: 'answered && !blocked[n]', put: 'answered' },
    { what: 'begins a burst over the one before', find: "((w_left_q == 9'd0) || w_end)", put: "1'b1" },
    {
      what: 'tells the tag of the request in work',
      find: '.rd_data_o({ head, answer_tag_o })\n  );',
      put: '.rd_data_o({ head, unread })\n  );\n  wire [TAG_BITS-1:0] unread;\n  assign answer_tag_o = tag_q;',
    },
    {
      what: 'takes the tag of the other client',
      find: 'req_tag_i[TAG_BITS*winner +: TAG_BITS]',
      put: 'req_tag_i[TAG_BITS*!winner +: TAG_BITS]',
    },
    { what: 'takes strobes of the other client', find: 'strb_i[BUS_BYTES*w_client_q', put: 'strb_i[BUS_BYTES*client_q' },
  ],
});
