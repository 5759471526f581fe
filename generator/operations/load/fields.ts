/** Rows of the requests into X, into R, or into both, eq. 10. */
import { UserError } from '../../util/errors.js';
import { mostFeatures, type Instruction } from '../../contract/isa.js';
import { destinations } from '../../contract/codes.js';
import { loadShift } from '../../contract/limits.js';
import { codeOfDestination, destinationOf, flag } from '../codes.js';
import type { Fields, Operation } from '../fields.js';
import { bufferOf, features } from '../types.js';

export interface LoadOperation {
  readonly op: 'LOAD';
  readonly outer: number;
  readonly base: number;
  readonly destination: 'X' | 'Rset';
  readonly shift: number;
  readonly alsoX: boolean;
}

export const makeLoad = (fields: Omit<LoadOperation, 'op'>): LoadOperation => ({ op: 'LOAD', ...fields });

export const isLoad = (operation: Operation | undefined): operation is LoadOperation => operation?.op === 'LOAD';

/** The one that a program begins with; undefined in what is no whole program. */
export function findLoad({ operations }: { readonly operations: readonly Operation[] }): LoadOperation | undefined {
  return operations.find(isLoad);
}

/** The same of a program that has been checked. */
export function loadOf(model: { readonly operations: readonly Operation[] }): LoadOperation {
  return findLoad(model)!;
}

export function loadFrom(instruction: Instruction): LoadOperation {
  const { outer, base, s, dst, writeBack } = instruction;
  const destination = destinationOf(instruction);
  if (destination !== 'X' && destination !== 'Rset')
    throw new UserError([`LOAD.dst = ${dst}: must be ${destinations.indexOf('X')} (X) or ${destinations.indexOf('Rset')} (R set)`]);
  return makeLoad({ outer, base, destination, shift: s, alsoX: writeBack === 1 });
}

export const loadFields: Fields<LoadOperation> = {
  op: 'LOAD',
  opcode: 1,
  stands: 'first',
  instruction: ({ outer, base, destination, shift, alsoX }) => ({
    outer,
    base,
    dst: codeOfDestination(destination),
    s: shift,
    writeBack: flag(alsoX),
  }),
  check({ outer, base, destination, shift, alsoX }, checks) {
    checks.range('outer', outer, 1, mostFeatures);
    checks.place(base, outer);
    checks.range('shift', shift, loadShift.min, destination === 'X' ? 0 : loadShift.max);
    if (destination === 'X' && alsoX) checks.report('alsoX', 'true', 'only beside destination Rset');
  },
  accesses({ outer, base, destination, alsoX }) {
    const to = features(bufferOf(destination), outer, base);
    return { reads: [], writes: alsoX ? [to, features('X', outer, base)] : [to] };
  },
  rows: ({ outer }) => ({ trafficClass: 'activationsIn', bytes: outer, firstRow: false, sideBySide: false }),
};
