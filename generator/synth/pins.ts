/** A module behind a shift register, because no package has so many pins: its inputs are shifted in, its outputs folded into one. */
import { join } from 'node:path';
import { readSources } from '../output/flows/yosys.js';
import { renderText } from '../rtl/render.js';
import { writeScratch } from '../util/write-file.js';
import { readNetlist } from './netlist.js';
import { yosys, type Work } from './run-yosys.js';

export const pinsModule = 'trexgen_pins';
export const pinsFile = 'pins.v';

/** The wrapper in the folder, and how many bits its shift register has. */
export async function writePins(work: Work, module: string): Promise<number> {
  const { folder } = work;
  await yosys(work, 'ports', [readSources(work.files), `hierarchy -check -top ${module}`, 'proc', 'write_json ports.json', ''].join('\n'));
  const netlist = readNetlist(join(folder, 'ports.json'));
  const used = { in_q: 0, out: 0 };
  const ports = Object.entries(netlist.modules[module]?.ports ?? {})
    .filter(([name]) => name !== 'clk_i')
    .map(([name, { direction, bits }]) => {
      const bus = direction === 'input' ? 'in_q' : 'out';
      const low = used[bus];
      used[bus] += bits.length;
      return { name, bus, low, bits: bits.length };
    });
  writeScratch(
    join(folder, pinsFile),
    renderText('synth/pins.v', { module, inputTop: Math.max(1, used.in_q - 1), outputTop: Math.max(1, used.out - 1), ports }),
  );
  return used.in_q;
}
