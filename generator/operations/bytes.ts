/** The section of every operation in the pass region: written, read, and its bytes predicted from shapes alone. */
import type { BitReader, BitWriter } from '../contract/bits.js';
import type { Instruction } from '../contract/isa.js';
import type { Traffic } from '../contract/traffic-classes.js';
import { attendBytes } from './attend/bytes.js';
import type { BaselineLayers, WeightCounts } from './baseline.js';
import { denseBytes } from './dense/bytes.js';
import { expandBytes } from './expand/bytes.js';
import type { Operation, OperationName, OperationNamed } from './fields.js';
import { loadBytes } from './load/bytes.js';
import { normBytes } from './norm/bytes.js';
import { projectBytes } from './project/bytes.js';
import { storeBytes } from './store/bytes.js';

export interface Bytes<O> {
  /** Writes its section; absent when it has none. */
  write?(out: BitWriter, operation: O, columns: number): void;
  /** The operation of an instruction, with what its section holds. */
  read(from: BitReader, instruction: Instruction, columns: number): O;
  /** Bytes of the section, before padding to a whole beat. */
  content?(operation: O, columns: number): number;
  /** Bytes that have a class of their own; the rest are parameters. */
  classes?(operation: O, columns: number): Partial<Traffic>;
  /** Adds the dense layer or norm that it stands for. */
  baseline?(operation: O, layers: BaselineLayers): void;
  /** Numbers of it that other formats keep in other widths. */
  weights?(operation: O, layers: Pick<BaselineLayers, 'positions'>): Partial<WeightCounts>;
}

const table: { readonly [N in OperationName]: Bytes<OperationNamed<N>> } = {
  LOAD: loadBytes,
  NORM: normBytes,
  PROJECT: projectBytes,
  EXPAND: expandBytes,
  DENSE: denseBytes,
  ATTEND: attendBytes,
  STORE: storeBytes,
};

export function bytesOf(op: OperationName): Bytes<Operation> {
  return table[op];
}
