/** A ring of requests through the whole chip, compared with everything that the golden model knows about it. */
import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { batchShapeOf } from '../batch/batch-shape.js';
import { formWindows, type Window } from '../batch/form-windows.js';
import type { Policy } from '../contract/codes.js';
import { runGolden, type GoldenRun } from '../golden/run-program.js';
import type { Params } from '../params/fields.js';
import type { Image } from '../program/image.js';
import type { PackedModel } from '../program/operation.js';
import type { Traffic } from '../contract/traffic-classes.js';
import { readOutput, requireOutput } from '../tools/output.js';
import { replaceFile } from '../util/write-file.js';
import type { Executable } from './build.js';
import { checkBooks, checkCounters, coldBooks, runBooks } from './books.js';
import { runChip, type ChipRun, type RunSettings, type WindowLog } from './chip-run.js';
import { compareMemory, goodCompletions, outputsOf } from './compare-memory.js';
import { compareTrace } from './compare-trace.js';
import { Differences, type Difference } from './differences.js';
import { runReadCount, runReads, runSteps, type Counters } from '../host/host-script.js';
import { fillMemory, layOut, tokensOf } from '../host/memory-map.js';
import { readStoredUnit, storedUnitText } from './stored-unit.js';
import { parseProfile, type InstructionProfile } from './profile-file.js';

export interface Unit {
  readonly params: Params;
  readonly image: Image;
  /** Rows of LOAD's width. */
  readonly requests: readonly Int8Array[];
  readonly policy: Policy;
  readonly settings: RunSettings;
  /** Address of the first byte of memory. */
  readonly base?: number;
  /** Bytes left free behind the ring, `layOut`. */
  readonly gap?: number;
  /** Beats of the memory that the executable was built with. */
  readonly beats: number;
}

export interface UnitResult {
  readonly inputs: number;
  readonly tokens: number;
  readonly lengths: readonly number[];
  readonly windows: readonly Window[];
  readonly windowLog: readonly WindowLog[];
  readonly valuesCompared: number;
  readonly mismatches: number;
  readonly differences: readonly Difference[];
  readonly problems: readonly string[];
  /** How many problems there are, where the list has only the first; good units that are stored may lack it. */
  readonly problemCount?: number;
  readonly emaAgree: boolean;
  readonly coldBytes: Traffic;
  readonly runBytes: Traffic;
  readonly counters: Counters;
  /** Every instruction of every window, when the settings ask for it. */
  readonly profile: readonly InstructionProfile[];
  /** What the chip has stored, as numbers. */
  readonly outputs: readonly (readonly number[])[];
  /** Cycles of the whole simulation, load included. */
  readonly cycles: number;
  /** Time of the simulator and of everything. */
  readonly simulationSeconds: number;
  readonly seconds: number;
}

/** Tags are no numbers of requests, so that a mix-up shows. */
export function tagOf(request: number): number {
  return (0xc0de0000 + 7 * request) >>> 0;
}

/** The golden model request by request, with pauses in which the simulator's process is served. */
async function goldenMeanwhile(model: PackedModel, requests: readonly Int8Array[]): Promise<GoldenRun> {
  const outputs: Int8Array[] = [];
  const counts = { dense: 0, sparse: 0, attention: 0 };
  for (const request of requests) {
    await setImmediate();
    const one = runGolden(model, [request]);
    outputs.push(...one.outputs);
    counts.dense += one.counts.dense;
    counts.sparse += one.counts.sparse;
    counts.attention += one.counts.attention;
  }
  return { outputs, counts };
}

/** Bytes and counters of the chip against those that the golden model and the bench have. */
function compareBooks(
  counted: Omit<Parameters<typeof checkCounters>[0], 'beats'>,
  run: ChipRun,
  differences: Differences,
): Pick<UnitResult, 'emaAgree' | 'coldBytes' | 'runBytes' | 'counters'> {
  const { image, params, windows, lengths } = counted;
  const reads = runReads(run.reads);
  const cold = coldBooks(image, reads.cold);
  const books = runBooks(image, params, windows, lengths, reads.run);
  // A host that had to stop has told its problem and has read nothing more.
  const complete = run.reads.length === runReadCount;
  const emaAgree = complete && checkBooks('load', cold, differences) && checkBooks('run', books, differences);
  if (complete) {
    if (reads.error !== 0) differences.problem(`register ERROR = ${reads.error}: must be 0 after a run without faults`);
    checkCounters({ ...counted, beats: { read: run.bench.readBeats, write: run.bench.writeBeats } }, reads, differences);
  }
  return { emaAgree, coldBytes: cold.rtl, runBytes: books.rtl, counters: reads.run };
}

/** Run a unit in `folder`; what is left there repeats and explains it. */
export async function runUnit(executable: Executable, unit: Unit, folder: string): Promise<UnitResult> {
  const started = performance.now();
  const { params, image, requests, policy, settings, base = 0, gap = 0 } = unit;
  const lengths = tokensOf(image, requests);
  const map = { ...layOut(image, params, lengths, base, gap), beats: unit.beats };
  const before = fillMemory(
    map,
    image,
    requests,
    requests.map((_, r) => tagOf(r)),
  );
  const input = { memory: before, steps: runSteps(image, map, requests.length, policy), busBytes: params.port.busBytes };
  let begin!: () => void;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const [run, { outputs, counts }] = await Promise.all([
    runChip(executable, input, settings, folder, begin),
    begun.then(() => goldenMeanwhile(image.model, requests)),
  ]);
  const windows = formWindows(lengths, batchShapeOf(params), policy);

  const differences = new Differences();
  for (const problem of run.problems) differences.problem(problem);
  if (settings.trace === true) {
    const file = requireOutput(executable.simulator, join(folder, 'trace.txt'));
    await compareTrace(file, { params, model: image.model, requests, windows }, differences);
    if (differences.count === 0) await rm(file);
  }
  const profile = settings.profile === true ? parseProfile(readOutput(executable.simulator, join(folder, 'profile.txt'))) : [];
  compareMemory({ image, map, before, outputs, completions: goodCompletions(windows, requests.length) }, run.memory, differences);
  const books = compareBooks({ image, params, windows, lengths, counts }, run, differences);
  return {
    inputs: requests.length,
    tokens: lengths.reduce((sum, length) => sum + length, 0),
    lengths,
    windows,
    windowLog: run.windows,
    valuesCompared: differences.valuesCompared,
    mismatches: differences.mismatches,
    differences: differences.list,
    problems: differences.problems,
    problemCount: differences.problemCount,
    ...books,
    profile,
    outputs: outputsOf(run.memory.bytes, map, image).map((bytes) => [...bytes]),
    cycles: run.cycles,
    simulationSeconds: run.seconds,
    seconds: (performance.now() - started) / 1000,
  };
}

/** Whether nothing at all is wrong. */
export function isGood({ mismatches, problems }: Pick<UnitResult, 'mismatches' | 'problems'>): boolean {
  return mismatches === 0 && problems.length === 0;
}

function keyOf(executable: Executable, { image, requests, policy, settings, base = 0, gap = 0 }: Unit): string {
  const hash = createHash('sha256').update(JSON.stringify([basename(executable.folder), policy, settings, base, gap]));
  for (const bytes of [image.cold, image.pass, ...requests]) hash.update(bytes);
  return hash.digest('hex');
}

/** Runs a unit as runUnit does, unless the same unit has had a good end in this folder before: then its result is read. `keep`: leave the files of a good one. */
export async function resumeUnit(executable: Executable, unit: Unit, folder: string, keep = false): Promise<UnitResult> {
  const key = keyOf(executable, unit);
  const resultFile = `${folder}.json`;
  const stored = readStoredUnit(resultFile, key);
  if (stored !== undefined) return stored;
  const result = await runUnit(executable, unit, folder);
  if (isGood(result)) {
    replaceFile(resultFile, storedUnitText(key, result));
    if (!keep) await rm(folder, { recursive: true });
  }
  return result;
}
