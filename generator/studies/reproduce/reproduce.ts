/** The command `reproduce`: all mechanisms on the tasks and on published shapes, with what the memory does to them. */
import { derive } from '../../params/derived.js';
import type { Params } from '../../params/fields.js';
import { presetParams } from '../../params/presets.js';
import { beatsFor } from '../../sim/simulate.js';
import type { Subject } from '../../subject/subject.js';
import { workloadShape } from '../../subject/workload/shapes.js';
import { fullGrid, measureBandwidth, sufficientPrefetch, type BandwidthPoint, type Grid, type PrefetchDepth } from './bandwidth.js';
import { fullRows, measureFullWindows, type FullWindows } from './full-windows.js';
import { measureSubject, type SubjectMeasurements, type MeasureSettings } from './measure.js';
import { chainOf, rowsOf, type Chain, type Row } from './rows.js';
import { loadTask } from '../../data/load.js';
import { codedTask, codedWorkload, type SubjectByCoding } from './coded.js';

export interface ReproduceRequest extends Omit<MeasureSettings, 'beats'> {
  /** `params` is the hardware of the tasks; workloads run on the preset paper. */
  readonly tasks: readonly string[];
  readonly workloads: readonly string[];
  /** Inputs of each task that every variant runs. */
  readonly inputs: number;
  /** Inputs of each task that only the default policy runs, all where the task has fewer; 0 leaves that out. */
  readonly fullInputs: number;
  /** Windows of each workload that only the default policy runs. */
  readonly fullWindows: number;
  /** Grid of the bandwidth curve; undefined leaves the curve out. */
  readonly grid: Grid | undefined;
  readonly clockMHz: number;
  /** What the user typed, without the choice of one workload. */
  readonly command: (workload: string) => string;
}

export interface BandwidthCurve {
  readonly name: string;
  readonly points: readonly BandwidthPoint[];
  readonly prefetch: readonly PrefetchDepth[];
}

export interface Reproduction {
  readonly rows: readonly Row[];
  readonly chain: Readonly<Record<string, Chain>>;
  readonly subjects: readonly SubjectMeasurements[];
  readonly full: readonly FullWindows[];
  readonly bandwidth: BandwidthCurve | undefined;
}

interface Plan {
  readonly subject: SubjectByCoding;
  readonly full: SubjectByCoding | undefined;
  readonly params: Params;
  /** Beats of all subjects that share a build. */
  readonly beats: number | undefined;
}

type Planned = Omit<ReproduceRequest, 'command' | 'say'>;

/** Subjects of the tasks, then those of the workloads. */
export function plansOf({ tasks, workloads, inputs, fullInputs, fullWindows, params, seed, latencyCycles }: Planned): Plan[] {
  const settings = { seed, latency: latencyCycles };
  const ofTasks = tasks.map((task) => ({
    subject: codedTask(task, params, inputs, seed),
    full: fullInputs === 0 ? undefined : codedTask(task, params, Math.min(fullInputs, loadTask(task).splits.test.length), seed),
  }));
  // The widest weights need the most memory: with it one build serves every task.
  const beats = Math.max(
    0,
    ...ofTasks
      .flatMap(({ subject, full }) => [
        subject.in('dense16'),
        subject.in('uncoded'),
        ...(full === undefined ? [] : [full.in('factorized')]),
      ])
      .map(({ image, requests }) => beatsFor({ params, image, requests, settings })),
  );
  const paperParams = presetParams('paper');
  const { windowTokens, sliceTokens } = derive(paperParams);
  const ofWorkloads = workloads.map((choice): Plan => {
    const shape = workloadShape(choice);
    const quarters = Array.from({ length: paperParams.array.slices }, () => sliceTokens);
    const whole = Array.from({ length: fullWindows }, () => windowTokens);
    return {
      subject: codedWorkload(shape, paperParams, quarters, seed),
      full: fullWindows === 0 ? undefined : codedWorkload(shape, paperParams, whole, seed),
      params: paperParams,
      beats: undefined,
    };
  });
  return [...ofTasks.map((plan) => ({ ...plan, params, beats })), ...ofWorkloads];
}

/** What the bandwidth curve is measured on: the first task, or else the first workload. */
export function bandwidthSubject({ tasks: [task], workloads, params, seed }: Planned) {
  const subjectOn = (on: Params): Subject =>
    task !== undefined
      ? codedTask(task, on, 4, seed).in('factorized')
      : codedWorkload(workloadShape(workloads[0]!), on, [derive(on).windowTokens], seed).in('factorized');
  return { name: task ?? workloads[0]!, subjectOn, params: task !== undefined ? params : presetParams('paper') };
}

export async function reproduce(request: ReproduceRequest): Promise<Reproduction> {
  const { clockMHz, grid, command } = request;
  const subjects: SubjectMeasurements[] = [];
  const full: FullWindows[] = [];
  for (const plan of plansOf(request)) {
    const settings: MeasureSettings = { ...request, params: plan.params, ...(plan.beats !== undefined && { beats: plan.beats }) };
    subjects.push(await measureSubject(plan.subject, settings));
    if (plan.full !== undefined) full.push(await measureFullWindows(plan.full, settings));
  }
  const rows = subjects.flatMap((subject) => [
    ...rowsOf(subject, clockMHz, command(subject.name)),
    ...full.filter(({ name }) => name === subject.name).flatMap((one) => fullRows(one, command(subject.name))),
  ]);
  return {
    rows,
    chain: Object.fromEntries(subjects.map((subject) => [subject.name, chainOf(subject)])),
    subjects,
    full,
    bandwidth: grid === undefined ? undefined : await curve(grid),
  };

  async function curve(of: Grid): Promise<BandwidthCurve> {
    const { name, subjectOn, params } = bandwidthSubject(request);
    const points = await measureBandwidth(subjectOn, of, { ...request, params });
    return { name, points, prefetch: sufficientPrefetch(subjectOn(params), params, of.latencies) };
  }
}

export { fullGrid };

/** Whether every bit and every byte of every run was right. */
export function isExact({ subjects, full, bandwidth }: Reproduction): boolean {
  const summaries = [...subjects.flatMap(({ variants }) => Object.values(variants)), ...full.map(({ measured }) => measured)].map(
    ({ summary }) => summary,
  );
  return (
    summaries.every(({ mismatches, emaAgree }) => mismatches === 0 && emaAgree) && (bandwidth?.points.every(({ exact }) => exact) ?? true)
  );
}
