/** What every operation computes, and what the golden model counts of it. */
import type { DenseProducts } from '../golden/dense.js';
import type { MultiplyCounts } from '../golden/multiply-counts.js';
import type { State } from '../golden/state.js';
import type { Instruction } from '../contract/isa.js';
import { attendGolden } from './attend/golden.js';
import { denseGolden } from './dense/golden.js';
import { expandGolden } from './expand/golden.js';
import type { Operation, OperationName, OperationNamed } from './fields.js';
import { loadGolden } from './load/golden.js';
import { normGolden } from './norm/golden.js';
import { projectGolden } from './project/golden.js';
import { storeGolden } from './store/golden.js';
import type { TokenRows } from './types.js';

/** What a run has beside the state. */
export interface GoldenRunContext {
  /** The table of activations, eq. 8. */
  readonly model: { readonly table: Int8Array | undefined };
  /** Shared matrices as numbers. */
  readonly weights: readonly Int16Array[];
  /** Rows of the request. */
  readonly request: Int8Array;
  readonly denseProducts: DenseProducts;
}

/** Bits of a section by class. */
export interface SectionBits {
  values: number;
  indices: number;
  dense: number;
  rest: number;
}

export interface Golden<O> {
  /** Changes the state; gives the rows of an operation that stores some. */
  execute(state: State, operation: O, run: GoldenRunContext): Int8Array | undefined;
  /** Adds the products of a linear layer to int32[tokens * outer]. */
  accumulate?(acc: Int32Array, state: State, operation: O, run: Pick<GoldenRunContext, 'weights' | 'denseProducts'>): void;
  countMultiplies?(counts: MultiplyCounts, operation: O, tokens: number): void;
  /** Walks over the section of an instruction and counts its bits. */
  walkSection?(bits: SectionBits, instruction: Instruction, columns: number): void;
  /** Rows of a request of this length that cross the memory port, in runs of so many bytes. */
  rows?(
    instruction: Instruction,
    length: number,
  ): { readonly trafficClass: TokenRows['trafficClass']; readonly runs: number; readonly bytes: number };
}

const table: { readonly [N in OperationName]: Golden<OperationNamed<N>> } = {
  LOAD: loadGolden,
  NORM: normGolden,
  PROJECT: projectGolden,
  EXPAND: expandGolden,
  DENSE: denseGolden,
  ATTEND: attendGolden,
  STORE: storeGolden,
};

export function goldenOf(op: OperationName): Golden<Operation> {
  return table[op];
}
