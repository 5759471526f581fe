import { instructionFields } from '../contract/isa.js';
import type { ContextValue } from './render.js';

/** Template rows that cut an instruction word into its fields: name, low bit, highest bit of the field's own wire. */
export function instructionWires(names: readonly string[]): readonly ContextValue[] {
  return instructionFields.filter(({ name }) => names.includes(name)).map(({ name, low, bits }) => ({ name, low, bits, high: bits - 1 }));
}
