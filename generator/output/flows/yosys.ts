/** Scripts for yosys, to be run in the folder of the sources. */
import { renderText, type RtlFile } from '../../rtl/render.js';
import type { Flow } from './flow.js';
import { sramMacro, swapsMacros } from './sram.js';

/** Lines of a script that read sources. */
export function readSources(names: readonly string[]): string {
  return names.map((name) => `read_verilog ${name}`).join('\n');
}

export function yosysFpga({ prefix, top, sources }: Flow): RtlFile {
  return { name: `${prefix}_fpga.ys`, text: renderText('flows/fpga.ys', { prefix, top, read: readSources(sources) }) };
}

/** Makes macros that are swapped in black boxes; else every memory becomes flip-flops. */
export function yosysAsic(flow: Flow): RtlFile {
  const { prefix, top, period, sources } = flow;
  const macros = swapsMacros(flow);
  return {
    name: `${prefix}_asic.ys`,
    text: renderText('flows/asic.ys', {
      prefix,
      top,
      macros,
      read: readSources(macros ? sramMacro.swapped(flow) : sources),
      model: `${sramMacro.name}.v`,
      picoseconds: Math.round(Number(period) * 1000),
    }),
  };
}
