import { widths } from '../../generator/contract/widths.js';
import { makeParams } from '../../generator/params/params.js';
import { axiRead } from '../../generator/rtl/axi_read.js';
import { fifo } from '../../generator/rtl/fifo.js';
import { ram } from '../../generator/rtl/ram_1r1w.js';
import { describeUnit, makeRandom, pack, render, type Bench } from '../support/unit-bench.js';

interface Shape {
  readonly busBytes: number;
  readonly addressBits: number;
  readonly burstBeats: number;
  readonly outstanding: number;
  readonly latency: number;
  readonly stall: number;
  readonly abort: boolean;
  /** One request a client, each as long as the memory, at full rate. */
  readonly long?: boolean;
}

/** Requests of four clients, long and short; each keeps to a part of the memory that has a page boundary in it. */
function readBench({ busBytes, addressBits, burstBeats, outstanding, latency, stall, abort, long = false }: Shape, seed: number): Bench {
  const random = makeRandom(seed);
  const region = 5120 / busBytes;
  const base = 2 ** (addressBits - 2) - 1024;
  const requests = long ? 1 : 32;
  const met = new Map<number, number>();
  const vectors = Array.from({ length: 4 * requests }, (_, i) => {
    const length = long ? region : 1 + random.below(random.below(2) === 0 ? Math.min(region, 2 * burstBeats + 40) : 8);
    const first = Math.floor(i / requests) * region + random.below(region - length + 1);
    for (let beat = first; beat < first + length; beat += 1) met.set(beat, (met.get(beat) ?? 0) + 1);
    return pack([
      [widths.SIZE.bits, length],
      [64, BigInt(base + busBytes * first)],
    ]);
  });
  const [error = 0] = [...met].reduce((most, one) => (one[1] > most[1] ? one : most));
  // A beat a cycle, and what it takes to begin; or as long as the slowest memory may take.
  const cycles = long ? 4 * region + 20 : 100_000;
  return {
    unit: 'axi_read',
    files: render(makeParams({ memory: { kind: 'block' } }), axiRead, fifo, ram),
    models: ['axi_memory.v'],
    vectors,
    cycles,
    macros: {
      BUS_BYTES: busBytes,
      ADDR_BITS: addressBits,
      BURST_BEATS: burstBeats,
      OUTSTANDING: outstanding,
      BEATS: 4 * region,
      BASE: base,
      REGION: region * busBytes,
      STALL: stall > 0 ? 1 : 0,
      ABORT: abort ? 1 : 0,
      CYCLES: cycles,
    },
    inputs: { 'memory.hex': Array.from({ length: 4 * region }, () => random.bits(8 * busBytes).toString(16)) },
    plusargs: { seed, stall, latency, latency_random: stall, error_read_at: base + busBytes * error + 1 },
  };
}

const shape: Shape = { busBytes: 8, addressBits: 32, burstBeats: 8, outstanding: 4, latency: 5, stall: 5, abort: true };

describeUnit<Shape>({
  unit: 'axi_read',
  shapes: [
    shape,
    { busBytes: 4, addressBits: 24, burstBeats: 256, outstanding: 1, latency: 0, stall: 0, abort: false },
    { busBytes: 64, addressBits: 32, burstBeats: 1, outstanding: 16, latency: 30, stall: 9, abort: true },
    { busBytes: 16, addressBits: 32, burstBeats: 16, outstanding: 8, latency: 3, stall: 0, abort: false, long: true },
    { busBytes: 4, addressBits: 32, burstBeats: 1, outstanding: 8, latency: 3, stall: 0, abort: false, long: true },
  ],
  makeBench: readBench,
  mutants: [
    { what: 'lets a burst cross its boundary', find: "BURST_9 - ({ 1'b0, addr[BUS_SHIFT +: 8] } & (BURST_9 - 9'd1))", put: 'BURST_9' },
    { what: 'cuts every burst as short as the first', find: 'room_q     <= BURST_9;', put: '' },
    { what: 'asks for a beat too many', find: 'ar_len_q   <= burst_less[7:0]', put: 'ar_len_q   <= burst[7:0]' },
    { what: 'changes an address that waits', find: '&& (!ar_valid_q || m_axi_arready);', put: ';' },
    { what: 'has a burst too many in flight', find: '(flight_q != FULL)', put: "(flight_q != FULL + 1'b1)" },
    { what: 'routes beats to whoever asks now', find: '.rd_data_o(head)', put: '.rd_data_o()' },
    { what: 'hands on beats after an abort', find: '(head == ME) && !blocked[n];', put: '(head == ME) && !abort_i[n];' },
    { what: 'goes on with an aborted request', find: "if (blocked[client_q]) left_q <= {SIZE_BITS{1'b0}};", put: '' },
    { what: 'waits for an aborted client', find: '(ready_i[head] || blocked[head])', put: 'ready_i[head]' },
    { what: 'accepts a request during an abort', find: 'req_valid_i & ~blocked', put: 'req_valid_i' },
    { what: 'is idle with beats in flight', find: "(bursts_q == {FLIGHT_BITS{1'b0}}) && !", put: '!' },
    { what: 'takes every answer for good', find: "m_axi_rresp != 2'd0", put: "1'b0" },
  ],
});
