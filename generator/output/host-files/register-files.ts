/** The register map for hosts: C header, SystemRDL and TypeScript, from the table that the RTL is made of. */
import { resetsLow } from '../../params/derived.js';
import type { Params } from '../../params/fields.js';
import { counterDoc } from '../../contract/register-docs.js';
import { constantRegisters } from '../../params/register-values.js';
import { counterAddress, counters, registers, type Register } from '../../contract/registers.js';
import { renderText, type RtlFile } from '../../rtl/render.js';
import { constantName } from '../../contract/codes.js';
import { codesInOrder } from './names.js';

const table: readonly (readonly [string, Register])[] = Object.entries(registers);
const hex = (value: number, digits: number): string => `0x${value.toString(16).padStart(digits, '0')}`;

/** CONTROL.enable is CONTROL_ENABLE, a field called value is named as its register. */
function fieldName(register: string, field: string): string {
  return field === 'value' ? register : `${register}_${constantName(field)}`;
}

function headerFields(upper: string, name: string, { fields }: Register) {
  return Object.entries(fields).map(([field, { low, bits }]) => ({
    name: `${upper}_${fieldName(name, field)}`,
    low,
    mask: hex((2 ** bits - 1) * 2 ** low, 8),
  }));
}

export function registerHeader(params: Params): RtlFile {
  const upper = params.prefix.toUpperCase();
  return {
    name: `${params.prefix}_regs.h`,
    text: renderText('host/regs.h', {
      upper,
      prefix: params.prefix,
      registers: table.map(([name, register]) => ({
        name: `${upper}_REG_${name}`,
        address: hex(register.address, 3),
        doc: register.doc,
        fields: headerFields(upper, name, register),
      })),
      constants: Object.entries(constantRegisters(params)).map(([name, value]) => ({
        name: `${upper}_VALUE_${name}`,
        value: hex(value, 1),
      })),
      counters: counters.map((name) => ({
        name: `${upper}_COUNTER_${constantName(name)}`,
        address: hex(counterAddress(name), 3),
        doc: counterDoc(name),
      })),
      counterCount: counters.length,
      countersAt: hex(counterAddress(counters[0]!), 3),
      codes: codesInOrder.map(({ name, code }, i) => ({
        name: `${upper}_CODE_${constantName(name)}`,
        code,
        comma: i < codesInOrder.length - 1 ? ',' : '',
      })),
    }),
  };
}

/** Access of software and hardware in SystemRDL's words. */
const rdlAccess = { read: 'sw = r; hw = w;', write: 'sw = rw; hw = r;', clear: 'sw = rw; onwrite = woclr; hw = w; hwset;' } as const;

export function registerRdl(params: Params): RtlFile {
  const { prefix } = params;
  return {
    name: `${prefix}_regs.rdl`,
    text: renderText('host/regs.rdl', {
      prefix,
      reset: params.port.reset,
      resetLevel: resetsLow(params) ? 'activelow' : 'activehigh',
      registers: table.map(([name, { access, address, doc, fields }]) => ({
        name,
        address: hex(address, 3),
        doc,
        fields: Object.entries(fields).map(([field, { low, bits, doc: text, pulse }]) => ({
          // Capitals: no word of SystemRDL has them.
          name: field.toUpperCase(),
          high: low + bits - 1,
          low,
          doc: text,
          access: rdlAccess[access],
          pulse: pulse === true,
        })),
      })),
      counters: counters.map((name) => ({ name: constantName(name), address: hex(counterAddress(name), 3), doc: counterDoc(name) })),
    }),
  };
}

export function registerTypes(params: Params): RtlFile {
  return {
    name: `${params.prefix}_regs.ts`,
    text: renderText('host/regs.ts', {
      registers: table.map(([name, { address, access, doc, fields }]) => ({
        name,
        address: hex(address, 3),
        access,
        doc,
        fields: Object.entries(fields)
          .map(([field, { low, bits }]) => `${field}: { low: ${low}, bits: ${bits} }`)
          .join(', '),
      })),
      constants: Object.entries(constantRegisters(params)).map(([name, value]) => ({ name, value: hex(value, 1) })),
      counters: counters.map((name) => ({ name, address: hex(counterAddress(name), 3), doc: counterDoc(name) })),
      codes: codesInOrder.map(({ name, code }) => ({ name, code })),
    }),
  };
}
