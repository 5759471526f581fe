/** The same workload on two configurations: predicted, and through the Verilog when it is asked for. */
import type { Params } from '../../params/fields.js';
import type { Simulator } from '../../sim/build.js';
import { SubjectOnHardware } from '../sweep/hardware.js';
import type { Measuring } from '../sweep/key.js';
import { measureAnalytic } from '../sweep/measure.js';
import type { Objectives } from '../sweep/objectives.js';
import { reasonOf, type Outcome } from '../sweep/outcome.js';
import { measureRtl } from '../sweep/rtl.js';
import { loadSubject, subjectId } from '../sweep/subject.js';
import type { RunPoint } from '../sweep/fields.js';

/** Result, or why there is none. */
export type Side = Objectives | { readonly reason: string };

export interface WorkloadDiff {
  readonly task: string;
  readonly predicted: { readonly a: Side; readonly b: Side };
  readonly measured: { readonly a: Side; readonly b: Side } | undefined;
}

export interface WorkloadRequest {
  readonly a: Params;
  readonly b: Params;
  readonly run: RunPoint;
  readonly measuring: Measuring;
  /** `folder`: of this workload alone. */
  readonly simulate: { readonly simulator: Simulator; readonly folder: string } | undefined;
}

function sideOf(outcome: Outcome): Side {
  return outcome.state === 'measured' ? outcome.objectives : { reason: outcome.reason };
}

async function attempt(measure: () => Promise<Outcome> | Outcome): Promise<Outcome> {
  try {
    return await measure();
  } catch (error) {
    return { state: 'failed', reason: reasonOf(error) };
  }
}

export async function diffWorkload({ a, b, run, measuring, simulate }: WorkloadRequest): Promise<WorkloadDiff> {
  const subjects = new Map<string, SubjectOnHardware>();
  const on = (params: Params): SubjectOnHardware => {
    const id = subjectId(run, params);
    const known = subjects.get(id) ?? new SubjectOnHardware(loadSubject(run, params, measuring));
    subjects.set(id, known);
    return known;
  };
  const predict = (params: Params): Promise<Outcome> =>
    attempt(() => ({ state: 'measured', objectives: measureAnalytic(on(params), { params, run }).objectives, detail: {} }));
  const predicted = { a: await predict(a), b: await predict(b) };
  const through = async (name: 'a' | 'b', params: Params): Promise<Side> => {
    const lower = predicted[name];
    if (lower.state === 'failed' || simulate === undefined) return sideOf(lower);
    const { simulator, folder } = simulate;
    const item = { number: 0, key: name, point: { params, run }, subject: '', lower };
    return sideOf(
      await attempt(() => measureRtl(on(params), item, { fidelity: 'rtl', items: [item], measuring, simulator, folder, keep: false }, 0)),
    );
  };
  return {
    task: run.task,
    predicted: { a: sideOf(predicted.a), b: sideOf(predicted.b) },
    measured: simulate === undefined ? undefined : { a: await through('a', a), b: await through('b', b) },
  };
}
