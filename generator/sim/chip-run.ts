/** One run of the whole chip: a memory image and a host script in, memory, register reads and logs out. */
import { readFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { outstandingWrites } from '../contract/latencies.js';
import { codeMacros } from '../rtl/verilog-codes.js';
import { derive, loadsAhead, resetsLow } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import { designSources, topModule } from '../rtl/design.js';
import { packageRoot } from '../util/package.js';
import { readOutput, requireOutput, unreadable } from '../tools/output.js';
import { makeFolder, writeScratch } from '../util/write-file.js';
import { buildSimulation, runSimulation, type Executable, type Simulator, type SourceFile } from './build.js';
import { scriptText, type HostStep } from '../host/host-script.js';
import { memoryText, parseMemory, type MemoryDump } from './memory-file.js';

/** Channels of AXI4, in the order of testbench/axi_memory.v. */
export const channels = ['AR', 'R', 'AW', 'W', 'B'] as const;

/** How the memory behaves, and what is recorded. */
export interface RunSettings {
  readonly seed: number;
  /** Cycles from a request to its answer at the earliest; `jitter` adds 0 .. that many. */
  readonly latency?: number;
  readonly jitter?: number;
  /** Each channel stalls in so many of 16 cycles, 0 .. 15. */
  readonly stalls?: number;
  /** Allows at most one read beat in so many cycles. */
  readonly throttle?: number;
  /** Write every word that an instruction stores to trace.txt. */
  readonly trace?: boolean;
  /** Write the cycles of every instruction by cause to profile.txt. */
  readonly profile?: boolean;
  /** The beat at this address answers with a bus error; only the n-th time that it is met. */
  readonly errorReadAt?: number;
  readonly errorWriteAt?: number;
  readonly errorNth?: number;
  readonly errorDecode?: boolean;
  /** A channel falls silent before its n-th transfer, from 1: for so many cycles of being waited for, or for ever. */
  readonly silence?: { readonly channel: (typeof channels)[number]; readonly nth: number; readonly cycles?: number };
  /** Cycles after which one step of the host has failed. */
  readonly patience?: number;
  readonly timeoutMs?: number;
  /** Number of resets in mid-run, each after 1 .. span cycles, before the run that is looked at. */
  readonly resets?: { readonly count: number; readonly span: number };
  /** Record signals from the first to the last of these cycles in wavesName of the run's folder; the build must be one with waves. */
  readonly waves?: { readonly from: number; readonly to: number };
}

export interface ChipBuild {
  readonly params: Params;
  readonly simulator: Simulator;
  /** Beats that the memory model holds. */
  readonly beats: number;
  readonly base?: number;
  /** Short runs: compile without optimisation. */
  readonly quick?: boolean;
  readonly waves?: boolean;
  /** Sources in place of the generated ones; for tests of what a wrong design looks like. */
  readonly sources?: readonly SourceFile[];
}

export interface WindowLog {
  readonly window: number;
  readonly first: number;
  readonly last: number;
  readonly code: number;
}

export interface ChipRun {
  readonly folder: string;
  readonly cycles: number;
  /** Time of the simulator's process. */
  readonly seconds: number;
  readonly memory: MemoryDump;
  /** Values that the host has read, in the order of its reads. */
  readonly reads: readonly number[];
  readonly windows: readonly WindowLog[];
  /** Counts of the bench, docs/simulation.md. */
  readonly bench: Readonly<Record<BenchCount, number>>;
  /** What is wrong by the bench itself; empty after a good run. */
  readonly problems: readonly string[];
}

const benchCounts = [
  'violations',
  'kinds',
  'readBeats',
  'writeBeats',
  'hostErrors',
  'unknown',
  'writers',
  'attributes',
  'steps',
  'cycles',
] as const;
export type BenchCount = (typeof benchCounts)[number];

/** Names of the bits of `kinds`, testbench/axi_memory.v. */
const breaches = [
  'read address changed before it was taken',
  'write address changed before it was taken',
  'write data changed before it was taken',
  'burst over a 4 KiB boundary',
  'size, type or ID of a burst',
  'burst too long',
  'address not a multiple of the beat',
  'WLAST',
  'address beyond the memory',
  'too many reads outstanding',
  'too many writes outstanding',
  'X on a control signal or on bytes to be written',
];

function benchSource(name: string): SourceFile {
  return { name, text: readFileSync(join(packageRoot(), 'testbench', name), 'utf8') };
}

/** A plain name in the run's folder: Icarus writes none with other letters, or in a path of more than 512. */
export const wavesName = 'waves.fst';

/** Multipliers from which on a design builds sooner in pieces. */
const largeMultipliers = 512;

/** Macros of testbench/chip_tb.v. */
export function chipDefines(params: Params, beats: number, base = 0): Record<string, string | number> {
  const { busBytes, addressBits, burstBeats, outstandingReads } = params.port;
  return {
    ...codeMacros,
    TOP: topModule(params),
    RESET: params.port.reset,
    RESET_LEVEL: resetsLow(params) ? "1'b0" : "1'b1",
    BUS_BYTES: busBytes,
    ADDR_BITS: addressBits,
    BURST_BEATS: burstBeats,
    LANES: derive(params).lanes,
    ACT_BITS: params.numerics.activationBits,
    OUTSTANDING_READS: outstandingReads,
    OUTSTANDING_WRITES: outstandingWrites,
    MEMORY_BEATS: beats,
    MEMORY_BASE: `${addressBits}'h${base.toString(16)}`,
    ROWS_AHEAD: loadsAhead(params) ? 'u_top.rows_ahead' : "1'b0",
  };
}

export async function buildChip({
  params,
  simulator,
  beats,
  base = 0,
  quick = false,
  waves = false,
  sources = designSources(params),
}: ChipBuild): Promise<Executable> {
  return buildSimulation({
    simulator,
    top: 'chip_tb',
    quick,
    waves,
    large: derive(params).multipliers >= largeMultipliers,
    sources: [...sources, benchSource('axi_memory.v'), benchSource('chip_tb.v')],
    defines: chipDefines(params, beats, base),
  });
}

function plusargsOf(settings: RunSettings, maxCycles: number): Record<string, string | number> {
  const {
    seed,
    latency,
    jitter,
    stalls,
    throttle,
    trace,
    profile,
    errorReadAt,
    errorWriteAt,
    errorNth,
    errorDecode,
    silence,
    patience,
    resets,
    waves,
  } = settings;
  const given = {
    seed,
    latency,
    latency_random: jitter,
    stall: stalls,
    throttle,
    trace: trace === true ? 1 : undefined,
    profile: profile === true ? 1 : undefined,
    error_read_at: errorReadAt,
    error_write_at: errorWriteAt,
    error_nth: errorNth,
    error_decerr: errorDecode === true ? 1 : undefined,
    silent: silence === undefined ? undefined : channels.indexOf(silence.channel),
    silent_nth: silence?.nth,
    silent_cycles: silence?.cycles,
    patience,
    resets: resets?.count,
    reset_span: resets?.span,
    reset_seed: resets && seed,
    max_cycles: maxCycles,
    waves: waves === undefined ? undefined : wavesName,
    waves_from: waves?.from,
    waves_to: waves?.to,
  };
  return Object.fromEntries(Object.entries(given).filter((entry): entry is [string, string | number] => entry[1] !== undefined));
}

function parseReads(text: string, problems: string[]): number[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line, i) => {
      const [data = '', response] = line.split(' ');
      if (!/^[0-9a-f]+$/i.test(data)) problems.push(`read ${i} of the host is unknown in part: ${data}`);
      if (response !== '0') problems.push(`read ${i} of the host was answered with ${response}`);
      return parseInt(data, 16);
    });
}

function parseWindows(text: string): WindowLog[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [window = 0, first = 0, last = 0, code = 0] = line.split(' ').map(Number);
      return { window, first, last, code };
    });
}

function benchProblems(bench: Readonly<Record<BenchCount, number>>, output: string): string[] {
  const problems: string[] = [];
  if (bench.violations !== 0) {
    problems.push(
      `AXI4 protocol: ${bench.violations} cycles with ${breaches.filter((_, bit) => ((bench.kinds >> bit) & 1) === 1).join('; ')}`,
    );
  }
  if (bench.hostErrors !== 0) problems.push(...output.split('\n').filter((line) => line.startsWith('host:')));
  if (bench.unknown !== 0) problems.push(`X on an output of the chip in ${bench.unknown} cycles`);
  if (bench.writers !== 0) problems.push(`two writers of one memory in ${bench.writers} cycles`);
  if (bench.attributes !== 0) problems.push(`AxLOCK, AxCACHE, AxPROT or AxQOS is not its constant in ${bench.attributes} cycles`);
  return problems;
}

const defaultCycles = 1_000_000_000;

export interface ChipInput {
  readonly memory: Uint8Array;
  readonly steps: readonly HostStep[];
  readonly busBytes: number;
}

/**
 * Run a built chip in a folder of its own, which stays; `onStart` is called when the simulator has been started.
 *
 * Errors   ToolError when the simulator crashes, hangs or exceeds its time
 */
export async function runChip(
  executable: Executable,
  { memory, steps, busBytes }: ChipInput,
  settings: RunSettings,
  folder: string,
  onStart?: () => void,
): Promise<ChipRun> {
  await rm(folder, { recursive: true, force: true });
  makeFolder(folder);
  writeScratch(join(folder, 'memory.hex'), memoryText(memory, busBytes));
  writeScratch(join(folder, 'script.hex'), scriptText(steps));
  const started = performance.now();
  const { cycles, output } = await runSimulation(executable, {
    plusargs: plusargsOf(settings, defaultCycles),
    workDir: folder,
    onStart,
    ...(settings.timeoutMs === undefined ? {} : { timeoutMs: settings.timeoutMs }),
  });
  const seconds = (performance.now() - started) / 1000;
  const { simulator } = executable;
  const text = (name: string): string => readOutput(simulator, join(folder, name));
  const counts = new Map(
    text('result.txt')
      .split('\n')
      .map((line) => line.split(' ') as [string, string]),
  );
  const bench = Object.fromEntries(benchCounts.map((name) => [name, Number(counts.get(name) ?? NaN)])) as Record<BenchCount, number>;
  if (Object.values(bench).some(Number.isNaN)) throw unreadable(simulator, `result.txt in ${folder} is not complete`);
  const problems = benchProblems(bench, output);
  return {
    folder,
    cycles,
    seconds,
    bench,
    problems,
    memory: parseMemory(await readFile(requireOutput(simulator, join(folder, 'memory.out'))), busBytes, memory.length / busBytes),
    reads: parseReads(text('reads.txt'), problems),
    windows: parseWindows(text('windows.txt')),
  };
}
