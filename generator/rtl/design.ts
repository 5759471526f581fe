import { createHash } from 'node:crypto';
import type { Params } from '../params/fields.js';
import { core } from './core.js';
import { drain } from './drain.js';
import { epilogue } from './epilogue.js';
import { keyMask } from './key_mask.js';
import { norm } from './norm.js';
import { peArray } from './pe_array.js';
import { ram, ramMacro } from './ram_1r1w.js';
import { renderUnit, type RtlFile, type Unit } from './render.js';
import { rotator } from './rotator.js';
import { rows } from './rows.js';
import { sequencer } from './sequencer.js';
import { softmax } from './softmax.js';
import { trf } from './trf.js';

type Maker = (params: Params) => Unit;

/** Every unit of the chip, one a line, the top first. */
const everyConfiguration: readonly Maker[] = [
  core,
  sequencer,
  drain,
  keyMask,
  norm,
  softmax,
  epilogue,
  peArray,
  trf,
  rotator,
  rows,
  ram,
];

/** Units that only some configurations have. */
const someConfigurations: readonly { readonly unit: Maker; when(params: Params): boolean }[] = [
  { unit: ramMacro, when: ({ memory }) => memory.kind === 'macro' },
];

/** The units of the whole design, the top first. */
export function designUnits(params: Params): Unit[] {
  return [...everyConfiguration, ...someConfigurations.filter(({ when }) => when(params)).map(({ unit }) => unit)].map((unit) => unit(params));
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
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, canonical(inner)]));
}

/** Sixteen hexadecimal digits that name a configuration. */
export function configHash(params: Params): string {
  return createHash('sha256').update(JSON.stringify(canonical(params))).digest('hex').slice(0, 16);
}
