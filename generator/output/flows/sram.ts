/** A worked swap of SRAM macros: what stands in the place of <prefix>_ram_macro when the library is sky130's. */
import { derive } from '../../params/derived.js';
import { usesMacro } from '../../rtl/ram_1r1w.js';
import { renderText, type RtlFile } from '../../rtl/render.js';
import type { Flow } from './flow.js';

export const sramMacro = {
  /** One kilobyte: 256 words of 32 bits, one port that reads or writes, one that reads. */
  name: 'sky130_sram_1kbyte_1rw1r_32x256_8',
  /** Names of the sources with the swap made, the macro itself left out. */
  swapped: ({ prefix, sources }: Pick<Flow, 'prefix' | 'sources'>): string[] =>
    sources.map((name) => (name === `${prefix}_ram_macro.v` ? `${prefix}_ram_sky130.v` : name)),
} as const;

/** Tells whether there is anything to swap: only a design whose large memories are macros has something. */
export function swapsMacros({ params }: Pick<Flow, 'params'>): boolean {
  return usesMacro(params);
}

/** The wrapper, the macro's behaviour for simulation, and a file list with both. */
export function sramFiles(flow: Flow): RtlFile[] {
  if (!swapsMacros(flow)) return [];
  const { wordBits, xWords } = derive(flow.params);
  const { prefix } = flow;
  const model = { name: `${sramMacro.name}.v`, text: renderText(`flows/${sramMacro.name}.v`, {}) };
  const wrapper = {
    name: `${prefix}_ram_sky130.v`,
    text: renderText('flows/ram_sky130.v', {
      prefix,
      wordBits,
      depth: xWords,
      laneBits: flow.params.numerics.activationBits,
      readCycles: 1,
    }),
  };
  return [wrapper, model, { name: `${prefix}_sky130.f`, text: `${[...sramMacro.swapped(flow), model.name].join('\n')}\n` }];
}
