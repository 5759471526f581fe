/** Cycles, bytes, causes of PE-cycles and utilizations of a run, without simulating it. */
import { batchShapeOf } from '../batch/batch-shape.js';
import { formWindows, type Window } from '../batch/form-windows.js';
import type { Policy } from '../contract/codes.js';
import type { Params } from '../params/fields.js';
import type { PeCycleCause } from '../contract/registers.js';
import { utilizationOf, type Utilization } from '../contract/utilization.js';
import type { PackedModel } from '../program/operation.js';
import { coldShapes, coldTraffic, windowTraffic } from '../program/traffic.js';
import { noTraffic, trafficClasses, type Traffic } from '../contract/traffic-classes.js';
import { outlineOf, planOf } from './plan.js';
import type { Memory } from './read-port.js';
import { runCycles, type NumberedPart, type RunCycles } from './run-cycles.js';
import type { Plan } from './steps.js';
import { WindowModel } from './window.js';

export interface PredictRequest {
  readonly model: PackedModel;
  readonly params: Params;
  /** Inputs in the order of the ring. */
  readonly lengths: readonly number[];
  readonly policy: Policy;
  readonly memory: Memory;
  /** Places in memory, as beats behind a boundary of bursts; all at one when left out. */
  readonly offsets?: { readonly stream: number; readonly inputs: readonly number[]; readonly outputs: readonly number[] };
}

export interface Prediction {
  readonly cycles: number;
  readonly windows: readonly Window[];
  readonly tokens: number;
  readonly coldBytes: Traffic;
  /** Bytes of all windows, the load not included. */
  readonly runBytes: Traffic;
  readonly causes: Readonly<Record<PeCycleCause, number>>;
  readonly utilization: Utilization;
}

export function predict({ model, params, lengths, policy, memory, offsets }: PredictRequest): Prediction {
  const { columns } = params.array;
  const { busBytes, rowCrc } = params.port;
  const hardware = { columns, busBytes, rowCrc };
  const windows = formWindows(lengths, batchShapeOf(params), policy);
  const plan = planOf(outlineOf(model.operations), params);
  const partOf = (placed: Window[number]): NumberedPart =>
    offsets === undefined
      ? placed
      : { ...placed, inputOffset: offsets.inputs[placed.index]!, outputOffset: offsets.outputs[placed.index]! };
  const run = runCycles(
    new WindowModel(plan, memory, offsets?.stream ?? 0),
    windows.map((window) => window.map(partOf)),
    policy,
  );
  const runBytes = noTraffic();
  for (const window of windows) {
    const traffic = windowTraffic(
      model.operations,
      window.map(({ index }) => lengths[index]!),
      hardware,
    );
    for (const name of trafficClasses) runBytes[name] += traffic[name];
  }
  const causes = causesOf(plan, run);
  return {
    cycles: run.cycles,
    windows,
    tokens: windows.flat().reduce((sum, { index }) => sum + lengths[index]!, 0),
    coldBytes: coldTraffic(coldShapes(model), hardware),
    runBytes,
    causes,
    utilization: utilizationOf(causes),
  };
}

/** docs/chip.md, "Counters". */
export function causesOf(
  { lanes, columns }: Pick<Plan, 'lanes' | 'columns'>,
  { tally, noWindow }: RunCycles,
): Record<PeCycleCause, number> {
  const { issue, laneCycles, dense, sparse, attention, maskedKeys } = tally;
  const all = lanes * columns;
  return {
    dense,
    sparse,
    attention,
    maskedKeys,
    paddingLanes: (issue * lanes - laneCycles) * columns,
    paddingColumns: laneCycles * columns - dense - sparse - attention - maskedKeys,
    weightStream: tally.weightStream * all,
    activations: tally.activations * all,
    vector: tally.vector * all,
    drain: tally.drain * all,
    dependency: tally.dependency * all,
    noWindow: noWindow * all,
  };
}
