/** Everything beside the Verilog: what other tools, and hosts, need to use it; docs/flows.md. */
import { hostFiles } from '../host-files/driver-files.js';
import type { RtlFile } from '../../rtl/render.js';
import { sdc, xdc } from './constraints.js';
import type { Flow } from './flow.js';
import { fusesocCore } from './fusesoc.js';
import { openlane } from './openlane.js';
import { smokeBench } from './smoke.js';
import { sramFiles } from './sram.js';
import { vivadoIp, vivadoProject } from './vivado.js';
import { yosysAsic, yosysFpga } from './yosys.js';

/** List of files for `-f` of the simulators. */
function fileList({ prefix, sources }: Flow): RtlFile {
  return { name: `${prefix}.f`, text: `${sources.join('\n')}\n` };
}

const emitters = [fileList, fusesocCore, smokeBench, vivadoProject, vivadoIp, yosysFpga, yosysAsic, sdc, xdc, openlane];

export function collateral(flow: Flow): RtlFile[] {
  return [...emitters.map((emit) => emit(flow)), ...sramFiles(flow), ...hostFiles(flow.params)];
}
