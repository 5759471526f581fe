import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTool } from '../tools/run-tool.js';
import { ToolError } from '../util/errors.js';
import { cacheFolder } from '../util/cache-folder.js';
import { printableLine } from '../util/printable.js';
import { shellCommand } from '../util/shell.js';
import { writeScratch } from '../util/write-file.js';
import { buildCached, type CachedBuild } from './cache.js';
import { icarusMain, verilatorMain } from './mains.js';
import { icarusToolchain, verilatorToolchain } from './toolchain.js';

export const simulators = ['verilator', 'icarus'] as const;
export type Simulator = (typeof simulators)[number];

export interface SourceFile {
  readonly name: string;
  readonly text: string;
}

export interface BuildRequest {
  readonly simulator: Simulator;
  /** The bench: ports clk_i, rst_i, done_o, errors_o[31:0]. */
  readonly top: string;
  readonly sources: readonly SourceFile[];
  /** Verilog macros. */
  readonly defines?: Readonly<Record<string, string | number>>;
  /** Compile without optimisation: for runs so short that the build takes longer. */
  readonly quick?: boolean;
  /** A large design: the simulator's functions are cut into pieces, which build sooner and run as fast. */
  readonly large?: boolean;
  /** Whether it can record signals: +waves=FILE, +waves_from= and +waves_to= the first and last cycle. */
  readonly waves?: boolean;
}

export interface Executable {
  readonly simulator: Simulator;
  readonly folder: string;
  readonly command: string;
  readonly arguments: readonly string[];
  /** Whether an earlier run has built it. */
  readonly cached: boolean;
}

const buildTimeoutMs = 600_000;
/** Version of the way of building, raised when that changes, so that nothing built before is taken for it. */
const recipe = 3;
// One translation unit builds in a third of the time of Verilator's own make (docs/simulation.md); functions of bounded length
// compile in half of that, a sixth for 1024 multipliers, and run as fast. At -O2 a chip takes half as long again to build, and runs
// 7 % faster.
const verilatorFlags = ['--cc', '-O3', '--x-assign', 'unique', '--x-initial', 'unique', '--noassert', '-Wno-fatal'];
const wholeFlags = ['--output-split', '0'];
// The time of the compiler grows faster than the length of a function. The optimiser of data flow makes one chain of copies of all that
// drives a wide word, which costs the preset paper half of its time; it gives small chips 7 %.
const splitFlags = ['--output-split', '5000', '--output-split-cfuncs', '500', '-fno-dfg'];
const splitOf = ({ large }: BuildRequest): readonly string[] => (large === true ? splitFlags : wholeFlags);
const compilerFlags = ['-O1', '-std=c++17', '-march=native'];
const quickFlags = ['-O0', '-std=c++17'];
const waveFlags = ['--trace-fst'];

/** Everything that the result depends on. */
function keyOf(parts: readonly unknown[]): string {
  return createHash('sha256')
    .update(JSON.stringify([recipe, ...parts]))
    .digest('hex')
    .slice(0, 24);
}

async function hashOf(request: BuildRequest, main: string): Promise<string> {
  const { identity } = await (request.simulator === 'icarus' ? icarusToolchain() : verilatorToolchain());
  return keyOf([
    identity,
    request.simulator,
    request.top,
    request.sources,
    request.defines ?? {},
    main,
    verilatorFlags,
    request.quick === true ? quickFlags : compilerFlags,
    request.waves === true,
    splitOf(request),
  ]);
}

function mainOf({ simulator, top, waves = false }: BuildRequest): string {
  return simulator === 'icarus' ? icarusMain(top, waves) : verilatorMain(top, waves);
}

function executableOf({ folder, cached }: CachedBuild, request: BuildRequest): Executable {
  return request.simulator === 'icarus'
    ? {
        simulator: 'icarus',
        folder,
        command: 'vvp',
        arguments: ['-n', join(folder, 'bench.vvp'), ...(request.waves === true ? ['-fst'] : [])],
        cached,
      }
    : { simulator: 'verilator', folder, command: join(folder, 'bench'), arguments: [], cached };
}

async function buildIcarus(folder: string, request: BuildRequest, defines: readonly string[]): Promise<void> {
  writeScratch(join(folder, 'trexgen_main.v'), mainOf(request));
  const names = ['trexgen_main.v', ...request.sources.map(({ name }) => name)];
  await runTool({
    command: 'iverilog',
    arguments: ['-g2005', '-o', 'bench.vvp', '-s', 'trexgen_main', ...defines, ...names],
    folder,
    logFile: join(folder, 'build.log'),
    timeoutMs: buildTimeoutMs,
  });
}

/** Verilator's own library and headers, compiled once: they take most of the time of a small build. */
export interface Runtime {
  readonly flags: readonly string[];
  readonly objects: readonly string[];
}

export async function verilatorRuntime(waves: boolean): Promise<Runtime> {
  const { identity, include } = await verilatorToolchain();
  const flags = [
    '-w',
    `-I${include}`,
    `-I${join(include, 'vltstd')}`,
    '-DVM_COVERAGE=0',
    '-DVM_SC=0',
    ...(waves ? ['-DVM_TRACE=1', '-DVM_TRACE_FST=1'] : ['-DVM_TRACE=0']),
  ];
  const units = ['verilated', 'verilated_threads', ...(waves ? ['verilated_fst_c'] : [])];
  const names = units.map((unit) => `${unit}.o`);
  const { folder } = await buildCached(`runtime-verilator-${keyOf([identity, compilerFlags, flags])}`, names, async (work) => {
    for (const unit of units) {
      await runTool({
        command: 'g++',
        arguments: [...compilerFlags, ...flags, '-c', join(include, `${unit}.cpp`), '-o', `${unit}.o`],
        folder: work,
        logFile: join(work, `${unit}.log`),
        timeoutMs: buildTimeoutMs,
      });
    }
  });
  return { flags, objects: names.map((name) => join(folder, name)) };
}

const headersOfProcess = new Map<string, Promise<string>>();

/** The header to include first, beside what the compiler makes of it under these flags; an entry used by a process stays. */
async function precompiledHeader(flags: readonly string[]): Promise<string> {
  const { identity } = await verilatorToolchain();
  const name = `header-verilator-${keyOf([identity, flags])}`;
  const place = join(cacheFolder(), name);
  const known = headersOfProcess.get(place);
  if (known !== undefined && existsSync(place)) return known;
  const found = buildCached(name, ['first.h', 'first.h.gch'], async (work) => {
    writeScratch(join(work, 'first.h'), '#include "verilated.h"\n');
    await runTool({
      command: 'g++',
      arguments: [...flags, '-x', 'c++-header', 'first.h', '-o', 'first.h.gch'],
      folder: work,
      logFile: join(work, 'header.log'),
      timeoutMs: buildTimeoutMs,
    });
  }).then(({ folder }) => join(folder, 'first.h'));
  headersOfProcess.set(place, found);
  found.catch(() => headersOfProcess.delete(place));
  return found;
}

async function buildVerilator(folder: string, request: BuildRequest, defines: readonly string[]): Promise<void> {
  const waves = request.waves === true;
  writeScratch(join(folder, 'trexgen_main.cpp'), mainOf(request));
  const names = request.sources.map(({ name }) => name);
  await runTool({
    command: 'verilator',
    arguments: [
      ...verilatorFlags,
      ...splitOf(request),
      ...(waves ? waveFlags : []),
      '--top-module',
      request.top,
      '--Mdir',
      'obj',
      ...defines,
      ...names,
    ],
    folder,
    logFile: join(folder, 'verilate.log'),
    timeoutMs: buildTimeoutMs,
  });
  const runtime = await verilatorRuntime(waves);
  const compiling = async (flags: readonly string[]): Promise<string> =>
    shellCommand(['g++', ...flags, ...runtime.flags, '-include', await precompiledHeader([...flags, ...runtime.flags]), '-Iobj', '-c']);
  const once = await compiling(quickFlags);
  const often = await compiling(request.quick === true ? quickFlags : compilerFlags);
  // What runs once, the set-up of a large design, is a third of the text and needs no optimisation.
  writeScratch(
    join(folder, 'all.sh'),
    `shopt -s extglob nullglob
cat obj/!(*__Slow).cpp trexgen_main.cpp > fast.cpp
cat /dev/null obj/*__Slow.cpp > slow.cpp
${once} slow.cpp -o slow.o &
${often} fast.cpp -o fast.o
wait $!
g++ fast.o slow.o ${shellCommand(runtime.objects)} -lpthread${waves ? ' -lz' : ''} -o bench
`,
  );
  await runTool({ command: 'bash', arguments: ['-e', 'all.sh'], folder, logFile: join(folder, 'compile.log'), timeoutMs: buildTimeoutMs });
}

/**
 * Build a simulation once for each content of its sources, macros and flags, each version of its tools and each kind of processor;
 * later calls find it in the cache.
 *
 * Errors   ToolError with the log of the simulator or compiler; UserError when the cache cannot be written
 */
export async function buildSimulation(request: BuildRequest): Promise<Executable> {
  const name = `${request.top}-${request.simulator}-${await hashOf(request, mainOf(request))}`;
  const built = await buildCached(name, [request.simulator === 'icarus' ? 'bench.vvp' : 'bench'], async (work) => {
    for (const { name: file, text } of request.sources) writeScratch(join(work, file), text);
    const defines = Object.entries(request.defines ?? {}).map(([macro, value]) => `-D${macro}=${value}`);
    await (request.simulator === 'icarus' ? buildIcarus : buildVerilator)(work, request, defines);
  });
  return executableOf(built, request);
}

export interface SimulationRun {
  readonly plusargs: Readonly<Record<string, string | number>>;
  /** Files that the bench reads and writes by plain names lie here; a temporary folder when left out. */
  readonly workDir?: string;
  readonly timeoutMs?: number;
  readonly onStart?: (() => void) | undefined;
}

export interface SimulationResult {
  readonly cycles: number;
  readonly errors: number;
  readonly output: string;
  readonly workDir: string;
}

/**
 * Run a built simulation to its done_o.
 *
 * Errors   ToolError when it crashes, exceeds its cycles or its time, or reports X as its number of errors
 */
export async function runSimulation(executable: Executable, run: SimulationRun): Promise<SimulationResult> {
  const workDir = run.workDir ?? (await mkdtemp(join(tmpdir(), 'trexgen-')));
  const plusargs = Object.entries(run.plusargs).map(([name, value]) => `+${name}=${value}`);
  const { output } = await runTool({
    command: executable.command,
    arguments: [...executable.arguments, ...plusargs],
    folder: workDir,
    logFile: join(workDir, 'simulation.log'),
    timeoutMs: run.timeoutMs ?? buildTimeoutMs,
    accepted: [0, 2],
    onStart: run.onStart,
  });
  const cycles = /^cycles (\d+)$/m.exec(output)?.[1];
  const errors = /^errors (\d+)$/m.exec(output)?.[1];
  if (cycles === undefined || errors === undefined || /^timeout$/m.test(output)) {
    throw new ToolError(
      `simulation in ${workDir} did not finish: ${output.trimEnd().split('\n').slice(-3).map(printableLine).join(' | ')}`,
    );
  }
  return { cycles: Number(cycles), errors: Number(errors), output, workDir };
}
