import { createHash } from 'node:crypto';
import { loadsAhead } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import { axiRead } from './axi_read.js';
import { axiWrite } from './axi_write.js';
import { batcher } from './batcher.js';
import { coldLoader } from './cold_loader.js';
import { coreUnits } from './core-units.js';
import { tally } from './tally.js';
import { crc32 } from './crc32.js';
import { countersUnit } from './counters.js';
import { descriptorReader } from './descriptor_reader.js';
import { loadAhead } from './load_ahead.js';
import { recovery } from './recovery.js';
import { registersUnit } from './registers.js';
import { renderUnit, type RtlFile, type Unit } from './render.js';
import { sectionDecoder } from './section_decoder.js';
import { streamReader } from './stream_reader.js';
import { top } from './top.js';
import { windowControl } from './window_control.js';
import { windowFormer } from './window_former.js';

/** The top and what stands around the core, one unit a line. */
const surroundings: readonly ((params: Params) => Unit)[] = [
  top,
  registersUnit,
  countersUnit,
  tally,
  batcher,
  descriptorReader,
  windowFormer,
  windowControl,
  recovery,
  axiRead,
  axiWrite,
  streamReader,
  sectionDecoder,
  coldLoader,
  crc32,
];

/** The units of the whole design, the top first. */
export function designUnits(params: Params): Unit[] {
  const units = loadsAhead(params) ? [...surroundings, loadAhead] : surroundings;
  return [...units.map((unit) => unit(params)), ...coreUnits(params)];
}

/** The Verilog of the whole design, the top first. */
export function designSources(params: Params): RtlFile[] {
  return designUnits(params).map((unit) => renderUnit(params.prefix, unit));
}

/** Name of the module at the top. */
export function topModule(params: Params): string {
  const [top] = designUnits(params);
  return `${params.prefix}_${top?.name}`;
}

/** Keys in the order of the alphabet at every level, so that equal parameters give equal text. */
function canonical(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, canonical(inner)]),
  );
}

/** Sixteen hexadecimal digits that name a configuration. */
export function configHash(params: Params): string {
  return createHash('sha256')
    .update(JSON.stringify(canonical(params)))
    .digest('hex')
    .slice(0, 16);
}
