/** The tables of codes as Verilog: named localparams of a unit, macros of a bench. No template holds a number of its own. */
import type { BitField } from '../contract/bits.js';
import {
  arrayModes,
  constantName,
  destinations,
  hostSteps,
  normKinds,
  policies,
  readClients,
  sequencerEvents,
  streamItems,
  writeClients,
} from '../contract/codes.js';
import { descriptorBytes, descriptorFields, ringLog2Max, statusFields } from '../contract/descriptor.js';
import { fieldBits, instructionFields } from '../contract/isa.js';
import { widthMacros, widths, wrapped } from '../contract/widths.js';
import { opcodes } from '../operations/opcodes.js';
import {
  chipId,
  completionCodes,
  counterAddress,
  counters,
  loadedCode,
  registers,
  type Register,
  type RegisterField,
} from '../contract/registers.js';

interface CodeTable {
  /** Width of a localparam; none for an index of a bus. */
  readonly bits?: number;
  readonly codes: Readonly<Record<string, number>>;
}

const numbered = (names: readonly string[]): Record<string, number> => Object.fromEntries(names.map((name, number) => [name, number]));

/** Bits that number all of these. */
const bitsFor = (names: readonly string[]): number => Math.ceil(Math.log2(names.length));

const descriptorPlaces = Object.fromEntries(Object.entries(descriptorFields).map(([name, { at }]) => [name, at]));

/** Tables by the prefix of the names in Verilog: OP_LOAD, TO_X, MODE_SCORES, CODE_GOOD, RD_ROWS, DESC_STATUS, RING_LOG2_MAX. */
const tables: Readonly<Record<string, CodeTable>> = {
  OP: { bits: fieldBits('op'), codes: opcodes },
  TO: { bits: widths.DESTINATION.bits, codes: numbered(destinations) },
  MODE: { bits: widths.MODE.bits, codes: numbered(arrayModes) },
  KIND: { bits: widths.KIND.bits, codes: numbered(normKinds) },
  CODE: { bits: widths.COMPLETION.bits, codes: { loaded: loadedCode, ...completionCodes } },
  POLICY: { bits: widths.POLICY.bits, codes: numbered(policies) },
  // Clients of the memory port, and how many there are.
  RD: { codes: { ...numbered(readClients), clients: readClients.length } },
  WR: { codes: { ...numbered(writeClients), clients: writeClients.length } },
  // Bytes of a descriptor at which its fields stand, and how many it has.
  DESC: { codes: { ...descriptorPlaces, bytes: descriptorBytes } },
  RING: { codes: { log2Max: ringLog2Max } },
  STEP: { bits: 32, codes: numbered(hostSteps) },
  ITEM: { bits: bitsFor(streamItems), codes: numbered(streamItems) },
  EVENT: { bits: bitsFor(sequencerEvents), codes: numbered(sequencerEvents) },
};

/** Bits of a code in benches: ITEM_CODE_BITS. */
export function codeBits(prefix: keyof typeof tables): number {
  return tables[prefix]!.bits!;
}

function valuesOf(prefix: string): ReadonlyMap<string, number> {
  const table = tables[prefix];
  if (table === undefined) throw new Error(`codes ${prefix}: no such table; known are ${Object.keys(tables).join(', ')}`);
  return new Map(Object.entries(table.codes).map(([name, code]) => [`${prefix}_${constantName(name)}`, code]));
}

/**
 * One localparam with the codes of a table that a unit uses: `localparams('TO', 'X H')` declares TO_X and TO_H.
 *
 * Errors   a table or a name that does not exist is a fault of the template
 */
export function localparams(prefix: string, names: string): string {
  const values = valuesOf(prefix);
  const bits = tables[prefix]?.bits;
  const declared = names.split(' ').map((name) => {
    const value = values.get(`${prefix}_${name}`);
    if (value === undefined) throw new Error(`codes ${prefix}_${name}: no such code; known are ${[...values.keys()].join(', ')}`);
    return `${prefix}_${name} = ${bits === undefined ? '' : `${bits}'d`}${value}`;
  });
  return wrapped(`localparam ${bits === undefined ? '' : `[${bits - 1}:0] `}`, declared);
}

const address = (byte: number): string => `${widths.REG_ADDR.bits}'h${byte.toString(16).padStart(3, '0')}`;

const all = Object.values<Register>(registers);
/** Words up to the last register that a write changes; word n has byte address 4 * n. */
const registerWords = Math.max(...all.map(({ access, address: at }) => (access === 'read' ? 0 : at / 4 + 1)));
const maskOf = ({ low, bits }: RegisterField): bigint => ((1n << BigInt(bits)) - 1n) << BigInt(low);

/** Bits of all these words that a write sets: neither pulses nor what is refused. */
const storedBits = all
  .filter(({ access }) => access === 'write')
  .flatMap(({ address: at, fields }) =>
    Object.values(fields)
      .filter(({ pulse, refused }) => pulse !== true && refused !== true)
      .map((field) => maskOf(field) << BigInt(8 * at)),
  )
  .reduce((sum, mask) => sum | mask, 0n);

/** One bit a word. */
const wordsOf = (which: (register: Register) => boolean): string =>
  `${registerWords}'h${all
    .filter((register) => register.address / 4 < registerWords && which(register))
    .reduce((sum, { address: at }) => sum | (1n << BigInt(at / 4)), 0n)
    .toString(16)}`;

/**
 * What benches know as macros: every code (`MODE_SCORES is 3), the place of every field (instruction[`INS_OUTER], status[`STATUS_CODE]), every register and
 * every width that units share (`FEATURE_BITS).
 */
export const codeMacros: Readonly<Record<string, number | string>> = Object.fromEntries([
  ...Object.keys(tables).flatMap((prefix): (readonly [string, number | string])[] => [...valuesOf(prefix)]),
  ...['ITEM', 'EVENT'].map((prefix) => [`${prefix}_CODE_BITS`, codeBits(prefix)] as const),
  ...instructionFields.map(({ name, low, bits }) => [`INS_${constantName(name)}`, `${low}+:${bits}`] as const),
  ...Object.entries<BitField>(statusFields).map(([name, { low, bits }]) => [`STATUS_${constantName(name)}`, `${low}+:${bits}`] as const),
  ...Object.entries(registers).map(([name, { address: at }]) => [`REG_${name}`, address(at)] as const),
  ['REG_FIRST_COUNTER', address(counterAddress(counters[0]!))] as const,
  ['REG_LAST_COUNTER_HIGH', address(counterAddress(counters.at(-1)!) + 4)] as const,
  ['CHIP_ID', `32'h${chipId.toString(16)}`] as const,
  ...Object.entries(widthMacros),
]);

/** Macros of the proof of the register file: which words of the table a write changes, and which of their bits. */
export const registerMacros: Readonly<Record<string, number | string>> = {
  REG_WORDS: registerWords,
  REG_STORED_BITS: `${32 * registerWords}'h${storedBits.toString(16)}`,
  REG_WRITABLE_WORDS: wordsOf(({ access }) => access !== 'read'),
  REG_LOCKED_WORDS: wordsOf(({ locked }) => locked === true),
};
