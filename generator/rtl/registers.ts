import { bitRange, type BitField } from '../contract/bits.js';
import { descriptorBytes } from '../contract/descriptor.js';
import { counterAddress, counters, registers, type Register } from '../contract/registers.js';
import type { Params } from '../params/fields.js';
import { constantRegisters } from '../params/register-values.js';
import type { Unit } from './render.js';

const table: readonly (readonly [string, Register])[] = Object.entries(registers);

/** Places of the fields of a register that the template names. */
function places<F extends string>(
  { fields }: { readonly fields: Readonly<Record<F, BitField>> },
  ...names: readonly F[]
): Record<F, string> {
  return Object.fromEntries(names.map((name) => [name, bitRange(fields[name])])) as Record<F, string>;
}

/** Mask of a byte address of the port that is a multiple of a power of two, in hexadecimal. */
function addressMask(addressBits: number, multiple: number): string {
  return ((1n << BigInt(addressBits)) - BigInt(multiple)).toString(16).padStart(16, '0');
}

const matrices = table.flatMap(([name]) => /^COLD_WORDS_(\d)$/.exec(name)?.[1] ?? []);

/** The slave of generator/contract/registers.ts. */
export function registersUnit(params: Params): Unit {
  const { addressBits, busBytes } = params.port;
  const at = registers;
  return {
    name: 'registers',
    context: () => ({
      addressBits,
      staged: params.timing.extraStages > 0,
      counters: counters.length,
      events: Object.keys(at.IRQ_STATUS.fields).length,
      registers: table.map(([name, { address }]) => ({ name, hex: address.toString(16).padStart(3, '0') })),
      constants: Object.entries(constantRegisters(params)).map(([name, value]) => ({ name, hex: value.toString(16) })),
      matrices: matrices.map((m) => ({ m, words: places(at.COLD_WORDS_0, 'value').value })),
      beatAddress: addressMask(addressBits, busBytes),
      ringAddress: addressMask(addressBits, Math.max(descriptorBytes, busBytes)),
      counterPage: Math.floor(counterAddress(counters[0]!) / 2 ** 8),
      STATUS: places(at.STATUS, 'loaded', 'loading', 'busy', 'window', 'resetting', 'portStuck'),
      ERROR: places(at.ERROR, 'value'),
      CONTROL: places(at.CONTROL, 'enable', 'load', 'clear', 'reset', 'policy'),
      IRQ_STATUS: places(at.IRQ_STATUS, 'completion', 'loaded', 'error', 'reset'),
      COLD_BEATS: places(at.COLD_BEATS, 'value'),
      COLD_INSTRUCTIONS: places(at.COLD_INSTRUCTIONS, 'value'),
      COLD_MATRICES: places(at.COLD_MATRICES, 'number', 'table', 'wide'),
      PASS_BEATS: places(at.PASS_BEATS, 'value'),
      RING_LOG2: places(at.RING_LOG2, 'value', 'wide'),
    }),
  };
}
