import { meterLatency } from '../../generator/contract/latencies.js';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { codeMacros } from '../../generator/rtl/verilog-codes.js';
import type { MultiplyCounts } from '../../generator/golden/multiply-counts.js';
import { runGolden } from '../../generator/golden/run-program.js';
import type { TraceEvent, TraceTensor } from '../../generator/golden/trace.js';
import { derive, loadsAhead } from '../../generator/params/derived.js';
import type { Params } from '../../generator/params/fields.js';
import { orderFor } from '../../generator/program/image.js';
import type { Operation, PackedModel } from '../../generator/program/operation.js';
import { coreUnits } from '../../generator/rtl/core-units.js';
import { crc32 } from '../../generator/rtl/crc32.js';
import { loadAhead } from '../../generator/rtl/load_ahead.js';
import { renderUnit } from '../../generator/rtl/render.js';
import { buildSimulation, runSimulation, type Executable, type Simulator, type SourceFile } from '../../generator/sim/build.js';
import { rowBitsOf, rowsInMemory, slicesOf, writeCoreFiles, type CoreLayout, type CoreWindow, type Placed } from './core-files.js';

const testbench = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'testbench');

/** Files of the core and rows with the units that they are made of, and load_ahead where there is one. */
export function coreSources(params: Params): SourceFile[] {
  const units = [
    ...coreUnits(params),
    ...(params.port.rowCrc === 1 ? [crc32(params)] : []),
    ...(loadsAhead(params) ? [loadAhead(params)] : []),
  ];
  return units.map((unit) => renderUnit(params.prefix, unit));
}

/** What the bench wrote about one window. */
interface WindowTrace {
  /** Words by "instruction plane feature pass"; the last write of an instruction wins. */
  readonly words: Map<string, string>;
  meter: readonly number[];
}

const planes: Readonly<Record<string, string>> = { P: 'P', R: 'R', D0: 'X', D1: 'H', D2: 'Q', D3: 'K', D4: 'V', NX: 'X', NH: 'H', NR: 'R' };

function readTrace(text: string, passes: number): Map<number, WindowTrace> {
  const windows = new Map<number, WindowTrace>();
  const at = (window: number): WindowTrace => {
    const found = windows.get(window) ?? { words: new Map(), meter: [] };
    windows.set(window, found);
    return found;
  };
  for (const line of text.split('\n')) {
    const fields = line.split(' ');
    if (fields[0] === 'A') windows.delete(parseInt(fields[1]!, 16));
    if (fields[0] === 'M') at(parseInt(fields[1]!, 16)).meter = fields.slice(2).map((field) => parseInt(field, 16));
    if (fields.length !== 6) continue;
    const [window, pc, memory, place, turn, word] = fields as [string, string, string, string, string, string];
    const plane = planes[memory];
    if (plane === undefined) continue;
    const number = parseInt(place, 16);
    const [feature, pass] = memory.startsWith('N') ? [Math.floor(number / passes), number % passes] : [number, parseInt(turn, 16)];
    at(parseInt(window, 16)).words.set(`${parseInt(pc, 16)} ${plane} ${feature} ${pass}`, word);
  }
  return windows;
}

export interface CoreRun {
  readonly differences: readonly string[];
  readonly valuesCompared: number;
  readonly cycles: number;
  /** Window and number of requests whose rows are not what their CRC says. */
  readonly badRows: readonly (readonly [window: number, request: number])[];
  /** Windows whose rows were loaded while another one computed, or were to be. */
  readonly loadedAhead: readonly number[];
}

export interface CoreOptions {
  readonly simulator: Simulator;
  readonly seed: number;
  readonly stall: boolean;
  /** Changes that the build holds, all of them, and the one that is in force: its place in the list from 1 on; 0 when none is. */
  readonly mutants?: readonly CoreMutant[];
  readonly mutant?: number;
}

/** An expression of the Verilog with another one in its place, which a run must show. */
export interface CoreMutant {
  /** Text around the expression, which stands at the sign @; every such place is changed. */
  readonly at: string;
  readonly find: string;
  readonly put: string;
}

/** Every file with all changes, each in force when the bench has its number: one build serves many of them. */
function withMutants(sources: readonly SourceFile[], mutants: readonly CoreMutant[]): readonly SourceFile[] {
  return mutants.reduce((files, { at, find, put }, index) => {
    const place = at.replace('@', () => find);
    if (!files.some(({ text }) => text.includes(place))) throw new Error(`nothing to replace: ${place}`);
    const changed = at.replace('@', () => `((core_tb.mutant == 32'd${index + 1}) ? (${put}) : (${find}))`);
    return files.map(({ name, text }) => ({ name, text: text.replaceAll(place, () => changed) }));
  }, sources);
}

/** The core with its bench in a simulator. */
function buildCore(params: Params, { simulator, mutants = [] }: CoreOptions): Promise<Executable> {
  const { columns, slices, passes } = params.array;
  const { matrices, instructions, codeWords } = params.envelope;
  const sources = coreSources(params);
  return buildSimulation({
    simulator,
    top: 'core_tb',
    quick: true,
    sources: [...withMutants(sources, mutants), { name: 'core_tb.v', text: readFileSync(join(testbench, 'core_tb.v'), 'utf8') }],
    defines: {
      ...codeMacros,
      COLUMNS: columns,
      SLICES: slices,
      LANES: derive(params).lanes,
      ACT_BITS: params.numerics.activationBits,
      PASSES: passes,
      ROW_BITS: rowBitsOf(params),
      BUS_BYTES: params.port.busBytes,
      INSTRUCTIONS: instructions,
      MATRICES: matrices,
      CODE_WORDS: codeWords,
      SEGMENTS: params.batcher.segments,
      METER_DELAY: meterLatency(params),
      ...(loadsAhead(params) && { AHEAD: 1 }),
      ...(params.port.rowCrc === 1 && { ROW_CRC: 1 }),
    },
  });
}

/** What one run left behind. */
interface CoreFiles {
  readonly layout: CoreLayout;
  readonly cycles: number;
  readonly errors: number;
  readonly output: string;
  /** Beats in hexadecimal. */
  readonly memory: readonly string[];
  readonly trace: string;
}

async function simulateCore(
  executable: Executable,
  params: Params,
  model: PackedModel,
  windows: readonly CoreWindow[],
  { seed, stall, mutant = 0 }: CoreOptions,
): Promise<CoreFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'trexgen-core-'));
  const layout = await writeCoreFiles(folder, params, model, windows, stall);
  const { cycles, errors, output } = await runSimulation(executable, {
    plusargs: { seed, mutant, max_cycles: 4_000_000 },
    workDir: folder,
    timeoutMs: 300_000,
  });
  const memory = (await readFile(join(folder, 'memory.out'), 'utf8')).split('\n').filter((line) => line !== '' && !line.startsWith('//'));
  const trace = await readFile(join(folder, 'trace.txt'), 'utf8');
  await rm(folder, { recursive: true });
  return { layout, cycles, errors, output, memory, trace };
}

/** Run windows of a model on the core; hold every stored byte, every output and the meter against the golden model. */
export async function runCore(params: Params, packed: PackedModel, windows: readonly CoreWindow[], options: CoreOptions): Promise<CoreRun> {
  const model = orderFor(packed, params.array.columns);
  const files = await simulateCore(await buildCore(params, options), params, model, windows, options);
  const { cycles, errors, output, trace } = files;
  const traces = readTrace(trace, params.array.passes);

  const differences: string[] = errors > 0 ? [`the bench counted ${errors} errors: ${output}`] : [];
  let valuesCompared = 0;
  windows.forEach(({ requests }, w) => {
    const compare: Compare = (got, want, where) => {
      valuesCompared++;
      if (got !== want && differences.length < 10) differences.push(`window ${w}, ${where}: got ${got}, golden ${want}`);
    };
    const events: TraceEvent[] = [];
    const golden = runGolden(
      model,
      requests.map(({ rows }) => rows),
      { trace: (event) => events.push(event) },
    );
    const { words, meter } = traces.get(w) ?? { words: new Map<string, string>(), meter: [] };
    compareWords(params, requests, events, words, compare);
    compareMeter(params, model, requests, golden.counts, meter, compare);
    compareOutputs(params, model, golden.outputs, files, w, compare);
  });
  const badRows = [...trace.matchAll(/^C ([0-9a-f]+) ([0-9a-f]+)$/gm)].map(
    ([, window, segment]) => [parseInt(window!, 16), parseInt(segment!, 16)] as const,
  );
  const loadedAhead = [...trace.matchAll(/^H ([0-9a-f]+)$/gm)].map(([, window]) => parseInt(window!, 16));
  return { differences, valuesCompared, cycles, badRows, loadedAhead };
}

type Compare = (got: string, want: string, where: string) => void;

const hexOf = (value: number, digits: number): string => (value & (2 ** (4 * digits) - 1)).toString(16).padStart(digits, '0');

/** Every value that golden has must be there, and nothing must be written that golden does not know. */
function compareWords(
  params: Params,
  requests: readonly Placed[],
  events: readonly TraceEvent[],
  words: ReadonlyMap<string, string>,
  compare: Compare,
): void {
  const { lanesPerSlice } = params.array;
  const { sliceTokens } = derive(params);
  const known = new Set<string>();
  // Rows are held against golden at the memory; what LOAD wrote shows in whatever reads it.
  for (const { index, operation, tensors, request } of events.filter(({ operation: { op } }) => op !== 'LOAD' && op !== 'STORE')) {
    const check = ({ name, base, width, tokens, data }: TraceTensor): void => {
      const digits = name === 'R' ? 4 : 2;
      for (let f = 0; f < width; f++) {
        known.add(`${index} ${name} ${base + f}`);
        for (let t = 0; t < tokens; t++) {
          const { first, position: begin = 0 } = requests[request]!;
          const slice = first + Math.floor((begin + t) / sliceTokens);
          const position = (begin + t) % sliceTokens;
          const lane = slice * lanesPerSlice + (position % lanesPerSlice);
          const word = words.get(`${index} ${name} ${base + f} ${Math.floor(position / lanesPerSlice)}`) ?? '';
          const got = word.slice(word.length - digits * (lane + 1), word.length - digits * lane);
          compare(
            got,
            hexOf(data[t * width + f]!, digits),
            `instruction ${index} (${operation.op} to ${name}), request ${request}, token ${t}, feature ${base + f}`,
          );
        }
      }
    };
    tensors.forEach(check);
  }
  for (const key of words.keys()) {
    const place = key.split(' ').slice(0, 3).join(' ');
    if (!known.has(place)) compare('written', 'not written', `instruction, plane and feature ${place}`);
  }
}

/** Rows of the outputs as they lie in memory, their padding and their CRC with them. */
function compareOutputs(
  params: Params,
  model: PackedModel,
  outputs: readonly Int8Array[],
  { layout, memory }: CoreFiles,
  window: number,
  compare: Compare,
): void {
  const { outer } = model.operations.find((operation) => operation.op === 'STORE')!;
  const { busBytes } = params.port;
  outputs.forEach((bytes, r) => {
    rowsInMemory(bytes, outer, params).forEach((byte, at) => {
      const line = memory[layout.outputs[window]![r]! + Math.floor(at / busBytes)] ?? '';
      const end = line.length - 2 * (at % busBytes);
      compare(line.slice(end - 2, end), hexOf(byte, 2), `output of request ${r}, byte ${at} of rows of ${layout.outBeats} beats`);
    });
  });
}

/** Work is golden's number of multiplies, and every busy cycle has one cause. */
function compareMeter(
  params: Params,
  model: PackedModel,
  requests: readonly Placed[],
  counts: MultiplyCounts,
  meter: readonly number[],
  compare: Compare,
): void {
  const [busy = -1, issue, dense, sparse, attended, useful, lanes, ...waits] = meter;
  const { columns, slices, lanesPerSlice } = params.array;
  const { sliceTokens } = derive(params);
  const rowBytes = model.operations.find((operation) => operation.op === 'LOAD')!.outer;
  const lengths = requests.map(({ rows }) => rows.length / rowBytes);
  const { fill, first } = slicesOf(requests, rowBytes, slices, sliceTokens);
  const groups = Math.max(...requests.map(({ count }) => count));
  const longest = Math.max(...fill);
  // Every lane with a token looks at every key of the slices that its slice walks.
  const pairs = fill.reduce(
    (sum, tokens, s) =>
      sum + tokens * Array.from({ length: groups }, (_, group) => fill[(first[s]! + group) % slices]!).reduce((all, keys) => all + keys, 0),
    0,
  );
  const heads = model.operations.reduce(
    (sum, operation) => sum + (operation.op === 'ATTEND' ? operation.inner * (operation.uniform ? 1 : 2) : 0),
    0,
  );
  const tiles = (n: number): number => Math.ceil(n / columns);
  const keys = groups * tiles(longest) * columns;
  const steps = (operation: Operation): number => {
    switch (operation.op) {
      case 'PROJECT':
      case 'DENSE':
        return operation.inner * tiles(operation.outer);
      case 'EXPAND':
        return operation.k * tiles(operation.outer);
      case 'ATTEND':
        return keys * tiles(operation.inner) + (operation.uniform ? 0 : operation.inner * (keys / columns));
      case 'LOAD':
      case 'NORM':
      case 'STORE':
        return 0;
    }
  };
  const allSteps = model.operations.reduce((sum, operation) => sum + steps(operation), 0);
  const tokens = lengths.reduce((sum, length) => sum + length, 0);
  const check = (what: string, got: number | undefined, want: number): void => compare(String(got), String(want), what);
  check('multiplies of dense layers', dense, counts.dense);
  check('multiplies of sparse layers', sparse, counts.sparse);
  check('multiplies of attention with keys of the own request', useful, counts.attention);
  check('multiplies of attention', attended, heads * pairs);
  check('steps issued', issue, allSteps * Math.ceil(longest / lanesPerSlice));
  check('lanes with a token in them', lanes, allSteps * tokens);
  check(
    'cycles by cause',
    waits.reduce((sum, n) => sum + n, issue ?? -1),
    busy,
  );
}
