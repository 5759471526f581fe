import type { RtlFile } from '../../rtl/render.js';
import type { Flow } from './flow.js';
import { clockPort } from './flow.js';
import { sramMacro, swapsMacros } from './sram.js';

/** Views of the SRAM macro in the process kit. */
function macroViews() {
  const { name } = sramMacro;
  const view = (folder: string, file: string): string => `pdk_dir::libs.ref/sky130_sram_macros/${folder}/${file}`;
  return {
    VERILOG_FILES_BLACKBOX: [`dir::${name}.v`],
    EXTRA_LEFS: [view('lef', `${name}.lef`)],
    EXTRA_GDS_FILES: [view('gds', `${name}.gds`)],
    EXTRA_LIBS: [view('lib', `${name}_TT_1p8V_25C.lib`)],
  };
}

/** OpenLane: a macro of the chip by itself; with SRAM macros where large memories are macros. */
export function openlane(flow: Flow): RtlFile {
  const macros = swapsMacros(flow);
  const config = {
    DESIGN_NAME: flow.top,
    VERILOG_FILES: (macros ? sramMacro.swapped(flow) : flow.sources).map((name) => `dir::${name}`),
    CLOCK_PORT: clockPort,
    CLOCK_PERIOD: Number(flow.period),
    BASE_SDC_FILE: `dir::${flow.prefix}.sdc`,
    DESIGN_IS_CORE: false,
    FP_SIZING: 'relative',
    FP_CORE_UTIL: 35,
    PL_TARGET_DENSITY: 0.45,
    ...(macros ? macroViews() : {}),
  };
  return { name: `${flow.prefix}_openlane.json`, text: `${JSON.stringify(config, null, 2)}\n` };
}
