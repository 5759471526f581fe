/** The generated folder as a host's programmer uses it: its file list in Verilator, its driver in C, programs of testbench/driver/. */
import { join } from 'node:path';
import { resetsLow } from '../../generator/params/derived.js';
import type { Params } from '../../generator/params/fields.js';
import { verilatorRuntime } from '../../generator/sim/build.js';
import { packageRoot } from '../../generator/util/package.js';
import { runTool } from '../../generator/tools/run-tool.js';

const harness = join(packageRoot(), 'testbench', 'driver');
const strict = ['-Wall', '-Wextra', '-pedantic', '-Werror'];

/** Build programs of testbench/driver/ in a folder that generate wrote; they are named as their sources. */
export async function buildPrograms(folder: string, params: Params, programs: readonly string[]): Promise<void> {
  const { prefix, port } = params;
  const run = (command: string, ...argv: readonly string[]) =>
    runTool({ command, arguments: argv, folder, logFile: join(folder, 'build.log'), timeoutMs: 600_000 });
  await run(
    'verilator',
    '--cc',
    '-O3',
    '--x-assign',
    'unique',
    '--x-initial',
    'unique',
    '--noassert',
    '--output-split',
    '5000',
    '--output-split-cfuncs',
    '500',
    '-f',
    `${prefix}.f`,
    '--top-module',
    `${prefix}_top`,
    '--prefix',
    'Vchip',
    '--Mdir',
    'obj',
  );
  const { flags, objects } = await verilatorRuntime(false);
  // One translation unit: Verilator's header-heavy parts compile once.
  await run(
    'sh',
    '-c',
    `for part in obj/*.cpp; do echo "#include \\"$part\\""; done > chip.cpp; echo '#include "${join(harness, 'chip_bus.cpp')}"' >> chip.cpp`,
  );
  await run(
    'g++',
    '-O1',
    '-std=c++17',
    ...flags,
    '-Iobj',
    `-I${harness}`,
    `-DBUS_BYTES=${port.busBytes}`,
    `-DRESET=${port.reset}`,
    `-DRESET_LEVEL=${resetsLow(params) ? 0 : 1}`,
    '-c',
    'chip.cpp',
    '-o',
    'chip.o',
  );
  await run('gcc', '-std=c99', '-O1', ...strict, '-c', `${prefix}_driver.c`, '-o', 'driver.o');
  for (const program of programs) {
    await run(
      'gcc',
      '-std=c99',
      '-O1',
      ...strict,
      `-I${folder}`,
      `-I${harness}`,
      '-c',
      join(harness, `${program}.c`),
      '-o',
      `${program}.o`,
    );
    await run('g++', '-o', program, `${program}.o`, 'driver.o', 'chip.o', ...objects, '-pthread');
  }
}
