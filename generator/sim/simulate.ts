/** Any number of requests through the whole chip: in units of a ring each, with their sums. */
import { join } from 'node:path';
import type { Policy } from '../contract/codes.js';
import type { Params } from '../params/fields.js';
import { peCycleCauses, type PeCycleCause } from '../contract/registers.js';
import { utilizationOf, type Utilization } from '../contract/utilization.js';
import { requireFit } from '../program/fits.js';
import type { Image } from '../program/image.js';
import { noTraffic, type Traffic } from '../contract/traffic-classes.js';
import { configHash } from '../rtl/design.js';
import type { Executable, Simulator } from './build.js';
import { addTraffic, causesOf } from './books.js';
import { buildChip, type RunSettings } from './chip-run.js';
import { layOut, tokensOf } from '../host/memory-map.js';
import { isGood, resumeUnit, type Unit, type UnitResult } from './unit.js';

export interface SimulationRequest {
  readonly params: Params;
  readonly image: Image;
  /** Rows of LOAD's width. */
  readonly requests: readonly Int8Array[];
  readonly simulator: Simulator;
  readonly policy: Policy;
  readonly settings: RunSettings;
  /** Folder of the units. */
  readonly out: string;
  /** Requests of one unit at most. */
  readonly perUnit?: number;
  /** Beats of memory at least: so that several models run on one build. */
  readonly beats?: number;
  /** Leave the files of units that are good too. */
  readonly keep?: boolean;
  /** Compile without optimisation. */
  readonly quick?: boolean;
  readonly onProgress?: (progress: { readonly inputs: number; readonly of: number }) => void;
}

export interface Simulation {
  readonly units: readonly UnitResult[];
  /** What each unit was: to run parts of it again. */
  readonly cases: readonly Unit[];
  readonly executable: Executable;
  readonly buildSeconds: number;
}

const requestsPerUnit = 128;
/** A trace is large: shorter units keep the file small. */
const tracedPerUnit = 32;

function chunksOf<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size));
}

/** Beats of memory that the largest unit needs. */
export function beatsFor({
  params,
  image,
  requests,
  settings,
  perUnit,
}: Pick<SimulationRequest, 'params' | 'image' | 'requests' | 'settings' | 'perUnit'>): number {
  const size = perUnit ?? (settings.trace === true ? tracedPerUnit : requestsPerUnit);
  return Math.max(...chunksOf(tokensOf(image, requests), size).map((lengths) => layOut(image, params, lengths).beats));
}

/**
 * Build the chip, run every request, compare everything.
 *
 * Errors   UserError when model or inputs do not fit the hardware; ToolError when a tool fails
 */
export async function simulate(request: SimulationRequest): Promise<Simulation> {
  const { params, image, requests, simulator, policy, settings, out, quick = false } = request;
  requireFit(image, params, tokensOf(image, requests));
  const size = request.perUnit ?? (settings.trace === true ? tracedPerUnit : requestsPerUnit);
  const beats = Math.max(request.beats ?? 0, beatsFor(request));
  const started = performance.now();
  const executable = await buildChip({ params, simulator, beats, quick });
  const buildSeconds = (performance.now() - started) / 1000;
  const cases: Unit[] = chunksOf(requests, size).map((some) => ({ params, image, requests: some, policy, settings, beats }));
  const units: UnitResult[] = [];
  let done = 0;
  for (const [n, unit] of cases.entries()) {
    request.onProgress?.({ inputs: done, of: requests.length });
    units.push(await resumeUnit(executable, unit, join(out, `unit-${n}`), request.keep));
    done += unit.requests.length;
  }
  request.onProgress?.({ inputs: done, of: requests.length });
  return { units, cases, executable, buildSeconds };
}

export interface Summary {
  readonly inputs: number;
  readonly tokens: number;
  readonly windows: number;
  /** Requests of a window: in the mean, and the most of any. */
  readonly segments: { readonly mean: number; readonly most: number };
  readonly valuesCompared: number;
  /** Values that differ, and everything else that is wrong. */
  readonly mismatches: number;
  readonly emaAgree: boolean;
  /** The model loaded once, and all windows. */
  readonly emaBytes: Traffic;
  readonly coldBytes: Traffic;
  readonly cycles: number;
  readonly utilization: Utilization;
  /** Share of each cause in all PE-cycles, work included. */
  readonly causes: Readonly<Record<PeCycleCause, number>>;
  readonly simulationSeconds: number;
  readonly seconds: number;
  readonly configHash: string;
}

export function summarise(params: Params, units: readonly UnitResult[]): Summary {
  const sum = (of: (unit: UnitResult) => number): number => units.reduce((total, unit) => total + of(unit), 0);
  const peCycles = Object.fromEntries(peCycleCauses.map((cause) => [cause, sum(({ counters }) => causesOf(counters)[cause])])) as Record<
    PeCycleCause,
    number
  >;
  const all = peCycleCauses.reduce((total, cause) => total + peCycles[cause], 0);
  const windows = units.flatMap((unit) => unit.windows);
  const coldBytes = units[0]?.coldBytes ?? noTraffic();
  return {
    inputs: sum(({ inputs }) => inputs),
    tokens: sum(({ tokens }) => tokens),
    windows: windows.length,
    segments: {
      mean: windows.length === 0 ? 0 : windows.flat().length / windows.length,
      most: windows.reduce((most, window) => Math.max(most, window.length), 0),
    },
    valuesCompared: sum(({ valuesCompared }) => valuesCompared),
    mismatches: sum(({ mismatches, problems, problemCount = problems.length }) => mismatches + problemCount),
    emaAgree: units.every(({ emaAgree }) => emaAgree),
    coldBytes,
    emaBytes: addTraffic([coldBytes, ...units.map(({ runBytes }) => runBytes)]),
    cycles: sum(({ counters }) => counters.cycles),
    utilization: utilizationOf(peCycles),
    causes: Object.fromEntries(peCycleCauses.map((cause) => [cause, all === 0 ? 0 : peCycles[cause] / all])) as Record<
      PeCycleCause,
      number
    >,
    simulationSeconds: sum(({ simulationSeconds }) => simulationSeconds),
    seconds: sum(({ seconds }) => seconds),
    configHash: configHash(params),
  };
}

export function firstBad(simulation: Simulation): number {
  return simulation.units.findIndex((unit) => !isGood(unit));
}
