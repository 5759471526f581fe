/**
 * Bytes on the memory port predicted from shapes alone, docs/stream.md "Classes of traffic". The golden model's ledger
 * counts the same bytes by walking the image; the two share nothing but the names of the classes.
 */
import { BaselineLayers, type BaselineLayer } from '../operations/baseline.js';
import { bytesOf } from '../operations/bytes.js';
import { fieldsOf } from '../operations/fields.js';
import { runsOf, type TokenRows } from '../operations/types.js';
import type { Operation, PackedModel } from './operation.js';
import { descriptorBytes } from '../contract/descriptor.js';
import { instructionBytes } from '../contract/isa.js';
import { widths } from '../contract/widths.js';
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

/** Traffic once a model. */
export function coldTraffic({ matrices, wideMatrices, table, operations }: ColdShapes, { columns, busBytes }: Interface): Traffic {
  const program = instructionBytes * (operations + 1);
  const books = (widths.BOOK.bits / 8) * matrices.length;
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
  for (const operation of operations) {
    const rows = fieldsOf(operation).rows?.(operation);
    if (rows !== undefined) traffic[rows.trafficClass] += rowBeats(rows, lengths, busBytes) * busBytes + crcBytes;
  }
  traffic.descriptors = lengths.length * (roundUp(descriptorBytes, busBytes) + busBytes);
  return traffic;
}

/** Beats of the rows of requests of these lengths in tokens. */
export function rowBeats(rows: TokenRows, lengths: readonly number[], busBytes: number): number {
  return lengths.reduce((sum, length) => {
    const { runs, bytes } = runsOf(rows, length);
    return sum + runs * Math.ceil(bytes / busBytes);
  }, 0);
}

/** Bytes of the section that an instruction reads from the pass region, padding included; 0 when it reads none. */
export function sectionBytes(operation: Operation, { columns, busBytes }: Interface): number {
  return roundUp(bytesOf(operation.op).content?.(operation, columns) ?? 0, busBytes);
}

function passTraffic(operations: readonly Operation[], hardware: Interface): Record<TrafficClass, number> {
  const traffic = noTraffic();
  traffic.parameters = hardware.busBytes;
  for (const operation of operations) {
    traffic.parameters += sectionBytes(operation, hardware);
    const classes = bytesOf(operation.op).classes?.(operation, hardware.columns) ?? {};
    for (const [name, bytes] of Object.entries(classes) as [TrafficClass, number][]) {
      traffic[name] += bytes;
      traffic.parameters -= bytes;
    }
  }
  return traffic;
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

/** Rows in and out of one input of the baseline, as int8 numbers without padding; positions of patches are not in them. */
export function baselineRowBytes({ operations, positionRows }: BaselineModel, tokens: number): number {
  return operations.reduce((sum, operation) => {
    const rows = fieldsOf(operation).rows?.(operation);
    if (rows === undefined) return sum;
    return sum + (rows.firstRow ? 1 : tokens) * (rows.bytes - (rows.trafficClass === 'activationsIn' ? positionRows : 0));
  }, 0);
}

/**
 * Dense layers that a program stands for: a PROJECT and EXPAND pair counts as its features times features out; the layer
 * behind LOAD counts without its positions.
 */
export function baselineLayers({ operations, positionRows }: BaselineModel): readonly BaselineLayer[] {
  const layers = new BaselineLayers();
  operations.forEach((operation, index) => {
    layers.positions = index === 1 ? positionRows : 0;
    bytesOf(operation.op).baseline?.(operation, layers);
  });
  return layers.layers;
}
