/** A program as the analytic model walks it: shapes alone, equal instructions in a row counted. */
import { descriptorBytes } from '../contract/descriptor.js';
import { derive, loadsAhead } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import { cyclesOf } from '../operations/cycles.js';
import type { Operation } from '../operations/fields.js';
import { sectionBytes } from '../program/traffic.js';
import { noResults } from './results.js';
import type { Plan, Step, Turns } from './steps.js';
import { timing, unitTiming } from './timing.js';

function turnsOf({ array: { columns, lanesPerSlice }, port: { busBytes }, registerFile: { directions, turn } }: Params): Turns {
  const turned = directions === 1;
  return {
    rowsCycles: turned ? lanesPerSlice + timing.turn : 0,
    rowBlock: turned ? Math.max(lanesPerSlice, busBytes) : 1,
    valueCycles: turned && turn === 'late' ? columns + timing.turn : 0,
    keyBlock: Math.max(lanesPerSlice, columns),
  };
}

/** templates/section_decoder.v.hbs: SLOTS. */
function decoderBeats(columns: number, busBytes: number): number {
  const grain = Math.min(16, columns);
  const beatUnits = (8 * busBytes) / grain;
  return Math.floor((beatUnits - 1 + (16 * columns) / grain + beatUnits - 1) / beatUnits) + 1;
}

/** What the walk needs of a model, whatever the hardware: made once for many configurations. */
export interface Outline {
  readonly operations: readonly Operation[];
  readonly steps: readonly Pick<Step, 'operation' | 'entry' | 'index' | 'repeat' | 'summed'>[];
}

export function outlineOf(operations: readonly Operation[]): Outline {
  const steps: Outline['steps'][number][] = [];
  let summedTo = 0;
  operations.forEach((operation, index) => {
    const entry = cyclesOf(operation.op);
    const summed = entry.summed?.(operation, summedTo) ?? false;
    summedTo = entry.sumsAfter?.(operation, summedTo) ?? summedTo;
    const before = steps.at(-1);
    const again = before !== undefined && (entry.repeats?.(operation, before.operation) ?? false);
    if (again) steps[steps.length - 1] = { ...before, repeat: before.repeat + 1 };
    else steps.push({ operation, entry, index, repeat: 1, summed });
  });
  return { operations, steps };
}

/** What an instruction waits for of the one before it. */
function waitsOf(
  operation: Operation,
  before: Operation | undefined,
  params: Params,
): Pick<Step, 'needsResults' | 'needsReciprocals' | 'followsNorm'> {
  if (before === undefined) return { needsResults: false, needsReciprocals: false, followsNorm: false };
  const { columns } = params.array;
  const [entry, older] = [cyclesOf(operation.op), cyclesOf(before.op)];
  return {
    needsResults: entry.needsResults?.(operation, older.results?.(before, columns) ?? noResults, params) ?? true,
    needsReciprocals: (older.holdsDrain?.(before, columns) ?? false) && entry.waitsForReciprocals === true,
    followsNorm: older.mayBeFollowed === true && (entry.followsNorm?.(operation) ?? false),
  };
}

export function planOf({ operations, steps: outline }: Outline, params: Params): Plan {
  const { columns, slices, lanesPerSlice } = params.array;
  const { busBytes, burstBeats, outstandingReads, prefetchBeats, rowCrc } = params.port;
  const { lanes, sliceTokens } = derive(params);
  const hardware = { columns, busBytes };
  const steps = outline.map((step): Step => ({
    ...step,
    beats: sectionBytes(step.operation, hardware) / busBytes,
    ...waitsOf(step.operation, operations[step.index - 1], params),
  }));
  return {
    steps,
    beats: steps.reduce((sum, { beats }) => sum + beats, 1),
    columns,
    slices,
    lanesPerSlice,
    lanes,
    sliceTokens,
    busBytes,
    burstBeats,
    rowCrc,
    lookahead: params.batcher.lookahead,
    ahead: loadsAhead(params),
    turns: turnsOf(params),
    units: unitTiming(params),
    port: {
      burstBeats,
      outstandingReads,
      prefetchBeats,
      decoderBeats: decoderBeats(columns, busBytes),
      descriptorBeats: Math.ceil(descriptorBytes / busBytes),
      descriptorCheck: params.timing.extraStages,
      streamLead: timing.streamLead + (loadsAhead(params) ? timing.aheadStart : 0),
    },
  };
}
