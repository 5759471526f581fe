/**
 * The instruction word, described once: encoder, decoder, disassembler, emitters and docs/isa.md follow this table.
 *
 * Layout  128 bits, little-endian in memory; field f is bits [low +: bits]
 */
import { refuse, UserError } from '../util/errors.js';
import { codeList, destinations, normKinds, normTitles, sources } from './codes.js';

export interface FieldSpec {
  readonly name: string;
  readonly bits: number;
  readonly low: number;
  readonly doc: string;
}

export const instructionFields = [
  { name: 'op', bits: 4, low: 0, doc: 'operation' },
  { name: 'dst', bits: 3, low: 4, doc: codeList(destinations.map((name) => name.replace(/^R/, 'R '))) },
  { name: 'src', bits: 1, low: 7, doc: codeList(sources) },
  { name: 'activate', bits: 1, low: 8, doc: 'results pass the activation table, eq. 8' },
  { name: 'causal', bits: 1, low: 9, doc: 'keys after the query are invalid' },
  { name: 'uniform', bits: 1, low: 10, doc: 'mean instead of softmax, eq. 20' },
  { name: 'writeBack', bits: 1, low: 11, doc: 'NORM also writes R, eq. 15; LOAD to R also writes X' },
  { name: 'firstRow', bits: 1, low: 12, doc: 'STORE: only the first token of each request' },
  { name: 'wide', bits: 1, low: 13, doc: 'DENSE: weights in 16-bit containers; EXPAND: values and row indices in 16-bit containers' },
  {
    name: 'matrix',
    bits: 3,
    low: 14,
    doc: `number of the W_S matrix; NORM: ${codeList(normKinds.map((kind) => normTitles[kind]))}, eq. 11, 13`,
  },
  { name: 'indexBits', bits: 4, low: 17, doc: 'EXPAND: width of an index code' },
  { name: 'inner', bits: 12, low: 21, doc: 'features read; steps k of EXPAND; head width of ATTEND' },
  { name: 'outer', bits: 12, low: 33, doc: 'features written; ranks of PROJECT' },
  { name: 'base', bits: 12, low: 45, doc: 'first feature written; STORE: first feature read' },
  { name: 'depth', bits: 12, low: 57, doc: 'rank of EXPAND; NORM: left shift of its m, eq. 11' },
  { name: 'm', bits: 11, low: 69, doc: 'multiplier; NORM: what is added to var, eq. 11' },
  { name: 's', bits: 6, low: 80, doc: 'shift' },
  { name: 'biasShift', bits: 5, low: 86, doc: 'left shift of biases, eq. 3' },
  { name: 's2', bits: 6, low: 91, doc: 'write-back shift of NORM; the s of eq. 19 in ATTEND, whose `s` is that of eq. 16' },
  { name: 'codeBase', bits: 20, low: 97, doc: 'PROJECT: first word of the matrix in the W_S store, C codes a word' },
  { name: 'narrow', bits: 3, low: 117, doc: 'END: 8 - A, A = width of stored activations (docs/numerics.md); 0 elsewhere' },
  { name: 'best', bits: 1, low: 120, doc: 'STORE: the index of the largest number of each row in place of the row, eq. 21' },
  { name: 'perColumn', bits: 1, low: 121, doc: 'EXPAND and DENSE: multipliers of the section, one per column, in place of m, which is 0' },
] as const satisfies readonly FieldSpec[];

export type FieldName = (typeof instructionFields)[number]['name'];
/** The fields of one instruction as unsigned numbers. */
export type Instruction = Readonly<Record<FieldName, number>>;

const bitsOf = new Map<FieldName, number>(instructionFields.map(({ name, bits }) => [name, bits]));
export const fieldBits = (field: FieldName): number => bitsOf.get(field)!;
/** The largest number that a field holds. */
export const fieldLargest = (field: FieldName): number => 2 ** fieldBits(field) - 1;
/** Most features, ranks or steps that an instruction names. */
export const mostFeatures = fieldLargest('outer');

export const instructionBytes = 16;
export const reservedLow = 122;

/** Fields not given are zero. */
export function encodeInstruction(fields: Partial<Instruction> & { readonly op: number }): Uint8Array {
  const problems: string[] = [];
  let word = 0n;
  for (const { name, bits, low } of instructionFields) {
    const value = fields[name] ?? 0;
    if (!Number.isInteger(value) || value < 0 || value >= 2 ** bits) {
      problems.push(`instruction.${name} = ${value}: must be an integer in 0 .. ${2 ** bits - 1}`);
    } else {
      word |= BigInt(value) << BigInt(low);
    }
  }
  refuse(problems);
  return Uint8Array.from({ length: instructionBytes }, (_, i) => Number((word >> BigInt(8 * i)) & 0xffn));
}

/** Fields of a word, whatever its opcode. */
export function instructionOf(bytes: Uint8Array): Instruction {
  if (bytes.length !== instructionBytes) {
    throw new UserError([`instruction: has ${bytes.length} bytes; an instruction has ${instructionBytes}`]);
  }
  const word = bytes.reduceRight((high, byte) => (high << 8n) | BigInt(byte), 0n);
  if (word >> BigInt(reservedLow) !== 0n) throw new UserError(['instruction.reserved: must be zero']);
  const entries = instructionFields.map(({ name, bits, low }) => [name, Number((word >> BigInt(low)) & ((1n << BigInt(bits)) - 1n))]);
  return Object.fromEntries(entries) as Instruction;
}
