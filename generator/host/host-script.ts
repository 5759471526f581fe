/** What the host does with the registers: a list of steps that testbench/chip_tb.v plays. */
import { codeBases } from '../program/instructions.js';
import type { Image } from '../program/image.js';
import {
  chipId,
  chipVersion,
  counterAddress,
  counters,
  encodeRegister,
  registers,
  type CounterName,
  type FieldValues,
  type RegisterName,
} from '../contract/registers.js';
import { hostSteps, policies, type HostStepName, type Policy } from '../contract/codes.js';
import type { MemoryMap } from './memory-map.js';

export interface HostStep {
  readonly op: HostStepName;
  readonly address: number;
  readonly value: number;
  /** Bits that count of poll and expect; of write the response, 0 OKAY or 2 SLVERR. */
  readonly mask: number;
}

const step = (op: HostStep['op'], address = 0, value = 0, mask = 0): HostStep => ({ op, address, value, mask });
const addressOf = (name: RegisterName): number => registers[name].address;

export const host = {
  write: <R extends RegisterName>(name: R, values: FieldValues<R>): HostStep =>
    step('write', addressOf(name), encodeRegister(name, values)),
  /** A write that the chip must answer with SLVERR. */
  writeRefused: <R extends RegisterName>(name: R, values: FieldValues<R>): HostStep =>
    step('write', addressOf(name), encodeRegister(name, values), 2),
  /** Reads a register; the value is found in the result under the number of the read. */
  read: (name: RegisterName): HostStep => step('read', addressOf(name)),
  /** Reads again and again until the fields that are given have these values. */
  poll: <R extends RegisterName>(name: R, values: FieldValues<R>): HostStep =>
    step('poll', addressOf(name), encodeRegister(name, values), maskOf(name, values)),
  /** The run ends here when a field has another value. */
  expect: <R extends RegisterName>(name: R, values: FieldValues<R>): HostStep =>
    step('expect', addressOf(name), encodeRegister(name, values), maskOf(name, values)),
  interrupt: (): HostStep => step('interrupt'),
  pause: (cycles: number): HostStep => step('pause', 0, cycles),
} as const;

function maskOf<R extends RegisterName>(name: R, values: FieldValues<R>): number {
  const fields: Readonly<Record<string, { readonly bits: number }>> = registers[name].fields;
  const ones = Object.fromEntries(Object.keys(values).map((field) => [field, 2 ** fields[field]!.bits - 1]));
  return encodeRegister(name, ones as FieldValues<R>);
}

const word = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');

/** One step a line: number, address, value, mask. */
export function scriptText(steps: readonly HostStep[]): string {
  return [...steps, step('end')]
    .map(({ op, address, value, mask }) => `${word(hostSteps.indexOf(op))}${word(address)}${word(value)}${word(mask)}\n`)
    .join('');
}

const low = (address: number): number => address % 2 ** 32;
const high = (address: number): number => Math.floor(address / 2 ** 32);

/** Registers that say where the regions are and what they hold; `cold` and `pass` are their addresses. */
export function modelSteps(image: Image, { cold, pass }: Pick<MemoryMap, 'cold' | 'pass'>): HostStep[] {
  const { model, columns, busBytes } = image;
  const bases = codeBases(model.matrices, columns);
  const wordsOf = (m: number): number => (model.matrices[m]!.rank / columns) * model.matrices[m]!.inner;
  return [
    host.write('COLD_ADDR_LOW', { value: low(cold) }),
    host.write('COLD_ADDR_HIGH', { value: high(cold) }),
    host.write('COLD_BEATS', { value: image.cold.length / busBytes }),
    host.write('COLD_INSTRUCTIONS', { value: model.operations.length + 1 }),
    host.write('COLD_MATRICES', { number: bases.length, table: model.table === undefined ? 0 : 1, wide: model.wideMatrices ? 1 : 0 }),
    host.write('PASS_ADDR_LOW', { value: low(pass) }),
    host.write('PASS_ADDR_HIGH', { value: high(pass) }),
    host.write('PASS_BEATS', { value: image.pass.length / busBytes }),
    ...bases.map((_, m) => host.write(`COLD_WORDS_${m}` as 'COLD_WORDS_0', { value: wordsOf(m) })),
  ];
}

export function ringSteps({ ring, ringLog2 }: MemoryMap): HostStep[] {
  return [
    host.write('RING_ADDR_LOW', { value: low(ring) }),
    host.write('RING_ADDR_HIGH', { value: high(ring) }),
    host.write('RING_LOG2', { value: ringLog2 }),
  ];
}

export function controlOf(
  policy: Policy,
  bits: { readonly enable?: 1; readonly load?: 1; readonly clear?: 1; readonly reset?: 1 } = {},
): HostStep {
  return host.write('CONTROL', { ...bits, policy: policies.indexOf(policy) });
}

/** All counters, low word then high word. */
export function counterSteps(): HostStep[] {
  return counters.flatMap((name) => [step('read', counterAddress(name)), step('read', counterAddress(name) + 4)]);
}

export type Counters = Readonly<Record<CounterName, number>>;

/** Counters from what counterSteps read, beginning at a read. */
export function countersFrom(reads: readonly number[], first: number): Counters {
  return Object.fromEntries(counters.map((name, i) => [name, reads[first + 2 * i]! + reads[first + 2 * i + 1]! * 2 ** 32])) as Counters;
}

const words = 2 * counters.length;

/** Load the model, run every request of the ring, and read all counters after each of the two. */
export function runSteps(image: Image, map: MemoryMap, requests: number, policy: Policy): HostStep[] {
  return [
    host.expect('ID', { value: chipId }),
    host.expect('VERSION', { value: chipVersion }),
    ...modelSteps(image, map),
    ...ringSteps(map),
    host.write('IRQ_ENABLE', { completion: 1, loaded: 1, error: 1 }),
    controlOf(policy, { load: 1 }),
    host.interrupt(),
    host.expect('IRQ_STATUS', { completion: 0, loaded: 1, error: 0 }),
    host.write('IRQ_STATUS', { completion: 1, loaded: 1, error: 1 }),
    host.expect('STATUS', { loaded: 1, loading: 0, busy: 0 }),
    ...counterSteps(),
    controlOf(policy, { clear: 1 }),
    host.write('RING_TAIL', { value: requests }),
    controlOf(policy, { enable: 1 }),
    host.interrupt(),
    host.poll('RING_HEAD', { value: requests }),
    host.poll('STATUS', { busy: 0 }),
    ...counterSteps(),
    host.read('IRQ_STATUS'),
    host.read('ERROR'),
    host.read('ERROR_TAG'),
  ];
}

export interface RunReads {
  /** Counters after the load. */
  readonly cold: Counters;
  /** Counters of all requests. */
  readonly run: Counters;
  readonly irqStatus: number;
  readonly error: number;
  readonly errorTag: number;
}

/** Reads of runSteps: the counters twice, then three registers. */
export const runReadCount = 2 * words + 3;

/** What the reads of runSteps mean. */
export function runReads(reads: readonly number[]): RunReads {
  return {
    cold: countersFrom(reads, 0),
    run: countersFrom(reads, words),
    irqStatus: reads[2 * words]!,
    error: reads[2 * words + 1]!,
    errorTag: reads[2 * words + 2]!,
  };
}
