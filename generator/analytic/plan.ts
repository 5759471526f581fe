/** A program as the analytic model walks it: shapes alone, equal instructions in a row counted. */
import { derive } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import type { Operation } from '../program/operation.js';
import { sumTraffic } from '../program/traffic-classes.js';
import { windowTraffic } from '../program/traffic.js';
import type { ReadPortShape } from './read-port.js';

export interface Step {
  readonly op: Operation['op'];
  /** Of the first of them in the program. */
  readonly index: number;
  readonly repeat: number;
  readonly inner: number;
  readonly outer: number;
  /** Beats of its section. */
  readonly beats: number;
  readonly uniform: boolean;
  readonly firstRow: boolean;
}

export interface Plan {
  readonly steps: readonly Step[];
  /** Of the whole pass region, CRC included. */
  readonly beats: number;
  readonly columns: number;
  readonly slices: number;
  readonly lanesPerSlice: number;
  readonly lanes: number;
  readonly sliceTokens: number;
  readonly busBytes: number;
  readonly burstBeats: number;
  readonly lookahead: number;
  readonly port: ReadPortShape;
}

/** templates/section_decoder.v.hbs: SLOTS. */
function decoderBeats(columns: number, busBytes: number): number {
  const grain = Math.min(16, columns);
  const beatUnits = (8 * busBytes) / grain;
  return Math.floor((beatUnits - 1 + (16 * columns) / grain + beatUnits - 1) / beatUnits) + 1;
}

function stepOf(operation: Operation, index: number, { array: { columns }, port: { busBytes } }: Params): Step {
  const bytes = sumTraffic(windowTraffic([operation], [], { columns, busBytes })) - busBytes;
  const common = { op: operation.op, index, repeat: 1, beats: bytes / busBytes, uniform: false, firstRow: false };
  switch (operation.op) {
    case 'LOAD': return { ...common, inner: 0, outer: operation.outer };
    case 'NORM': return { ...common, inner: operation.inner, outer: operation.inner };
    case 'PROJECT':
    case 'DENSE': return { ...common, inner: operation.inner, outer: operation.outer };
    case 'EXPAND': return { ...common, inner: operation.k, outer: operation.outer };
    case 'ATTEND': return { ...common, inner: operation.inner, outer: operation.inner, uniform: operation.uniform };
    case 'STORE': return { ...common, inner: 0, outer: operation.outer, firstRow: operation.firstRow };
  }
}

/** Whether two instructions without a section take the same cycles. */
function alike(a: Step, b: Step): boolean {
  return a.op === 'ATTEND' && b.op === 'ATTEND' && a.inner === b.inner && a.uniform === b.uniform;
}

export function planOf(operations: readonly Operation[], params: Params): Plan {
  const { columns, slices, lanesPerSlice } = params.array;
  const { busBytes, burstBeats, outstandingReads, prefetchBeats } = params.port;
  const { lanes, sliceTokens } = derive(params);
  const steps: Step[] = [];
  operations.forEach((operation, index) => {
    const step = stepOf(operation, index, params);
    const before = steps.at(-1);
    if (before !== undefined && alike(before, step)) steps[steps.length - 1] = { ...before, repeat: before.repeat + 1 };
    else steps.push(step);
  });
  return {
    steps, beats: steps.reduce((sum, { beats }) => sum + beats, 1), columns, slices, lanesPerSlice, lanes, sliceTokens, busBytes, burstBeats,
    lookahead: params.batcher.lookahead, port: { burstBeats, outstandingReads, prefetchBeats, decoderBeats: decoderBeats(columns, busBytes), descriptorBeats: Math.ceil(32 / busBytes) },
  };
}
