/** Product of P with a sparse matrix W_D, eq. 5. */
import type { Instruction } from '../../contract/isa.js';
import { flag } from '../codes.js';
import type { Fields, Operation } from '../fields.js';
import { checkLinear, linearAccesses, linearFrom, linearInstruction, type Linear } from '../linear.js';
import { features } from '../types.js';
import { maxIndexBits, rebalance, supportProblems } from './supports.js';

/**
 * Shapes   rows int32[k * outer], values int8[k * outer]: step n of output j at n * outer + j
 * Contract rows[n, j] mod banks = (j mod banks + n) mod banks, banks = the columns that the model is encoded for;
 *          within one (j, bank) rows rise from step to step
 */
export interface ExpandOperation extends Linear {
  readonly op: 'EXPAND';
  readonly k: number;
  readonly rank: number;
  /** Width of an index code; 0 when `wide`. */
  readonly indexBits: number;
  /** Values and plain row numbers in 16-bit containers: the same numbers uncoded. */
  readonly wide: boolean;
  readonly rows: Int32Array;
  readonly values: Int8Array;
}

export const makeExpand = (fields: Omit<ExpandOperation, 'op'>): ExpandOperation => ({ op: 'EXPAND', ...fields });

export const isExpand = (operation: Operation | undefined): operation is ExpandOperation => operation?.op === 'EXPAND';

export function expandFrom(
  instruction: Instruction,
  { rows, values, ...numbers }: Pick<ExpandOperation, 'bias' | 'multipliers' | 'rows' | 'values'>,
): ExpandOperation {
  const { inner: k, depth: rank, indexBits, wide } = instruction;
  return makeExpand({ k, rank, indexBits, wide: wide === 1, rows, values, ...linearFrom(instruction, numbers) });
}

export const expandFields: Fields<ExpandOperation> = {
  op: 'EXPAND',
  opcode: 4,
  instruction: (operation) => ({
    ...linearInstruction(operation),
    inner: operation.k,
    depth: operation.rank,
    indexBits: operation.indexBits,
    wide: flag(operation.wide),
  }),
  check(operation, checks) {
    const { k, rank, indexBits, wide, biasShift } = operation;
    checkLinear(operation, checks);
    checks.range('k', k, 1, rank);
    if (!wide) checks.range('indexBits', indexBits, 1, maxIndexBits);
    else if (indexBits !== 0) checks.report('indexBits', indexBits, 'must be 0 with wide, whose rows are not coded');
    if (checks.projected !== undefined && rank !== checks.projected)
      checks.report('rank', rank, `the PROJECT before it makes ${checks.projected} ranks`);
    checks.accumulator(k, biasShift);
    checks.problems.push(...supportProblems(operation, checks.columns, checks.path));
  },
  accesses: (operation) => linearAccesses(features('P', operation.rank), operation),
  sums: ({ k, biasShift }) => ({ depth: k, biasShift }),
  rebalance,
  widen: (operation) => ({ ...operation, wide: true, indexBits: 0 }),
  narrowest: (operation) => ({ ...operation, biasShift: 0, indexBits: operation.wide ? 0 : 1 }),
};
