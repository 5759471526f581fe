import { derive } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import { counters } from '../contract/registers.js';
import type { Unit } from './render.js';

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** One counter a cycle is added up, but for every second cycle at most, in which the host reads one. */
const slots = 2 * counters.length;

/** Bytes, beats and PE-cycles, in the order in which the host reads them. */
export function countersUnit(params: Params): Unit {
  const { lanes } = derive(params);
  return {
    name: 'counters',
    context: () => ({
      columns: params.array.columns,
      lanes,
      busBytes: params.port.busBytes,
      slots,
      staged: params.timing.extraStages > 0,
      lateBits: Math.ceil(Math.log2(slots + 1)),
      last: counters.length - 1,
      counters: counters.map((name, index) => ({ index, name: snake(name) })),
    }),
  };
}
