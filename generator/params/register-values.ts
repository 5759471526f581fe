import type { Params } from './fields.js';
import { chipId, chipVersion } from '../contract/registers.js';

/** What the registers of a configuration read that never change: RTL, headers and the smoke bench all read this. */
export function constantRegisters({ array, batcher, envelope, port }: Params) {
  return {
    ID: chipId,
    VERSION: chipVersion,
    CONFIG_COLUMNS: array.columns,
    CONFIG_SLICES: array.slices,
    CONFIG_LANES: array.lanesPerSlice,
    CONFIG_PASSES: array.passes,
    CONFIG_BUS_BYTES: port.busBytes,
    CONFIG_WIDTH: envelope.width,
    CONFIG_HIDDEN: envelope.hidden,
    CONFIG_RANK: envelope.rank,
    CONFIG_ROW_CRC: port.rowCrc,
    CONFIG_SEGMENTS: batcher.segments,
  } as const;
}
