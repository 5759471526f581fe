/** Every mechanism switched on one after the other, each simulated whole and held bit for bit against the golden model. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import pMap from 'p-map';
import type { Policy } from '../../contract/codes.js';
import { addActivity, windowActivity } from '../../analytic/energy/activity.js';
import { estimateEnergy, type EnergyEstimate } from '../../analytic/energy/estimate.js';
import type { EnergyTable } from '../../analytic/energy/table.js';
import type { Params } from '../../params/fields.js';
import { makeParams } from '../../params/params.js';
import { baselineBytes } from '../../program/traffic.js';
import type { Simulator } from '../../sim/build.js';
import type { InstructionProfile } from '../../sim/profile-file.js';
import type { Operation } from '../../program/operation.js';
import { sumTraffic } from '../../contract/traffic-classes.js';
import { windowTraffic } from '../../program/traffic.js';
import { simulate, summarise, type Summary } from '../../sim/simulate.js';
import type { Coding } from '../../subject/workload/build.js';
import type { Part } from '../../analytic/walk.js';
import { measureWaits, type PolicyWaits } from './ablation.js';
import type { SubjectByCoding } from './coded.js';

export interface Variant {
  readonly name: VariantName;
  readonly coding: Coding;
  readonly policy: Policy;
  /** Another register file than that of the run's hardware. */
  readonly registerFile?: Partial<Params['registerFile']>;
}

export const variants = [
  { name: 'dense16', coding: 'dense16', policy: 'single' },
  { name: 'uncoded', coding: 'uncoded', policy: 'single' },
  { name: 'dense8', coding: 'dense8', policy: 'single' },
  { name: 'single', coding: 'factorized', policy: 'single' },
  { name: 'uniform', coding: 'factorized', policy: 'uniform' },
  { name: 'packed', coding: 'factorized', policy: 'packed' },
  { name: 'tokens', coding: 'factorized', policy: 'tokens' },
  { name: 'oneDirection', coding: 'factorized', policy: 'packed', registerFile: { directions: 1, turn: 'ahead' } },
  { name: 'lateTurns', coding: 'factorized', policy: 'packed', registerFile: { directions: 1, turn: 'late' } },
] as const satisfies readonly (Omit<Variant, 'name'> & { readonly name: string })[];

export type VariantName = (typeof variants)[number]['name'];

export interface Measured {
  readonly name: VariantName;
  readonly summary: Summary;
  /** Bytes of the baseline for the same inputs, docs/stream.md. */
  readonly baseline: number;
  /** Bytes of the first window with the load of the model. */
  readonly coldWindowBytes: number;
  readonly coldWindowBaseline: number;
  readonly energy: EnergyEstimate;
  readonly operations: readonly Operation[];
  /** Requests of every window in the order of their arrival. */
  readonly windows: readonly (readonly Part[])[];
  readonly profile: readonly InstructionProfile[];
}

/** What was measured of one subject, variant by variant. */
export interface SubjectMeasurements {
  readonly name: string;
  readonly params: Params;
  readonly variants: Readonly<Record<VariantName, Measured>>;
  readonly waits: PolicyWaits | undefined;
}

export interface MeasureSettings {
  readonly params: Params;
  readonly simulator: Simulator;
  readonly latencyCycles: number;
  readonly seed: number;
  readonly energy: EnergyTable;
  readonly out: string;
  /** Beats of memory at least: all subjects on one build. */
  readonly beats?: number;
  /** Simulations at a time; one for each processor when not given. */
  readonly jobs?: number;
  /** Compile without optimisation: for short runs. */
  readonly quick?: boolean;
  readonly say: (text: string) => void;
}

/** A large model on the large preset takes the better part of an hour. */
export const longRunMs = 12 * 3600 * 1000;

export async function measureVariant(
  subject: SubjectByCoding,
  { name, coding, policy }: Variant,
  settings: MeasureSettings,
): Promise<Measured> {
  const { params, simulator, latencyCycles, seed, energy, out, beats, quick, say } = settings;
  const { image, requests, lengths } = subject.in(coding);
  const simulation = await simulate({
    params,
    image,
    requests,
    simulator,
    policy,
    settings: { seed, latency: latencyCycles, profile: true, timeoutMs: longRunMs },
    out: join(out, subject.name, name),
    ...(beats !== undefined && { beats }),
    ...(quick !== undefined && { quick }),
    onProgress: ({ inputs, of }) => say(`${subject.name}, ${name}: ${inputs} of ${of} inputs`),
  });
  const { units } = simulation;
  const summary = summarise(params, units);
  const { operations } = image.model;
  let offset = 0;
  const profile = units.flatMap((unit) => {
    const numbered = unit.profile.map((line) => ({ ...line, window: line.window + offset }));
    offset += unit.windows.length;
    return numbered;
  });
  const parts = units.flatMap(({ windows }) => windows);
  const activity = parts.map((window) => windowActivity(operations, params, window)).reduce(addActivity);
  const first = parts[0]!.map(({ length }) => length);
  return {
    name,
    summary,
    operations,
    windows: parts,
    profile,
    baseline: baselineBytes(image.model, lengths),
    coldWindowBytes:
      sumTraffic(summary.coldBytes) +
      sumTraffic(windowTraffic(operations, first, { columns: image.columns, busBytes: image.busBytes, rowCrc: params.port.rowCrc })),
    coldWindowBaseline: baselineBytes(image.model, first),
    energy: estimateEnergy(activity, summary.emaBytes, params, energy),
  };
}

/** The hardware of a variant; a grid of flip-flops has no form of one direction. */
export function hardwareOf(params: Params, { registerFile }: Variant): Params {
  if (registerFile === undefined) return params;
  const { kind } = params.registerFile;
  return makeParams({ ...params, registerFile: { ...params.registerFile, kind: kind === 'grid' ? 'async' : kind, ...registerFile } });
}

/** All of them, as many at a time as there are processors. */
export async function measureSubject(subject: SubjectByCoding, settings: MeasureSettings): Promise<SubjectMeasurements> {
  const measure = async (variant: Variant): Promise<[VariantName, Measured]> => [
    variant.name,
    await measureVariant(subject, variant, { ...settings, params: hardwareOf(settings.params, variant) }),
  ];
  // The first of each hardware first: while one is built, no other variant builds the same.
  const [first, ...rest] = variants;
  const ordered: readonly Variant[] = [
    first,
    ...rest.filter((variant) => 'registerFile' in variant),
    ...rest.filter((variant) => !('registerFile' in variant)),
  ];
  const measured = Object.fromEntries(await pMap(ordered, measure, { concurrency: settings.jobs ?? availableParallelism() })) as Record<
    VariantName,
    Measured
  >;
  const { image, lengths } = subject.in('factorized');
  return {
    name: subject.name,
    params: settings.params,
    waits: measureWaits({ ...settings, image, lengths }),
    variants: Object.fromEntries(variants.map(({ name }) => [name, measured[name]])) as Record<VariantName, Measured>,
  };
}
