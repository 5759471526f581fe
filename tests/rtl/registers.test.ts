import { makeParams } from '../../generator/params/params.js';
import {
  chipId,
  chipVersion,
  completionCodes,
  counterAddress,
  counters,
  registers,
  type Register,
  type RegisterName,
} from '../../generator/contract/registers.js';
import { widths } from '../../generator/contract/widths.js';
import { registersUnit } from '../../generator/rtl/registers.js';
import { describeUnit, makeRandom, pack, paces, render, type Bench, type Random } from '../support/unit-bench.js';

interface Shape {
  readonly busBytes: number;
  readonly addressBits: number;
  readonly extra: 0 | 1;
}

const table = Object.entries(registers) as [RegisterName, Register][];
const okay = 0;
const slaveError = 2;
const wrap = (value: number): number => ((value % 2 ** 32) + 2 ** 32) % 2 ** 32;

interface Inputs {
  readonly loaded: boolean;
  readonly loading: boolean;
  readonly busy: boolean;
  readonly window: boolean;
  readonly resetting: boolean;
  readonly portStuck: boolean;
  readonly head: number;
}

interface Pulses {
  readonly load: boolean;
  readonly clear: boolean;
  readonly reset: boolean;
  readonly watchdogSet: boolean;
}

type Written = Pulses & { readonly response: number };
const noPulses: Pulses = { load: false, clear: false, reset: false, watchdogSet: false };

/** The registers as the document tells them. */
class Model {
  readonly stored = new Map<RegisterName, bigint>();
  irqStatus = 0;
  error = 0;
  tag = 0;
  held = 0n;

  constructor(private readonly shape: Shape) {}

  value(name: RegisterName): bigint {
    return this.stored.get(name) ?? 0n;
  }

  address(name: 'COLD_ADDR' | 'PASS_ADDR' | 'RING_ADDR'): bigint {
    return this.value(`${name}_LOW`) | (this.value(`${name}_HIGH`) << 32n);
  }

  /** Bits that a write may change. */
  private writable(name: RegisterName): bigint {
    const { busBytes, addressBits } = this.shape;
    const address = (1n << BigInt(addressBits)) - 1n;
    if (name.endsWith('_ADDR_HIGH')) return address >> 32n;
    if (name.endsWith('_ADDR_LOW')) return address & 0xffffffffn & -BigInt(name === 'RING_ADDR_LOW' ? Math.max(32, busBytes) : busBytes);
    return Object.values(registers[name].fields as Register['fields'])
      .filter(({ pulse, refused }) => pulse !== true && refused !== true)
      .reduce((mask, { low, bits }) => mask | (((1n << BigInt(bits)) - 1n) << BigInt(low)), 0n);
  }

  write(byte: number, data: bigint, strobes: bigint, { busy, loading, resetting, head }: Inputs): Written {
    const refused = { response: slaveError, ...noPulses };
    const found = table.find(([, { address }]) => address === (byte & ~3));
    if (found === undefined || found[1].access === 'read') return refused;
    const [name, { access, locked }] = found;
    const mask = [0, 1, 2, 3].reduce((bits, n) => bits | (((strobes >> BigInt(n)) & 1n) * (0xffn << BigInt(8 * n))), 0n);
    const next = ((this.value(name) & ~mask) | (data & mask)) & this.writable(name);
    const pulse = (bit: number): boolean => name === 'CONTROL' && ((data & mask) >> BigInt(bit)) % 2n === 1n;
    const load = pulse(registers.CONTROL.fields.load.low);
    const frozen = busy || loading || resetting;
    if (frozen && (locked === true || load)) return refused;
    if (name === 'RING_LOG2' && (next > 16n || ((data & mask) >> 8n) % 2n === 1n)) return refused;
    if (name === 'RING_TAIL') {
      const underWay = wrap(Number(next) - head);
      if (underWay > 2 ** Number(this.value('RING_LOG2')) || underWay < wrap(Number(this.value('RING_TAIL')) - head)) return refused;
    }
    if (access === 'clear') this.irqStatus &= ~Number(data & mask);
    else this.stored.set(name, next);
    const { clear, reset } = registers.CONTROL.fields;
    return { response: okay, load, clear: pulse(clear.low), reset: pulse(reset.low), watchdogSet: name === 'WATCHDOG' };
  }

  /** One cycle of events: their bits, and the latest error. */
  take({ completed, loadDone, loadCode, error, code, tag, stuck, resetDone }: Events): void {
    const bad = error || stuck || (loadDone && loadCode !== 0);
    this.irqStatus |= Number(completed) + 2 * Number(loadDone) + 4 * Number(bad) + 8 * Number(resetDone);
    if (bad) [this.error, this.tag] = stuck ? [completionCodes.portStuck, 0] : error ? [code, tag] : [loadCode, 0];
  }

  /** A soft reset: only the answers on their way stay. */
  reset(): void {
    this.stored.clear();
    [this.irqStatus, this.error, this.tag] = [0, 0, 0];
  }

  read(byte: number, inputs: Inputs): { response: number; data: bigint } {
    const at = byte & ~3;
    const counter = counters.find((name) => counterAddress(name) === (at & ~4));
    if (counter !== undefined) {
      const value = BigInt.asUintN(64, BigInt(counters.indexOf(counter) + 1) * 0x9e3779b97f4a7c15n);
      if ((at & 4) === 4) return { response: okay, data: this.held };
      this.held = value >> 32n;
      return { response: okay, data: value & 0xffffffffn };
    }
    const found = table.find(([, { address }]) => address === at);
    if (found === undefined) return { response: slaveError, data: 0n };
    const params = paramsOf(this.shape);
    const constants: Partial<Record<RegisterName, number>> = {
      ID: chipId,
      VERSION: chipVersion,
      IRQ_STATUS: this.irqStatus,
      ERROR: this.error,
      ERROR_TAG: this.tag,
      RING_HEAD: inputs.head,
      STATUS:
        Number(inputs.loaded) +
        2 * Number(inputs.loading) +
        4 * Number(inputs.busy) +
        8 * Number(inputs.window) +
        16 * Number(inputs.resetting) +
        32 * Number(inputs.portStuck),
      CONFIG_COLUMNS: params.array.columns,
      CONFIG_SLICES: params.array.slices,
      CONFIG_LANES: params.array.lanesPerSlice,
      CONFIG_PASSES: params.array.passes,
      CONFIG_BUS_BYTES: params.port.busBytes,
      CONFIG_WIDTH: params.envelope.width,
      CONFIG_HIDDEN: params.envelope.hidden,
      CONFIG_RANK: params.envelope.rank,
      CONFIG_ROW_CRC: params.port.rowCrc,
      CONFIG_SEGMENTS: params.batcher.segments,
    };
    const constant = constants[found[0]];
    return { response: okay, data: constant === undefined ? this.value(found[0]) : BigInt(constant) };
  }
}

function paramsOf({ busBytes, addressBits, extra }: Shape): ReturnType<typeof makeParams> {
  return makeParams({
    array: { columns: 4, slices: 2, lanesPerSlice: 8, passes: 3 },
    port: { busBytes, addressBits, rowCrc: busBytes === 4 ? 1 : 0 },
    timing: { extraStages: extra },
  });
}

function anyAddress(random: Random): number {
  const kind = random.below(8);
  if (kind === 0) return Number(random.bits(widths.REG_ADDR.bits));
  if (kind <= 2) return 0x100 + 4 * random.below(2 * counters.length + 4);
  if (kind === 3)
    return (['CONTROL', 'IRQ_STATUS', 'IRQ_ENABLE', 'RING_TAIL', 'RING_LOG2'] as const).map((name) => registers[name].address)[
      random.below(5)
    ]!;
  return table[random.below(table.length)]![1].address + (random.below(4) === 0 ? random.below(4) : 0);
}

/** Writes every register that can be written, and then reads it; twice. */
const sweep = [1, 2].flatMap(() =>
  table
    .filter(([, { access }]) => access === 'write')
    .flatMap(([, { address }]) => [
      { address, writes: true },
      { address, writes: false },
    ]),
);

type Flag = (one: number) => boolean;

/** Levels that the unit sees; during the sweep nothing that locks registers. */
function randomInputs(random: Random, flag: Flag, tail: bigint, sweeping: boolean): Inputs {
  return {
    loaded: flag(2),
    loading: !sweeping && flag(8),
    busy: !sweeping && flag(6),
    window: flag(2),
    resetting: !sweeping && flag(12),
    portStuck: flag(2),
    head: wrap(Number(tail) - random.below(20)),
  };
}

interface Events {
  readonly completed: boolean;
  readonly loadDone: boolean;
  readonly loadCode: number;
  readonly error: boolean;
  readonly code: number;
  readonly tag: number;
  readonly stuck: boolean;
  readonly resetDone: boolean;
}

function randomEvents(random: Random, flag: Flag, one: Flag): Events {
  return {
    completed: one(6),
    loadDone: one(6),
    loadCode: flag(2) ? 0 : Number(random.bits(8)),
    error: one(6),
    code: Number(random.bits(8)),
    tag: Number(random.bits(32)),
    stuck: one(8),
    resetDone: one(6),
  };
}

/** What is written to a register: now and then what it refuses. */
function randomData(random: Random, flag: Flag, register: number, tail: bigint): bigint {
  const plain = random.bits(32);
  const { RING_TAIL, RING_LOG2, IRQ_STATUS, IRQ_ENABLE, CONTROL } = registers;
  if (register === RING_TAIL.address) return BigInt(wrap(Number(tail) + random.below(70) - 20));
  if (register === RING_LOG2.address) return plain & ((flag(3) ? 31n : 7n) | (flag(4) ? 0xffffffe0n : 0xfffffe00n));
  const short = ([IRQ_STATUS, IRQ_ENABLE, CONTROL] as const).some(({ address }) => address === register);
  return short ? plain & (flag(3) ? 0x3fn : 0x37n) : plain;
}

type VectorFields = Parameters<typeof pack>[0];

const inputFields = (inputs: Inputs, events: Events, held: boolean): VectorFields => [
  [1, inputs.loaded],
  [1, inputs.loading],
  [1, inputs.busy],
  [1, inputs.window],
  [1, inputs.resetting],
  [1, inputs.portStuck],
  [32, inputs.head],
  [1, events.completed],
  [1, events.loadDone],
  [8, events.loadCode],
  [1, events.error],
  [8, events.code],
  [32, events.tag],
  [1, events.stuck],
  [1, events.resetDone],
  [1, held],
];

const outputFields = (model: Model, addressBits: number): VectorFields => [
  [1, (BigInt(model.irqStatus) & model.value('IRQ_ENABLE')) !== 0n],
  [32, model.value('WATCHDOG')],
  [1, model.value('CONTROL') & 1n],
  [2, model.value('CONTROL') >> 4n],
  [widths.SIZE.bits, model.value('COLD_BEATS')],
  [widths.SIZE.bits, model.value('COLD_INSTRUCTIONS')],
  [4, model.value('COLD_MATRICES')],
  [1, model.value('COLD_MATRICES') >> 8n],
  [1, model.value('COLD_MATRICES') >> 9n],
  ...([7, 6, 5, 4, 3, 2, 1, 0] as const).map((m) => [widths.SIZE.bits, model.value(`COLD_WORDS_${m}`)] as const),
  [widths.SIZE.bits, model.value('PASS_BEATS')],
  [5, model.value('RING_LOG2')],
  [32, model.value('RING_TAIL')],
  [addressBits, model.address('COLD_ADDR')],
  [addressBits, model.address('PASS_ADDR')],
  [addressBits, model.address('RING_ADDR')],
];

/** Transactions with events beside and behind them; at the end the sweep. */
function registersBench(shape: Shape, seed: number): Bench {
  const random = makeRandom(seed);
  const model = new Model(shape);
  const { addressBits, extra } = shape;
  const flag: Flag = (one) => random.below(one) === 0;
  const vectors: string[] = [];
  let cleared: boolean = false; // the transaction before was a write of IRQ_STATUS: what it left is read before another event comes
  const transactions = 1200;
  for (let n = 0; n < transactions + sweep.length; n++) {
    const swept = sweep[n - transactions];
    const inputs = randomInputs(random, flag, model.value('RING_TAIL'), swept !== undefined);
    const events = randomEvents(random, flag, (often) => !cleared && flag(often));
    const held = flag(3);
    model.take(events);
    const op: number = cleared ? 0 : random.below(8);
    const [write, read] = swept === undefined ? [op >= 3, op < 4] : [swept.writes, !swept.writes];
    const at: number = swept !== undefined ? swept.address : cleared ? registers.IRQ_STATUS.address : anyAddress(random);
    const register = at & ~3;
    cleared = write && register === registers.IRQ_STATUS.address;
    const strobes = swept === undefined && flag(3) ? random.bits(4) : 15n;
    const data = randomData(random, flag, register, model.value('RING_TAIL'));
    const seen = write ? { ...model.write(at, data, strobes, inputs), data: 0n } : { ...noPulses, ...model.read(at, inputs) };
    if (held) model.take(events);
    if (seen.reset) model.reset();
    vectors.push(
      pack([
        [1, write],
        [1, read],
        [widths.REG_ADDR.bits, at],
        [32, data],
        [4, strobes],
        [2, seen.response],
        [32, seen.data],
        [1, seen.load],
        [1, seen.clear],
        [1, seen.reset],
        [1, seen.watchdogSet],
        ...inputFields(inputs, events, held),
        ...outputFields(model, addressBits),
      ]),
    );
  }
  return {
    unit: 'registers',
    files: render(paramsOf(shape), registersUnit),
    macros: { ADDR_BITS: addressBits, EXTRA_STAGES: extra },
    vectors,
    cycles: vectors.length * 400,
    variants: paces,
  };
}

describeUnit({
  unit: 'registers',
  shapes: [
    { busBytes: 16, addressBits: 40, extra: 0 },
    { busBytes: 4, addressBits: 32, extra: 1 },
    { busBytes: 64, addressBits: 64, extra: 0 },
    { busBytes: 8, addressBits: 24, extra: 1 },
  ],
  makeBench: registersBench,
  mutants: [
    { what: 'takes a write before its data', find: 'aw_held_q && w_held_q &&', put: 'aw_held_q &&' },
    { what: 'gives an answer away', find: '(!b_valid_q || s_axil_bready)', put: "1'b1" },
    { what: 'overwrites read data', find: '(!r_valid_q || s_axil_rready)', put: "1'b1" },
    { what: 'ignores the strobes of one byte', find: '{8{w_strb_q[1]}}', put: "8'hff" },
    { what: 'lets a locked register change under a request', find: 'frozen   = busy_i || loading_i', put: 'frozen   = loading_i' },
    { what: 'lets a locked register change under a load', find: 'frozen   = busy_i || loading_i', put: 'frozen   = busy_i' },
    { what: 'loads while busy', find: '!(frozen && ones[1])', put: "1'b1", shows: { seed: 2000, shape: 0 } },
    { what: 'takes any tail forward', find: "(ahead[RING_LOG2_MAX:0] > ({ {RING_LOG2_MAX{1'b0}}, 1'b1 } << ring_log2_o))", put: "1'b0" },
    { what: 'takes a tail that goes back', find: '(ahead[RING_LOG2_MAX:0] < behind[RING_LOG2_MAX:0])', put: "1'b0" },
    {
      what: 'loses an event while it clears another',
      find: '| event_now;',
      put: '| ({EVENTS{!(write && (aw_addr_q == REG_IRQ_STATUS))}} & event_now);',
    },
    { what: 'clears by writing zero', find: '? ones[EVENTS-1:0] :', put: '? ~ones[EVENTS-1:0] :' },
    { what: 'tells nothing of a bad load', find: 'load_done_i && (load_code_i != CODE_LOADED)', put: "1'b0" },
    { what: 'keeps the tag of the last request for a bad load', find: "(error_i && !stuck_i) ? error_tag_i : 32'd0", put: 'error_tag_i' },
    { what: 'lets a locked register change while a reset drains', find: 'load_o || resetting_i', put: 'load_o' },
    { what: 'tells nothing of a stuck port', find: 'load_bad || stuck_i', put: 'load_bad' },
    { what: 'keeps what was written over a soft reset', find: 'if (rst_i || reset_o) begin', put: 'if (rst_i) begin' },
    {
      what: 'loses its answer by a soft reset',
      find: 'if (rst_i) begin\n      aw_held_q',
      put: 'if (rst_i || reset_o) begin\n      aw_held_q',
    },
    { what: 'does not tell that WATCHDOG was written', find: 'taken && (aw_addr_q == REG_WATCHDOG);', put: "1'b0;" },
    { what: 'reads the high word of a counter live', find: 'word = counter_high_q', put: 'word = counter_i[63:32]' },
    {
      what: 'reads a word by its first byte only',
      find: "ar_addr_q <= { s_axil_araddr[REG_ADDR_BITS-1:2], 2'd0 }",
      put: 'ar_addr_q <= s_axil_araddr',
    },
    {
      what: 'writes a word by its first byte only',
      find: "aw_addr_q <= { s_axil_awaddr[REG_ADDR_BITS-1:2], 2'd0 }",
      put: 'aw_addr_q <= s_axil_awaddr',
    },
    { what: 'answers OKAY behind the last counter', find: '< COUNTERS)', put: '<= COUNTERS)' },
    { what: 'answers OKAY to an unknown address', find: 'known = counter_hit;', put: "known = 1'b1;" },
    { what: 'interrupts for events that are not enabled', find: '|(irq_status_q & irq_enable_q)', put: '|(irq_status_q | irq_enable_q)' },
    { what: 'allows a ring of any size', find: '!frozen && (log2 <= RING_LOG2_MAX)', put: '!frozen', shows: { seed: 2000, shape: 0 } },
    { what: 'takes a ring of wide descriptors', find: ' && !ones[8]', put: '' },
    { what: 'changes a byte whose strobe is not set', find: '(watchdog_o & ~mask) | ones', put: 'w_data_q' },
    { what: 'stores bits of an address within a beat', find: '| ones) & BEAT_ADDR[31:0]', put: '| ones)' },
    { what: 'refuses a bit of the ring that means nothing', find: '!ones[8]', put: '!(|ones[9:8])' },
  ],
});
