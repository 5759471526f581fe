/** A program as the analytic model walks it: shapes alone, equal instructions in a row counted. */
import { derive, loadsAhead } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import type { Operation } from '../program/operation.js';
import { sectionBytes, sectionShape, type SectionShape } from '../program/traffic.js';
import type { ReadPortShape } from './read-port.js';
import { timing, unitTiming, type UnitTiming } from './timing.js';

export interface Step {
  readonly op: Operation['op'];
  /** Of the first of them in the program. */
  readonly index: number;
  readonly repeat: number;
  readonly inner: number;
  readonly outer: number;
  /** Beats of its section. */
  readonly beats: number;
  /** Items of the decoder for a step: values and rows of a wide EXPAND are two. */
  readonly stepItems: number;
  readonly uniform: boolean;
  readonly firstRow: boolean;
  /** NORM of what results have just written to R, all of it in order. */
  readonly summed: boolean;
  /** Begins only when all results of the instruction before are in their memory. */
  readonly needsResults: boolean;
  /** Reads X behind a head of one tile, which drains when its reciprocals are there. */
  readonly needsReciprocals: boolean;
  /** PROJECT of X that keeps behind the NORM before it. */
  readonly followsNorm: boolean;
}

/** What turners cost in a register file of one direction; docs/architecture.md, "One direction". */
export interface Turns {
  /** Of the N rows of a pass, in LOAD and in STORE. */
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
    rowsCycles: turned ? lanesPerSlice + timing.turn : 0, rowBlock: turned ? Math.max(lanesPerSlice, busBytes) : 1,
    valueCycles: turned && turn === 'late' ? columns + timing.turn : 0, keyBlock: Math.max(lanesPerSlice, columns),
  };
}

function projectsX(operation: Operation): boolean {
  return operation.op === 'PROJECT' && operation.source === 'X';
}

/** A last tile from this feature on is written before it is read, feature by feature. templates/sequencer.v.hbs: older_near_q */
const farFeature = 16;

/** Where an instruction writes, and the first feature of its last tile. */
function resultsOf(operation: Operation, columns: number): { readonly to: string; readonly lastTile: number } {
  const lastTile = (base: number, outputs: number): number => base + (Math.ceil(outputs / columns) - 1) * columns;
  switch (operation.op) {
    case 'PROJECT': return { to: 'P', lastTile: lastTile(0, operation.outer) };
    case 'EXPAND':
    case 'DENSE': return { to: operation.destination, lastTile: lastTile(operation.base, operation.outer) };
    case 'ATTEND': return { to: 'X', lastTile: lastTile(operation.base, operation.inner) };
    default: return { to: 'none', lastTile: 0 };
  }
}

/** templates/sequencer.v.hbs: needs_older */
function needsResults(operation: Operation, before: Operation, { array: { columns }, registerFile: { directions } }: Params): boolean {
  const { to, lastTile } = resultsOf(before, columns);
  switch (operation.op) {
    case 'PROJECT':
    case 'DENSE': return to === operation.source && lastTile < farFeature;
    case 'EXPAND': return to === 'P';
    case 'ATTEND': return operation.uniform || to === 'Q' || to === 'K' || (to === 'V' && directions === 1);
    default: return true;
  }
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
  readonly shapes: readonly (SectionShape & Pick<Step, 'index' | 'repeat' | 'uniform' | 'firstRow' | 'summed'>)[];
}

export function outlineOf(operations: readonly Operation[]): Outline {
  const shapes: (Outline['shapes'][number])[] = [];
  // templates/norm.v.hbs: features 0 .. summedTo - 1 are what R holds.
  let summedTo = 0;
  operations.forEach((operation, index) => {
    const uniform = operation.op === 'ATTEND' && operation.uniform;
    const summed = operation.op === 'NORM' && summedTo === operation.inner;
    const shape = { ...sectionShape(operation), index, repeat: 1, uniform, firstRow: operation.op === 'STORE' && operation.firstRow, summed };
    summedTo = sumsAfter(operation, summedTo);
    const before = shapes.at(-1);
    // Equal heads in a row.
    const again = before?.op === 'ATTEND' && shape.op === 'ATTEND' && before.inner === shape.inner && before.uniform === uniform;
    if (again) shapes[shapes.length - 1] = { ...before, repeat: before.repeat + 1 };
    else shapes.push(shape);
  });
  return { operations, shapes };
}

function sumsAfter(operation: Operation, summedTo: number): number {
  switch (operation.op) {
    case 'EXPAND':
    case 'DENSE': {
      if (operation.destination !== 'Rset' && operation.destination !== 'Radd') return summedTo;
      return operation.base === 0 || operation.base === summedTo ? operation.base + operation.outer : 0;
    }
    case 'NORM': return summedTo === operation.inner && operation.writeBackShift === undefined ? summedTo : 0;
    case 'LOAD': return 0;
    default: return summedTo;
  }
}

export function planOf({ operations, shapes }: Outline, params: Params): Plan {
  const { columns, slices, lanesPerSlice } = params.array;
  const { busBytes, burstBeats, outstandingReads, prefetchBeats, rowCrc } = params.port;
  const { lanes, sliceTokens } = derive(params);
  const hardware = { columns, busBytes };
  const steps = shapes.map((shape): Step => {
    const { op, index, repeat, inner, outer, uniform, firstRow, summed } = shape;
    const stepItems = op === 'EXPAND' && shape.wide ? 2 : 1;
    const before = operations[index - 1];
    return {
      op, index, repeat, inner, outer, beats: sectionBytes(shape, hardware) / busBytes, stepItems, uniform, firstRow, summed,
      needsResults: before !== undefined && needsResults(operations[index]!, before, params),
      needsReciprocals: before?.op === 'ATTEND' && before.inner <= columns && (op === 'PROJECT' || op === 'DENSE'),
      followsNorm: before?.op === 'NORM' && projectsX(operations[index]!),
    };
  });
  return {
    steps, beats: steps.reduce((sum, { beats }) => sum + beats, 1), columns, slices, lanesPerSlice, lanes, sliceTokens, busBytes, burstBeats, rowCrc,
    lookahead: params.batcher.lookahead, ahead: loadsAhead(params), turns: turnsOf(params), units: unitTiming(params), port: { burstBeats, outstandingReads, prefetchBeats, decoderBeats: decoderBeats(columns, busBytes), descriptorBeats: Math.ceil(32 / busBytes), streamLead: timing.streamLead + (loadsAhead(params) ? timing.aheadStart : 0) },
  };
}
