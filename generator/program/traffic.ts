/**
 * Bytes on the memory port predicted from shapes alone, docs/stream.md "Classes of traffic". The golden model's ledger
 * counts the same bytes by walking the image; the two share nothing but the names of the classes.
 */
import type { Operation, PackedModel } from './operation.js';
import { noTraffic, type Traffic, type TrafficClass } from '../contract/traffic-classes.js';

export interface Interface {
  /** C. */
  readonly columns: number;
  /** B, bytes of one beat. */
  readonly busBytes: number;
  /** Beats with a CRC behind the rows of a request, in and out, `port.rowCrc`: 0 or 1. */
  readonly rowCrc?: number;
}

export interface ColdShapes {
  readonly matrices: readonly { readonly inner: number; readonly rank: number }[];
  /** W_S in 16-bit containers. */
  readonly wideMatrices: boolean;
  readonly table: boolean;
  /** END not counted. */
  readonly operations: number;
}

export function coldShapes({ matrices, wideMatrices, table, operations }: PackedModel): ColdShapes {
  return { matrices, wideMatrices, table: table !== undefined, operations: operations.length };
}

const roundUp = (value: number, unit: number): number => Math.ceil(value / unit) * unit;

/** Once a model. */
export function coldTraffic({ matrices, wideMatrices, table, operations }: ColdShapes, { columns, busBytes }: Interface): Traffic {
  const program = 16 * (operations + 1);
  const books = 16 * matrices.length;
  const codes = matrices.map(({ inner, rank }) => (rank / columns) * inner * (wideMatrices ? 2 * columns : Math.ceil(columns / 2)));
  const tableBytes = table ? 256 : 0;
  const sections = [program, books, ...codes, tableBytes];
  const bytes = sections.reduce((sum, section) => sum + roundUp(section, busBytes), busBytes);
  const codebooks = sections.slice(1).reduce((sum, section) => sum + section, 0);
  return { ...noTraffic(), program, codebooks, parameters: bytes - program - codebooks };
}

/** Every window: the pass region, and descriptors, rows in and rows out of each request. */
export function windowTraffic(operations: readonly Operation[], lengths: readonly number[], hardware: Interface): Traffic {
  const traffic = passTraffic(operations, hardware);
  const { busBytes, rowCrc = 0 } = hardware;
  const crcBytes = lengths.length * rowCrc * busBytes;
  const tokens = lengths.reduce((sum, length) => sum + length, 0);
  for (const operation of operations) {
    if (operation.op === 'LOAD') traffic.activationsIn += tokens * roundUp(operation.outer, busBytes) + crcBytes;
    if (operation.op === 'STORE') {
      traffic.activationsOut += (operation.firstRow ? lengths.length : tokens) * roundUp(operation.outer, busBytes) + crcBytes;
    }
  }
  traffic.descriptors = lengths.length * (roundUp(32, busBytes) + busBytes);
  return traffic;
}

/** What decides the bytes of an instruction's section; `inner` is k for EXPAND. */
export interface SectionShape {
  readonly op: Operation['op'];
  readonly inner: number;
  readonly outer: number;
  readonly indexBits: number;
  readonly wide: boolean;
}

/** Of the section that an instruction reads from the pass region, padding included; 0 when it reads none. */
export function sectionBytes({ op, inner, outer, indexBits, wide }: SectionShape, { columns, busBytes }: Interface): number {
  if (op === 'NORM') return roundUp(2 * inner, busBytes);
  const padded = roundUp(outer, columns);
  if (op === 'EXPAND') return roundUp(padded + (padded * inner * (wide ? 32 : 6 + indexBits)) / 8, busBytes);
  if (op === 'DENSE') return roundUp(padded + padded * inner * (wide ? 2 : 1), busBytes);
  return 0;
}

export function sectionShape(operation: Operation): SectionShape {
  const shape = { op: operation.op, inner: 0, outer: 0, indexBits: 0, wide: false };
  switch (operation.op) {
    case 'LOAD':
    case 'STORE': return { ...shape, outer: operation.outer };
    case 'NORM':
    case 'ATTEND': return { ...shape, inner: operation.inner, outer: operation.inner };
    case 'PROJECT': return { ...shape, inner: operation.inner, outer: operation.outer };
    case 'EXPAND': return { ...shape, inner: operation.k, outer: operation.outer, indexBits: operation.indexBits, wide: operation.wide };
    case 'DENSE': return { ...shape, inner: operation.inner, outer: operation.outer, wide: operation.wide };
  }
}

function passTraffic(operations: readonly Operation[], hardware: Interface): Record<TrafficClass, number> {
  const traffic = noTraffic();
  const { columns, busBytes } = hardware;
  let bytes = busBytes;
  for (const operation of operations) {
    bytes += sectionBytes(sectionShape(operation), hardware);
    if (operation.op === 'EXPAND') {
      const entries = roundUp(operation.outer, columns) * operation.k;
      traffic.sparseIndices += Math.floor((entries * (operation.wide ? 16 : operation.indexBits)) / 8);
      traffic.sparseValues += Math.floor((entries * (operation.wide ? 16 : 6)) / 8);
    }
    if (operation.op === 'DENSE') traffic.dense += roundUp(operation.outer, columns) * operation.inner * (operation.wide ? 2 : 1);
  }
  traffic.parameters = bytes - traffic.sparseIndices - traffic.sparseValues - traffic.dense;
  return traffic;
}

/** One dense layer or norm of the uncompressed model: inner * outer weights (0 for a norm) and its biases or parameters. */
export interface BaselineLayer {
  readonly weights: number;
  readonly parameters: number;
}

type BaselineModel = Pick<PackedModel, 'operations' | 'positionRows'>;

/**
 * Bytes of the baseline of every ratio: 16-bit weights and parameters once per input, int8 activations in and out. Word
 * embeddings and positions are the host's on both sides: of patches too, whose positions this machine multiplies itself.
 */
export function baselineBytes(model: BaselineModel, lengths: readonly number[]): number {
  const perInput = baselineLayers(model).reduce((sum, { weights, parameters }) => sum + 2 * (weights + parameters), 0);
  return lengths.reduce((sum, tokens) => sum + perInput + baselineRowBytes(model, tokens), 0);
}

/** Rows in and out of one input of the baseline, as int8 numbers without padding. */
export function baselineRowBytes({ operations, positionRows }: BaselineModel, tokens: number): number {
  return operations.reduce((sum, operation) => {
    if (operation.op === 'LOAD') return sum + tokens * (operation.outer - positionRows);
    return operation.op === 'STORE' ? sum + (operation.firstRow ? 1 : tokens) * operation.outer : sum;
  }, 0);
}

/** Baseline bytes over bytes of the machine, the cold region counted once. */
export function trafficRatio(baseline: number, cold: number, windows: readonly number[]): number {
  return baseline / windows.reduce((sum, bytes) => sum + bytes, cold);
}

/**
 * Dense layers that a program stands for: a PROJECT and EXPAND pair counts as its features times features out; the layer
 * behind LOAD counts without its positions.
 */
export function baselineLayers({ operations, positionRows }: BaselineModel): BaselineLayer[] {
  const layers: BaselineLayer[] = [];
  let projected = 0;
  operations.forEach((operation, index) => {
    if (operation.op === 'PROJECT') projected = operation.inner;
    if (operation.op === 'EXPAND') layers.push({ weights: projected * operation.outer, parameters: operation.outer });
    if (operation.op === 'DENSE') layers.push({ weights: (operation.inner - (index === 1 ? positionRows : 0)) * operation.outer, parameters: operation.outer });
    if (operation.op === 'NORM') layers.push({ weights: 0, parameters: 2 * operation.inner });
  });
  return layers;
}
