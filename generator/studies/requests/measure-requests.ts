/** The command `trace`: requests over time on given hardware, with every policy and window. */
import type { Memory } from '../../analytic/read-port.js';
import { policies } from '../../contract/codes.js';
import { refuse } from '../../util/errors.js';
import { derive } from '../../params/derived.js';
import type { Subject } from '../../subject/subject.js';
import { drawTrace } from './draw.js';
import { measureTrace, singleRate, withWindow, type TraceRow } from './measure.js';
import { readTrace, type TracedRequest } from './trace-file.js';

export interface TraceRequest {
  /** Subject: its inputs do not matter; its dataset is what lengths are drawn from. */
  readonly subject: Subject;
  /** CSV file; otherwise lengths of the task's test split arrive at random. */
  readonly file: string | undefined;
  readonly requests: number;
  /** Requests a second; what `single` could just serve when left out. */
  readonly rate: number | undefined;
  readonly seed: number;
  /** Tokens of each window to be tried; that of the hardware when empty. */
  readonly windows: readonly number[];
  readonly memory: Memory;
  readonly clockMHz: number;
}

export interface TraceMeasurement {
  readonly source: string;
  readonly requests: readonly TracedRequest[];
  readonly rows: readonly TraceRow[];
}

export function runTrace({ subject, file, requests: count, rate, seed, windows, memory, clockMHz }: TraceRequest): TraceMeasurement {
  const { params, image, encoder, dataset, name } = subject;
  refuse(
    params.batcher.windowBuffers === 1
      ? []
      : [`batcher.windowBuffers = ${params.batcher.windowBuffers}: trace knows chips that form a window when none is in work; give 1`],
  );
  const shapes = windows.length === 0 ? [params] : windows.map((tokens) => withWindow(params, tokens));
  const smallest = Math.min(...shapes.map((shape) => derive(shape).windowTokens));
  const { requests, source } =
    file !== undefined
      ? { requests: readTrace(file, { windowTokens: smallest, positions: encoder?.config.maxLength }), source: file }
      : drawn();
  const rows = shapes.flatMap((shape) =>
    policies.map((policy) => measureTrace({ image, params: shape, requests, policy, memory, clockMHz })),
  );
  return { source, requests, rows };

  function drawn(): Pick<TraceMeasurement, 'requests' | 'source'> {
    const lengths = dataset?.splits.test.map(({ length }) => length) ?? [];
    refuse(lengths.length === 0 ? ['trace: neither a file nor a task whose lengths could be drawn; give --trace FILE or --task NAME'] : []);
    const long = lengths.filter((length) => length > smallest).length;
    refuse(
      long === 0
        ? []
        : [`windows = ${smallest} tokens: ${long} of ${lengths.length} inputs of the test split are longer; give a larger window`],
    );
    const perSecond = rate ?? singleRate({ image, params, memory, clockMHz }, lengths.slice(0, 1000));
    return {
      requests: drawTrace(lengths, { requests: count, rate: perSecond, seed }),
      source: `lengths of the test split of ${name}, ${perSecond.toFixed(0)} requests a second at random (seed ${seed})`,
    };
  }
}
