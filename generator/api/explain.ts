import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Policy } from '../contract/codes.js';
import { readConfig } from '../params/load.js';
import type { Simulator } from '../sim/build.js';
import { requireSimulator } from '../sim/require-simulator.js';
import { explain as explainPoint, type Explanation } from '../studies/explain/explain.js';
import { findSweepPoint, type FoundPoint } from '../studies/explain/sweep-point.js';
import { valueProblem, type Value } from '../studies/sweep/fields.js';
import { SubjectOnHardware } from '../studies/sweep/hardware.js';
import { keysOfConfig, openKeysBut, settled } from '../studies/sweep/open-keys.js';
import { runDefaults, type Point } from '../studies/sweep/space.js';
import { loadSubject, subjectId, taskProblems } from '../studies/sweep/subject.js';
import { refuse } from '../util/errors.js';
import { paramsOf, type HardwareOptions } from './hardware.js';

export interface ExplainOptions extends HardwareOptions {
  /** Number of the point in a sweep's tables, or the beginning of its key. */
  readonly point?: string | number;
  /** Folder of the sweep. */
  readonly sweep?: string;
  /** Takes the place of a point of a sweep: a task with its trained model, or a published shape. */
  readonly task?: string;
  readonly model?: string;
  /** How inputs share a window. */
  readonly policy?: Policy;
  /** Cycles from a request of memory to its answer. */
  readonly latency?: number;
  /** What the memory can give a cycle. */
  readonly bytesPerCycle?: number;
  /** Inputs of a run; 4 when not given. */
  readonly inputs?: number;
  readonly seed?: number;
  /** Run the best change through the Verilog; unless it is false. */
  readonly check?: boolean;
  readonly simulator?: Simulator;
}

const own = ['preset', 'config', 'set', 'params', 'task', 'model', 'policy', 'latency', 'bytesPerCycle', 'inputs', 'seed'] as const;

/** Hardware and run as given; sizes that nobody has fixed are raised to what the model needs. */
async function givenPoint(options: ExplainOptions): Promise<FoundPoint> {
  const { config, set = [], params, inputs = 4, seed = 1 } = options;
  const names = ['task', 'model', 'policy', 'latency', 'bytesPerCycle'] as const;
  const given = Object.fromEntries(
    names.flatMap((name): [string, Value][] => (options[name] === undefined ? [] : [[name, options[name]]])),
  );
  refuse(Object.entries(given).flatMap(([name, value]) => valueProblem(`run.${name}`, value) ?? []));
  const fixed = [
    ...(params === undefined ? [] : keysOfConfig({ ...params })),
    ...(config === undefined ? [] : keysOfConfig(await readConfig(config))),
    ...set.map((one) => one.slice(0, one.indexOf('=')).trim()),
    ...Object.keys(given).map((name) => `run.${name}`),
  ];
  return {
    point: { params: await paramsOf(options), run: { ...runDefaults, ...given } },
    measuring: { inputs, accuracyInputs: 1, seed, target: 'asic' },
    open: openKeysBut(fixed),
    known: new Map(),
  };
}

/**
 * What limits a point, the changes of one parameter that are predicted to help most, and the best of them run through the Verilog.
 *
 * Errors   UserError for a point that is not there or cannot be, and for missing data; ToolError when a tool is missing or the
 *          check differs from the golden model
 */
export async function explain(options: ExplainOptions): Promise<Explanation> {
  const { point: id, sweep, task, check = true, simulator = 'verilator' } = options;
  const beside = own.filter((name) => options[name] !== undefined);
  if ((id === undefined) !== (sweep === undefined))
    refuse([
      id === undefined
        ? 'sweep: needs the point too; give its number or its key'
        : `point = ${id}: needs --sweep with the folder that holds it`,
    ]);
  refuse([
    ...(sweep !== undefined && beside.length > 0
      ? [`sweep, ${beside.join(', ')}: the point has its own; leave out what stands beside it`]
      : []),
    ...(sweep === undefined && task === undefined ? ['task: is not given; use --task, or a point with --sweep'] : []),
    ...(check || options.simulator === undefined
      ? []
      : [`simulator = ${simulator}: has no effect without the check; leave it or --no-check out`]),
  ]);
  if (check) await requireSimulator(simulator);
  const given = await (sweep === undefined ? givenPoint(options) : findSweepPoint(sweep, String(id)));
  const { measuring, open, known } = given;
  refuse(taskProblems([given.point]));
  const subjects = new Map<string, SubjectOnHardware>();
  const on = ({ run, params }: Point): SubjectOnHardware => {
    const name = subjectId(run, params);
    const subject = subjects.get(name) ?? new SubjectOnHardware(loadSubject(run, params, measuring));
    subjects.set(name, subject);
    return subject;
  };
  // A point of a sweep is settled.
  const point = sweep === undefined ? settled(given.point, open, (one) => on(one).subject.model) : given.point;
  const folder = await mkdtemp(join(tmpdir(), 'trexgen-'));
  try {
    return await explainPoint({ point, on, open, measuring, known, check: check ? { simulator, folder } : undefined });
  } finally {
    await rm(folder, { recursive: true });
  }
}
