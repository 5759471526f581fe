/** The generated folder as a host's programmer uses it: its file list in Verilator, its driver in C, programs of testbench/driver/. */
import { join } from 'node:path';
import { widths } from '../../generator/contract/widths.js';
import { resetsLow } from '../../generator/params/derived.js';
import type { Params } from '../../generator/params/fields.js';
import { verilatorRuntime } from '../../generator/sim/build.js';
import { packageRoot } from '../../generator/util/package.js';
import { runTool } from '../../generator/tools/run-tool.js';

const harness = join(packageRoot(), 'testbench', 'driver');
const strict = ['-Wall', '-Wextra', '-pedantic', '-Werror'];

type Run = (command: string, ...argv: readonly string[]) => Promise<unknown>;

/** The chip in C++, behind the calls of chip_bus.cpp: chip.o. */
async function buildChip(run: Run, { prefix, port }: Params, level: 0 | 1): Promise<void> {
  const unknown = ['--x-assign', 'unique', '--x-initial', 'unique', '--noassert'];
  const pieces = ['--output-split', '5000', '--output-split-cfuncs', '500'];
  const named = ['--top-module', `${prefix}_top`, '--prefix', 'Vchip', '--Mdir', 'obj'];
  await run('verilator', '--cc', '-O3', ...unknown, ...pieces, '-f', `${prefix}.f`, ...named);
  // One translation unit: Verilator's header-heavy parts compile once.
  await run(
    'sh',
    '-c',
    `for part in obj/*.cpp; do echo "#include \\"$part\\""; done > chip.cpp; echo '#include "${join(harness, 'chip_bus.cpp')}"' >> chip.cpp`,
  );
  const { flags } = await verilatorRuntime(false);
  const addressMask = 2 ** widths.REG_ADDR.bits - 1;
  const macros = [`-DBUS_BYTES=${port.busBytes}`, `-DRESET=${port.reset}`, `-DRESET_LEVEL=${level}`, `-DREG_ADDR_MASK=${addressMask}`];
  await run('g++', '-O1', '-std=c++17', ...flags, '-Iobj', `-I${harness}`, ...macros, '-c', 'chip.cpp', '-o', 'chip.o');
}

/** Build programs of testbench/driver/ in a folder that generate wrote; they are named as their sources. */
export async function buildPrograms(folder: string, params: Params, programs: readonly string[]): Promise<void> {
  const run: Run = (command, ...argv) =>
    runTool({ command, arguments: argv, folder, logFile: join(folder, 'build.log'), timeoutMs: 600_000 });
  await buildChip(run, params, resetsLow(params) ? 0 : 1);
  const compile = ['-std=c99', '-O1', ...strict];
  await run('gcc', ...compile, '-c', `${params.prefix}_driver.c`, '-o', 'driver.o');
  const { objects } = await verilatorRuntime(false);
  for (const program of programs) {
    await run('gcc', ...compile, `-I${folder}`, `-I${harness}`, '-c', join(harness, `${program}.c`), '-o', `${program}.o`);
    await run('g++', '-o', program, `${program}.o`, 'driver.o', 'chip.o', ...objects, '-pthread');
  }
}
