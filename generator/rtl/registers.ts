import { constantName } from '../contract/codes.js';
import { descriptorBytes } from '../contract/descriptor.js';
import type { Params } from '../params/fields.js';
import { counters, registers, type FieldName, type Register, type RegisterField, type RegisterName } from '../contract/registers.js';
import { constantRegisters } from '../params/register-values.js';
import type { Unit } from './render.js';

/** A field that the hardware stores: its place in the register, and its name in Verilog. */
interface Stored {
  readonly register: RegisterName;
  readonly name: string;
  readonly low: number;
  readonly bits: number;
}

/** What sets an event of IRQ_STATUS. */
const eventSources: Readonly<Record<FieldName<'IRQ_STATUS'>, string>> = {
  completion: 'completed_i',
  loaded: 'load_done_i',
  error: 'error_i || load_bad || stuck_i',
  reset: 'reset_done_i',
};

const table: readonly (readonly [RegisterName, Register])[] = Object.entries(registers) as [RegisterName, Register][];
const hex = (address: number): string => address.toString(16).padStart(3, '0');
const log2 = (n: number): number => Math.ceil(Math.log2(n));

/** CONTROL.enable is control_enable, a field called value is named as its register. */
function verilogName(register: RegisterName, field: string): string {
  return field === 'value' ? register.toLowerCase() : `${register}_${field}`.toLowerCase();
}

/** Zero bits below the unit that an address is a multiple of. */
function alignment(register: RegisterName, busBytes: number): number {
  if (register === 'RING_ADDR_LOW') return log2(Math.max(descriptorBytes, busBytes));
  return register === 'COLD_ADDR_LOW' || register === 'PASS_ADDR_LOW' ? log2(busBytes) : 0;
}

/** What is stored of a field: of a byte address only the bits that the port has and that alignment leaves. */
function storedPart(
  register: RegisterName,
  { low, bits }: RegisterField,
  { busBytes, addressBits }: Params['port'],
): { low: number; bits: number } {
  const zeros = alignment(register, busBytes);
  if (register.endsWith('_ADDR_LOW')) return { low: low + zeros, bits: Math.min(32, addressBits) - zeros };
  if (register.endsWith('_ADDR_HIGH')) return { low, bits: Math.max(0, addressBits - 32) };
  return { low, bits };
}

function storedFields(port: Params['port']): Stored[] {
  return table
    .flatMap(([register, { access, fields }]) =>
      access !== 'write'
        ? []
        : Object.entries(fields)
            .filter(([, { pulse, refused }]) => pulse !== true && refused !== true)
            .map(([field, description]) => ({ register, name: verilogName(register, field), ...storedPart(register, description, port) })),
    )
    .filter(({ bits }) => bits > 0);
}

/** What a read-only register shows. */
function shownValues(params: Params): Readonly<Partial<Record<RegisterName, string>>> {
  // One bit a field, from bit 0 on.
  const status = Object.keys(registers.STATUS.fields)
    .map((field) => `${constantName(field).toLowerCase()}_i`)
    .reverse();
  const constants = Object.entries(constantRegisters(params)).map(([name, value]) => [name, `32'h${value.toString(16)}`]);
  return {
    ...(Object.fromEntries(constants) as Partial<Record<RegisterName, string>>),
    STATUS: `{ ${[`${32 - status.length}'d0`, ...status].join(', ')} }`,
    IRQ_STATUS: "{ 28'd0, irq_status_q }",
    ERROR: "{ 24'd0, error_q }",
    ERROR_TAG: 'error_tag_q',
    RING_HEAD: 'ring_head_i',
  };
}

/** Stored fields of one register at their places, zeros between them. */
function concatenation(fields: readonly Stored[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { name, low, bits } of [...fields].sort((a, b) => a.low - b.low)) {
    if (low > at) parts.unshift(`${low - at}'d0`);
    parts.unshift(`${name}_q`);
    at = low + bits;
  }
  if (at < 32) parts.unshift(`${32 - at}'d0`);
  return `{ ${parts.join(', ')} }`;
}

/** Under what condition a register takes a write. */
function writeCondition(register: RegisterName, locked: boolean): string {
  if (register === 'RING_TAIL') return '!tail_bad';
  if (register === 'RING_LOG2') return `!frozen && (log2 <= 5'd16) && !ones[${registers.RING_LOG2.fields.wide.low}]`;
  if (register === 'CONTROL') return `!(frozen && ones[${registers.CONTROL.fields.load.low}])`;
  return locked ? '!frozen' : "1'b1";
}

/** The slave of generator/contract/registers.ts. */
export function registersUnit(params: Params): Unit {
  const { port } = params;
  const stored = storedFields(port);
  const shown = shownValues(params);
  const isAddress = ({ register }: Stored): boolean => /_ADDR_(LOW|HIGH)$/.test(register);
  const high = ({ bits }: Stored): number => bits - 1;
  const address = (name: string): string => {
    const [below, above] = [`${name}_low_q`, stored.some((field) => field.name === `${name}_high`) ? `${name}_high_q, ` : ''];
    const zeros = alignment(`${name.toUpperCase()}_LOW` as RegisterName, port.busBytes);
    return `{ ${above}${below}, ${zeros}'d0 }`;
  };
  return {
    name: 'registers',
    context: () => ({
      addressBits: port.addressBits,
      counters: counters.length,
      ports: stored
        .filter((field) => !isAddress(field) && !field.name.startsWith('irq_'))
        .map((field) => ({ name: field.name, high: high(field) })),
      fields: stored.map((field) => ({
        name: field.name,
        high: high(field),
        bits: field.bits,
        low: field.low,
        top: field.low + field.bits - 1,
        hex: hex(registers[field.register].address),
      })),
      addresses: ['cold_addr', 'pass_addr', 'ring_addr'].map((name) => ({ name, parts: address(name) })),
      writable: table
        .filter(([, { access }]) => access !== 'read')
        .map(([register, { address: at, locked }]) => ({ register, hex: hex(at), when: writeCondition(register, locked === true) })),
      readable: table.map(([register, { address: at }]) => ({
        register,
        hex: hex(at),
        value: shown[register] ?? concatenation(stored.filter((field) => field.register === register)),
      })),
      irqEnable: Object.keys(registers.IRQ_ENABLE.fields)
        .reverse()
        .map((field) => `${verilogName('IRQ_ENABLE', field)}_q`)
        .join(', '),
      irqEvents: Object.keys(registers.IRQ_STATUS.fields)
        .reverse()
        .map((event) => eventSources[event as FieldName<'IRQ_STATUS'>])
        .join(', '),
      irqStatusHex: hex(registers.IRQ_STATUS.address),
      controlHex: hex(registers.CONTROL.address),
      loadBit: registers.CONTROL.fields.load.low,
      clearBit: registers.CONTROL.fields.clear.low,
      resetBit: registers.CONTROL.fields.reset.low,
      watchdogHex: hex(registers.WATCHDOG.address),
    }),
  };
}
