/** One point at one fidelity. What is not possible ends in a UserError, what does not agree in a ToolError. */
import { causesOf } from '../../analytic/predict.js';
import { planOf } from '../../analytic/plan.js';
import { runCycles } from '../../analytic/run-cycles.js';
import { WindowModel } from '../../analytic/window.js';
import { exactProducts } from '../../subject/exact-products.js';
import { coldLedger, windowLedger } from '../../golden/ledger.js';
import { runGolden } from '../../golden/run-program.js';
import { makeParams } from '../../params/params.js';
import type { Params } from '../../params/fields.js';
import type { PeCycleCause } from '../../contract/registers.js';
import { memories, memoryBits } from '../../params/sizes.js';
import { utilizationOf, type Utilization } from '../../contract/utilization.js';
import { sumTraffic } from '../../contract/traffic-classes.js';
import { risingValue, scoreOf, tallyOf } from '../../subject/metrics.js';
import { predictionsOf } from '../../subject/predictions.js';
import { ToolError } from '../../util/errors.js';
import { logicGates } from './area.js';
import type { RunPoint } from './fields.js';
import type { SubjectOnHardware } from './hardware.js';
import { inputsOfLoad, type Objectives } from './objectives.js';
import type { Point } from './space.js';

/** Cycles a beat takes of a memory that gives so many bytes a cycle. */
export function cyclesPerBeat({ port: { busBytes } }: Params, { bytesPerCycle }: Pick<RunPoint, 'bytesPerCycle'>): number {
  return Math.ceil(busBytes / bytesPerCycle);
}

interface Found {
  readonly cycles: number;
  readonly utilization: Utilization;
  readonly coldBytes: number;
  readonly runBytes: number;
  readonly accuracy: number | undefined;
}

export function objectivesOf({ subject: { lengths, baseline } }: SubjectOnHardware, params: Params, found: Found): Objectives {
  const { cycles, utilization, coldBytes, runBytes, accuracy } = found;
  const ema = runBytes / lengths.length + coldBytes / inputsOfLoad;
  return {
    ...(accuracy !== undefined && { accuracy }),
    ema,
    emaRatio: baseline / lengths.length / ema,
    cycles,
    utilization: utilization.array,
    usefulUtilization: utilization.useful,
    area: logicGates(params),
    memoryBits: memories(params).reduce((sum, memory) => sum + memoryBits(memory), 0),
  };
}

export interface Analytic {
  readonly objectives: Objectives;
  readonly causes: Readonly<Record<PeCycleCause, number>>;
  readonly windows: number;
  readonly runBytes: number;
  readonly coldBytes: number;
}

/** Checks the parameters of a point; rules between them are broken by design where axes meet. */
export function checkedParams({ params }: Point): Params {
  return makeParams(params);
}

export function measureAnalytic(on: SubjectOnHardware, point: Point): Analytic {
  const params = checkedParams(point);
  on.requireFit(params);
  const { run } = point;
  const windows = on.windowsOf(params, run.policy);
  const plan = planOf(on.ordered(params.array.columns).outline, params);
  const memory = { latencyCycles: run.latency, cyclesPerBeat: cyclesPerBeat(params, run) };
  const ran = runCycles(new WindowModel(plan, memory), windows, run.policy);
  const causes = causesOf(plan, ran);
  const { cold, pass, rows } = on.portBytes(params);
  const runBytes = windows.length * pass + rows;
  return {
    objectives: objectivesOf(on, params, {
      cycles: ran.cycles,
      utilization: utilizationOf(causes),
      coldBytes: cold,
      runBytes,
      accuracy: on.subject.trainedAccuracy,
    }),
    causes,
    windows: windows.length,
    runBytes,
    coldBytes: cold,
  };
}

/** The task's metric of the integer model, turned so that higher is better; it is the same on all hardware. */
export function goldenAccuracy({ subject: { scored } }: SubjectOnHardware, image: Parameters<typeof predictionsOf>[1]): number | undefined {
  if (scored === undefined) return undefined;
  const { requests, examples, measure, reference } = scored;
  const { outputs } = runGolden(image.model, requests, { denseProducts: exactProducts() });
  const answers = { outputs, step: image.model.outputScale, classes: outputs.map((output) => predictionsOf(output, image)) };
  const { labels, accuracy } = scoreOf(tallyOf(measure, examples, answers, reference), measure.metric);
  return labels === 0 ? undefined : risingValue(measure.metric, accuracy);
}

/** The image is written and read; its bytes are counted one by one, and its answers are those of the integer model. */
export function measureGolden(on: SubjectOnHardware, point: Point, accuracyOf: () => number | undefined): Objectives {
  const predicted = measureAnalytic(on, point);
  const params = checkedParams(point);
  const image = on.image(params);
  const counted = on
    .windowsOf(params, point.run.policy)
    .map((window) =>
      sumTraffic(
        windowLedger(
          image,
          window.map(({ length }) => length),
          params.port.rowCrc,
        ),
      ),
    )
    .reduce((sum, bytes) => sum + bytes, 0);
  const cold = sumTraffic(coldLedger(image));
  if (counted !== predicted.runBytes || cold !== predicted.coldBytes) {
    throw new ToolError(
      `bytes of the image = ${counted} and ${cold} once a model: shapes say ${predicted.runBytes} and ${predicted.coldBytes}`,
    );
  }
  const accuracy = accuracyOf();
  return { ...predicted.objectives, ...(accuracy !== undefined && { accuracy }) };
}
