import { codeList, policies } from './codes.js';
import { ringLog2Max, statusFields } from './descriptor.js';
import { trafficClasses, type TrafficClass } from './traffic-classes.js';

/** Every register of the chip, described once: RTL, docs/registers.md and the host's program all read this. */

export interface RegisterField {
  readonly low: number;
  readonly bits: number;
  readonly doc: string;
  /** Writing 1 does something once; reads 0. */
  readonly pulse?: true;
  /** Stored nowhere: reads 0, and a write of 1 is refused. */
  readonly refused?: true;
}

export interface Register {
  readonly address: number;
  readonly access: 'read' | 'write' | 'clear';
  /** Writing is refused while a request is under way or a load runs. */
  readonly locked?: true;
  readonly fields: Readonly<Record<string, RegisterField>>;
  readonly doc: string;
}

export const chipId = 0x54524558;
export const chipVersion = 2;

const word = (doc: string, bits = 32): { readonly value: RegisterField } => ({ value: { low: 0, bits, doc } });
const size = (address: number, doc: string) => ({ address, access: 'write', locked: true, fields: word('number', 24), doc }) as const;
const half = (address: number, doc: string) =>
  ({ address, access: 'write', locked: true, fields: word('half of a byte address'), doc }) as const;
const codeWords = (m: number) => size(0x040 + 4 * m, `code words of W_S matrix ${m}`);
const config = (address: number, doc: string) => ({ address, access: 'read', fields: word('parameter of this chip'), doc }) as const;

const events = (what: string) => ({
  completion: { low: 0, bits: 1, doc: `${what} one or more requests completed` },
  loaded: { low: 1, bits: 1, doc: `${what} a load finished, good or bad` },
  error: { low: 2, bits: 1, doc: `${what} an error` },
  reset: { low: 3, bits: 1, doc: `${what} a soft reset finished` },
});

export const registers = {
  ID: { address: 0x000, access: 'read', fields: word(`0x${chipId.toString(16)}`), doc: 'identifies this chip' },
  VERSION: { address: 0x004, access: 'read', fields: word(`${chipVersion}`), doc: 'of descriptors and registers' },
  CONTROL: {
    address: 0x008,
    access: 'write',
    doc: 'what the chip shall do',
    fields: {
      enable: { low: 0, bits: 1, doc: 'the ring is served; cleared: requests already fetched are finished' },
      load: { low: 1, bits: 1, pulse: true, doc: 'read the cold region; refused while a request is under way or a load runs' },
      clear: { low: 2, bits: 1, pulse: true, doc: 'all counters to 0' },
      reset: { low: 3, bits: 1, pulse: true, doc: 'soft reset: stop everything and drain the memory port' },
      policy: { low: 4, bits: 2, doc: codeList(policies) },
    },
  },
  STATUS: {
    address: 0x00c,
    access: 'read',
    doc: 'what the chip does',
    fields: {
      loaded: { low: 0, bits: 1, doc: 'the last load was good' },
      loading: { low: 1, bits: 1, doc: 'a load runs' },
      busy: { low: 2, bits: 1, doc: 'a request is under way' },
      window: { low: 3, bits: 1, doc: 'a window is in work' },
      resetting: { low: 4, bits: 1, doc: 'a soft reset drains the memory port' },
      portStuck: { low: 5, bits: 1, doc: 'the memory port does not answer' },
    },
  },
  IRQ_STATUS: { address: 0x010, access: 'clear', fields: events('since last cleared:'), doc: 'what happened; write 1 to clear' },
  IRQ_ENABLE: { address: 0x014, access: 'write', fields: events('interrupt after'), doc: 'irq_o = any bit set here and in IRQ_STATUS' },
  ERROR: {
    address: 0x018,
    access: 'read',
    fields: word('code of docs/chip.md, 0 after reset', statusFields.code.bits),
    doc: 'latest error',
  },
  ERROR_TAG: {
    address: 0x01c,
    access: 'read',
    fields: word('tag; 0 for a load, or a descriptor that was not read whole and right'),
    doc: 'request of the latest error',
  },
  COLD_ADDR_LOW: half(0x020, 'cold region, a multiple of the beat'),
  COLD_ADDR_HIGH: half(0x024, 'cold region'),
  COLD_BEATS: size(0x028, 'beats of the cold region, CRC beat included'),
  COLD_INSTRUCTIONS: size(0x02c, 'instructions of the program, END included'),
  COLD_MATRICES: {
    address: 0x030,
    access: 'write',
    locked: true,
    doc: 'what else is in the cold region',
    fields: {
      number: { low: 0, bits: 4, doc: 'W_S matrices' },
      table: { low: 8, bits: 1, doc: 'an activation table follows' },
      wide: { low: 9, bits: 1, doc: 'W_S is uncoded, in containers of 16 bits' },
    },
  },
  PASS_ADDR_LOW: half(0x034, 'pass region, a multiple of the beat'),
  PASS_ADDR_HIGH: half(0x038, 'pass region'),
  PASS_BEATS: size(0x03c, 'beats of the pass region, CRC beat included'),
  COLD_WORDS_0: codeWords(0),
  COLD_WORDS_1: codeWords(1),
  COLD_WORDS_2: codeWords(2),
  COLD_WORDS_3: codeWords(3),
  COLD_WORDS_4: codeWords(4),
  COLD_WORDS_5: codeWords(5),
  COLD_WORDS_6: codeWords(6),
  COLD_WORDS_7: codeWords(7),
  RING_ADDR_LOW: half(0x060, 'descriptor ring, a multiple of its stride'),
  RING_ADDR_HIGH: half(0x064, 'descriptor ring'),
  RING_LOG2: {
    address: 0x068,
    access: 'write',
    locked: true,
    doc: 'shape of the ring',
    fields: {
      value: { low: 0, bits: 5, doc: `binary logarithm of its descriptors, 0 .. ${ringLog2Max}` },
      wide: {
        low: 8,
        bits: 1,
        refused: true,
        doc: 'its descriptors have 64 bytes; a write of 1 is refused, this version knows those of 32 only',
      },
    },
  },
  RING_TAIL: {
    address: 0x06c,
    access: 'write',
    fields: word('count since reset, mod 2^32'),
    doc: 'descriptors submitted; refused when it goes back or the ring cannot hold them',
  },
  RING_HEAD: { address: 0x070, access: 'read', fields: word('count since reset, mod 2^32'), doc: 'descriptors completed' },
  WATCHDOG: {
    address: 0x074,
    access: 'write',
    fields: word('cycles, 0 off'),
    doc: "time limit of a load, a window or a descriptor's fetch, started again by a write",
  },
  CONFIG_COLUMNS: config(0x080, 'array.columns'),
  CONFIG_SLICES: config(0x084, 'array.slices'),
  CONFIG_LANES: config(0x088, 'array.lanesPerSlice'),
  CONFIG_PASSES: config(0x08c, 'array.passes'),
  CONFIG_BUS_BYTES: config(0x090, 'port.busBytes'),
  CONFIG_WIDTH: config(0x094, 'envelope.width'),
  CONFIG_HIDDEN: config(0x098, 'envelope.hidden'),
  CONFIG_RANK: config(0x09c, 'envelope.rank'),
  CONFIG_ROW_CRC: config(0x0a0, 'port.rowCrc'),
  CONFIG_SEGMENTS: config(0x0a4, 'batcher.segments'),
} as const satisfies Record<string, Register>;

export type RegisterName = keyof typeof registers;
export type FieldName<R extends RegisterName> = keyof (typeof registers)[R]['fields'] & string;

/** Values of the fields of one register; those left out are 0. */
export type FieldValues<R extends RegisterName> = { readonly [F in FieldName<R>]?: number };

/** Cycles that a soft reset has for draining the port when WATCHDOG is 0. */
export const drainCycles = 2 ** 20;

/** Causes of PE-cycles; every cycle adds L x C to them in all. */
export const peCycleCauses = [
  'dense',
  'sparse',
  'attention',
  'maskedKeys',
  'paddingLanes',
  'paddingColumns',
  'weightStream',
  'activations',
  'vector',
  'drain',
  'dependency',
  'noWindow',
] as const;
export type PeCycleCause = (typeof peCycleCauses)[number];
/** Causes that multiply for real tokens. */
export const usefulCauses: readonly PeCycleCause[] = ['dense', 'sparse', 'attention'];

export type CounterName =
  'cycles' | 'windows' | 'requests' | 'tokens' | 'readBeats' | 'writeBeats' | `${TrafficClass}Bytes` | `${PeCycleCause}PeCycles`;

/** Counters in the order of their addresses. */
export const counters: readonly CounterName[] = [
  'cycles',
  'windows',
  'requests',
  'tokens',
  'readBeats',
  'writeBeats',
  ...trafficClasses.map((name) => `${name}Bytes` as const),
  ...peCycleCauses.map((name) => `${name}PeCycles` as const),
];

const countersAt = 0x100;

/** Address of the low word of a counter; reading it holds the high word at the next address. */
export function counterAddress(name: CounterName): number {
  return countersAt + 8 * counters.indexOf(name);
}

/** Bits of a register from the values of its fields; one that does not fit its field is a RangeError. */
export function encodeRegister<R extends RegisterName>(name: R, values: FieldValues<R>): number {
  let bits = 0;
  for (const [field, value] of Object.entries<number | undefined>(values)) {
    const { low, bits: width } = fieldOf(name, field);
    const number = value ?? 0;
    if (!Number.isInteger(number) || number < 0 || number >= 2 ** width) {
      throw new RangeError(`${name}.${field} = ${number}: must be an integer of ${width} bits`);
    }
    bits += number * 2 ** low;
  }
  return bits;
}

/** Values of all fields of a register from its bits. */
export function decodeRegister<R extends RegisterName>(name: R, bits: number): Record<FieldName<R>, number> {
  const entries = Object.entries<RegisterField>(registers[name].fields);
  return Object.fromEntries(entries.map(([field, { low, bits: width }]) => [field, Math.floor(bits / 2 ** low) % 2 ** width])) as Record<
    FieldName<R>,
    number
  >;
}

function fieldOf(name: RegisterName, field: string): RegisterField {
  const fields: Readonly<Record<string, RegisterField>> = registers[name].fields;
  const found = fields[field];
  if (found === undefined) throw new RangeError(`${name}.${field}: unknown field; known fields are ${Object.keys(fields).join(', ')}`);
  return found;
}

/** Codes of completions and of the ERROR register, docs/chip.md "Errors". */
export const completionCodes = {
  notDone: 0,
  good: 1,
  badLength: 2,
  misaligned: 3,
  badDescriptor: 4,
  readDescriptor: 5,
  readWeights: 6,
  readRows: 7,
  writeRows: 8,
  passCrc: 9,
  badProgram: 10,
  streamEnd: 11,
  readCold: 12,
  coldCrc: 13,
  coldShape: 14,
  writeCompletion: 15,
  coldValue: 16,
  descriptorCrc: 17,
  rowsCrc: 18,
  watchdog: 19,
  portStuck: 20,
} as const;
/** What a load that went well ends with, in place of a code. */
export const loadedCode = 0;

export type CompletionCode = keyof typeof completionCodes;
