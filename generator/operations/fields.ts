/**
 * Fields, rules and accesses of every operation. This table says which operations there are: every other table of this
 * folder has an entry for each of them or does not compile.
 */
import type { Instruction } from '../contract/isa.js';
import { attendFields } from './attend/fields.js';
import { denseFields } from './dense/fields.js';
import { expandFields } from './expand/fields.js';
import type { FieldChecks } from './field-checks.js';
import type { Linear } from './linear.js';
import { loadFields } from './load/fields.js';
import { normFields } from './norm/fields.js';
import { projectFields } from './project/fields.js';
import { storeFields } from './store/fields.js';
import type { Accesses, Sums, TokenRows } from './types.js';

export interface Fields<O extends { readonly op: string }> {
  readonly op: O['op'];
  readonly opcode: number;
  /** Place of the only one of a program; undefined: anywhere, any number of times. */
  readonly stands?: 'first' | 'last';
  /** Scalars as instruction fields, all but the opcode; `bases` are the first words of the shared matrices. */
  instruction(operation: O, bases: readonly number[]): Partial<Instruction>;
  check(operation: O, checks: FieldChecks): void;
  accesses(operation: O): Accesses;
  rows?(operation: O): TokenRows;
  sums?(operation: O): Sums;
  /** The same operation in the order for fewer banks. */
  rebalance?(operation: O, fromBanks: number, toBanks: number): O;
  /** The same weights in 16-bit containers. */
  widen?(operation: O): O;
  /** The narrowest that its weights could make it. */
  narrowest?(operation: O): O;
}

const table = {
  LOAD: loadFields,
  NORM: normFields,
  PROJECT: projectFields,
  EXPAND: expandFields,
  DENSE: denseFields,
  ATTEND: attendFields,
  STORE: storeFields,
};

type OperationOf<F> = F extends Fields<infer O> ? O : never;

export type OperationName = keyof typeof table;
/**
 * What the machine does for one window, with its weights: the list that the compressor makes, the image stores and
 * the golden model executes. One operation is one instruction of docs/isa.md.
 */
export type Operation = OperationOf<(typeof table)[OperationName]>;
export type OperationNamed<N extends OperationName> = Extract<Operation, { readonly op: N }>;
export type LinearOperation = Extract<Operation, Linear>;

export const operationFields: { readonly [N in OperationName]: Fields<OperationNamed<N>> } = table;
export const operationNames = Object.keys(table) as readonly OperationName[];

export function fieldsOf({ op }: { readonly op: OperationName }): Fields<Operation> {
  return operationFields[op];
}

/** A layer with biases, whose results pass the epilogue to any destination. */
export function isLinear(operation: Operation | undefined): operation is LinearOperation {
  return operation !== undefined && 'bias' in operation;
}
