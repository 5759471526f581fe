import type { Params } from '../../generator/params/fields.js';
import { renderUnit, type RtlFile, type Unit } from '../../generator/rtl/render.js';
import type { Mutant, Property } from './prove.js';

export type Claims = readonly (readonly [claim: string, mutant: Mutant])[];

export function sources(params: Params, ...units: readonly ((params: Params) => Unit)[]): RtlFile[] {
  return units.map((unit) => renderUnit(params.prefix, unit(params)));
}

/** The claims of a wrapper, in the order of its header. */
export function numbered(unit: string, files: readonly RtlFile[], macros: Property['macros'], claims: Claims): Property[] {
  return claims.map(([claim, mutant], index) => ({ unit, index, claim, files, macros, mutant }));
}
