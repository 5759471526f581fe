/**
 * The emitted scripts for yosys from end to end on the smallest chip that has every unit, and its netlist in OpenSTA:
 * npm run flows -- LIBERTY. Too long for npm test, which runs them on a design with the same ports; docs/flows.md has the results.
 */
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { makeParams } from '../generator/params/params.js';
import { renderDesign } from '../generator/output/design-manifest.js';
import { writeDesign } from '../generator/output/write-design.js';
import { runTool } from '../generator/tools/run-tool.js';

const params = (kind: 'block' | 'macro') =>
  makeParams({
    array: { columns: 2, slices: 2, lanesPerSlice: 1, passes: 2 },
    memory: { kind },
    envelope: { width: 8, hidden: 8, rank: 8, codeWords: 16, matrices: 1, instructions: 8 },
    port: { busBytes: 4, prefetchBeats: 4, burstBeats: 4, outstandingReads: 2 },
    batcher: { lookahead: 2 },
  });

async function run(folder: string, command: string, ...argv: readonly string[]): Promise<string> {
  const started = process.hrtime.bigint();
  const { output } = await runTool({ command, arguments: argv, folder, logFile: join(folder, `${command}.log`) });
  process.stdout.write(`${command} ${argv.join(' ')}: ${Number((process.hrtime.bigint() - started) / 1_000_000_000n)} s\n`);
  return output;
}

async function fresh(name: string, kind: 'block' | 'macro'): Promise<string> {
  const folder = resolve('build', 'flows', name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  writeDesign(renderDesign(params(kind)), folder);
  return folder;
}

const fpga = await fresh('fpga', 'block');
await run(fpga, 'yosys', '-q', '-s', 'trex_fpga.ys');
const cells = (await readFile(join(fpga, 'trex_fpga.txt'), 'utf8')).split('design hierarchy').at(-1) ?? '';
process.stdout.write(
  `${cells
    .split('\n')
    .filter((line) => /^ {5}[A-Z]\w+ +\d+$/.test(line))
    .join('\n')}\n`,
);

const asic = await fresh('asic', 'macro');
await symlink(resolve(process.argv[2] ?? '/usr/share/qflow/tech/osu018/osu018_stdcells.lib'), join(asic, 'cells.lib'));
await run(asic, 'yosys', '-q', '-s', 'trex_asic.ys');
const text = await readFile(join(asic, 'trex_asic.txt'), 'utf8');
process.stdout.write(
  `${text
    .split('\n')
    .filter((line) => /Number of cells|sky130|Chip area|DFF/.test(line))
    .join('\n')}\n`,
);
await writeFile(
  join(asic, 'sta.tcl'),
  'read_liberty cells.lib\nread_verilog trex_asic.v\nlink_design trex_top\nread_sdc trex.sdc\nreport_checks\nexit\n',
);
process.stdout.write(await run(asic, 'sta', '-exit', 'sta.tcl'));
