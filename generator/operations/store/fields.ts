/** Rows of X or H to the requests' outputs, eq. 10. */
import { mostFeatures, type Instruction } from '../../contract/isa.js';
import { codeOfSource, flag, sourceOf } from '../codes.js';
import type { Fields, Operation } from '../fields.js';
import type { Source } from '../../contract/codes.js';
import { bestBytes, features, runsOf, type Runs, type TokenRows } from '../types.js';

export interface StoreOperation {
  readonly op: 'STORE';
  readonly source: Source;
  readonly outer: number;
  readonly base: number;
  readonly firstRow: boolean;
  /** Stores only the index of the largest output of each row, ties to the lowest: uint16, little-endian, side by side. */
  readonly best: boolean;
}

export const makeStore = (fields: Omit<StoreOperation, 'op'>): StoreOperation => ({ op: 'STORE', ...fields });

/** The one that a program ends with; undefined in what is no whole program. */
export function findStore({ operations }: { readonly operations: readonly Operation[] }): StoreOperation | undefined {
  return operations.find((operation): operation is StoreOperation => operation.op === 'STORE');
}

/** The same of a program that has been checked. */
export function storeOf(model: { readonly operations: readonly Operation[] }): StoreOperation {
  return findStore(model)!;
}

/** How the rows of a request lie at its output. */
export function outputRows({ outer, firstRow, best }: StoreOperation): TokenRows {
  return { trafficClass: 'activationsOut', bytes: best ? bestBytes : outer, firstRow, sideBySide: best };
}

export function outputRuns(store: StoreOperation, tokens: number): Runs {
  return runsOf(outputRows(store), tokens);
}

export function storeFrom(instruction: Instruction): StoreOperation {
  const { outer, base, firstRow, best } = instruction;
  return makeStore({ source: sourceOf(instruction), outer, base, firstRow: firstRow === 1, best: best === 1 });
}

export const storeFields: Fields<StoreOperation> = {
  op: 'STORE',
  opcode: 7,
  stands: 'last',
  instruction: ({ source, outer, base, firstRow, best }) => ({
    src: codeOfSource(source),
    outer,
    base,
    firstRow: flag(firstRow),
    best: flag(best),
  }),
  check({ outer, base }, checks) {
    checks.range('outer', outer, 1, mostFeatures);
    checks.place(base, outer);
  },
  accesses: ({ source, outer, base }) => ({ reads: [features(source, outer, base)], writes: [] }),
  rows: outputRows,
};
