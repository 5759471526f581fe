/** A program as the analytic model walks it: shapes alone, equal instructions in a row counted. */
import { derive, loadsAhead } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import { cyclesOf, type Cycles } from '../operations/cycles.js';
import type { Operation } from '../operations/fields.js';
import { sectionBytes } from '../program/traffic.js';
import type { ReadPortShape } from './read-port.js';
import { noResults } from './results.js';
import { timing, unitTiming, type UnitTiming } from './timing.js';

export interface Step {
  readonly operation: Operation;
  readonly entry: Cycles<Operation>;
  /** Index of the first such instruction in the program. */
  readonly index: number;
  readonly repeat: number;
  /** Beats of its section. */
  readonly beats: number;
  /** The sums over R that it needs are there. */
  readonly summed: boolean;
  /** Begins only when all results of the instruction before are in their memory. */
  readonly needsResults: boolean;
  /** Reads X behind a head of one tile, which drains when its reciprocals are there. */
  readonly needsReciprocals: boolean;
  /** Keeps behind the norm before it. */
  readonly followsNorm: boolean;
}

/** What turners cost in a register file of one direction; docs/architecture.md, "One direction". */
export interface Turns {
  /** Cycles of the N rows of a pass, in LOAD and in STORE. */
  readonly rowsCycles: number;
  /** STORE gathers a multiple of so many features. */
  readonly rowBlock: number;
  /** Cycles that the array waits for a block of keys, when values are turned late. */
  readonly valueCycles: number;
  /** Keys of a block. */
  readonly keyBlock: number;
}

export interface Plan {
  readonly steps: readonly Step[];
  /** Beats of the whole pass region, CRC included. */
  readonly beats: number;
  readonly columns: number;
  readonly slices: number;
  readonly lanesPerSlice: number;
  readonly lanes: number;
  readonly sliceTokens: number;
  readonly busBytes: number;
  readonly burstBeats: number;
  readonly lookahead: number;
  /** Beats with a CRC behind the rows of a request. */
  readonly rowCrc: number;
  /** The rows of the next window are loaded while one computes. */
  readonly ahead: boolean;
  readonly turns: Turns;
  readonly units: UnitTiming;
  readonly port: ReadPortShape;
}

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
      descriptorBeats: Math.ceil(32 / busBytes),
      streamLead: timing.streamLead + (loadsAhead(params) ? timing.aheadStart : 0),
    },
  };
}
