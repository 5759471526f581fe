import type { Params } from '../../generator/params/fields.js';
import { registersUnit } from '../../generator/rtl/registers.js';
import { numbered, sources } from './claims.js';
import type { Property } from './prove.js';

/** The slave of the host; its wrapper states docs/registers.md a second time. */
export function registersProperties(params: Params): Property[] {
  const macros = { ADDR_BITS: params.port.addressBits, BUS_BYTES: params.port.busBytes };
  return numbered('registers', sources(params, registersUnit), macros, [
    [
      'holds an answer and its data until taken',
      { what: 'answers the next write over the last', find: '(!b_valid_q || s_axil_bready)', put: "1'b1" },
    ],
    [
      'one answer a request, none without one, as soon as it may come',
      { what: 'does not wait for the data of a write', find: 'aw_held_q && w_held_q &&', put: 'aw_held_q &&' },
    ],
    [
      'refuses exactly what it must',
      { what: 'takes locked registers during a load', find: 'frozen   = busy_i || loading_i', put: 'frozen   = busy_i' },
    ],
    [
      'reads of unknown addresses, and only they, are refused',
      { what: 'knows one counter too many', find: '} < COUNTERS)', put: '} <= COUNTERS)' },
    ],
    [
      'a register reads, and its output shows, what was written to it and nowhere else',
      { what: 'changes a register that it refuses to change', find: 'if (taken) begin', put: 'if (write) begin' },
    ],
    [
      'begins a load and clears counters when told only',
      {
        what: 'clears the counters by a refused write',
        find: 'taken && (aw_addr_q == REG_CONTROL) && ones[2]',
        put: 'write && (aw_addr_q == REG_CONTROL) && ones[2]',
      },
    ],
  ]);
}
