import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { taskNames } from '../data/built-in.js';
import { renderHtml } from '../report/html.js';
import type { Simulator } from '../sim/build.js';
import { requireSimulator } from '../sim/require-simulator.js';
import { checkWindows, isChecked } from '../studies/requests/check.js';
import { traceDocument, type TraceOutcome } from '../studies/requests/format-requests.js';
import { runTrace } from '../studies/requests/measure-requests.js';
import { openSubject, type SubjectSource } from '../subject/open.js';
import type { Subject } from '../subject/subject.js';
import { workloadChoices } from '../subject/workload/shapes.js';
import { refuse } from '../util/errors.js';
import { chartPeers, requirePeers } from '../util/peers.js';
import { replaceFile } from '../util/write-file.js';
import type { Params } from '../params/fields.js';
import { paramsOf, type HardwareOptions } from './hardware.js';
import { inOutFolder, refuseForeign } from './out.js';

/** One of task, image and workload is the model. */
export interface TraceOptions extends HardwareOptions, Pick<SubjectSource, 'task' | 'image' | 'workload'> {
  /** CSV with a request a line; without it the lengths of the task's test split arrive at random. */
  readonly trace?: string;
  /** Requests of a trace that is drawn; 2,000 when not given. */
  readonly requests?: number;
  /** Requests a second of a trace that is drawn; what the policy single could just serve when not given. */
  readonly rate?: number;
  /** Windows to be tried, in tokens; that of the hardware when not given. */
  readonly windows?: readonly number[];
  /** Seed of what is drawn; 1 when not given. */
  readonly seed?: number;
  /** Cycles from a request of memory to its answer; 20 when not given. */
  readonly latency?: number;
  /** Cycles of a read beat; 1, the full width of the port, when not given. */
  readonly cyclesPerBeat?: number;
  /** Clock that times are computed for; 100 when not given. */
  readonly clockMhz?: number;
  /** Number of windows that run through the Verilog as well; none when not given. */
  readonly check?: number;
  readonly simulator?: Simulator;
  /** Folder for report.html. */
  readonly out?: string;
}

export interface TraceResult extends TraceOutcome {
  /** Every window that was checked agreed. */
  readonly good: boolean;
}

function modelOf({ task, image, workload }: TraceOptions, params: Params): Subject {
  const given = [task, image, workload].filter((name) => name !== undefined).length;
  refuse(
    given === 1
      ? []
      : [
          `task, image, workload: ${given === 0 ? 'none is given' : 'only one may be given'}; use --task ${taskNames.join('|')}|PATH, --image FILE or --workload ${workloadChoices.join('|')}`,
        ],
  );
  // Requests bring their own lengths.
  return openSubject({ task, image, workload, inputs: task === undefined ? 0 : 1 }, params);
}

/**
 * What dynamic batching brings for requests that arrive over time: bytes, utilization, throughput and latency of every policy.
 *
 * Errors   UserError when model or trace are missing, cannot be read or do not fit; ToolError when a tool is missing or fails
 */
export async function trace(options: TraceOptions): Promise<TraceResult> {
  const { requests = 2000, rate, windows = [], seed = 1, latency = 20, cyclesPerBeat = 1, clockMhz: clockMHz = 100, check = 0 } = options;
  const { simulator = 'verilator' } = options;
  refuseForeign(options.out, 'trace');
  const params = await paramsOf(options);
  if (options.out !== undefined) requirePeers(chartPeers, 'trexgen trace --out');
  if (check > 0) await requireSimulator(simulator);
  const subject = modelOf(options, params);
  const { name, image } = subject;
  const memory = { latencyCycles: latency, cyclesPerBeat };
  return inOutFolder(options.out, 'trace', async (out) => {
    const measured = runTrace({ subject, file: options.trace, requests, rate, seed, windows, memory, clockMHz });
    const checks = check === 0 ? [] : await checkWindows({ ...measured, image, memory, count: check, seed, simulator, out });
    const report = options.out === undefined ? undefined : join(out, 'report.html');
    const good = checks.every(isChecked);
    const outcome = { ...measured, good, name, params, clockMHz, latencyCycles: latency, cyclesPerBeat, seed, checks, simulator, report };
    if (report !== undefined) replaceFile(report, await renderHtml(traceDocument(outcome)));
    if (good && options.out === undefined) await rm(out, { recursive: true });
    return outcome;
  });
}
