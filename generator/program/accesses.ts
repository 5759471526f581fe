/** Features of each buffer that an operation reads and writes, docs/isa.md. */
import { fieldsOf, type Operation } from '../operations/fields.js';
import type { Accesses } from '../operations/types.js';

export type { Buffer, Features } from '../operations/types.js';

export function accessesOf(operation: Operation): Accesses {
  return fieldsOf(operation).accesses(operation);
}
