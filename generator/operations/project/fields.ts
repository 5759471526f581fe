/** Product of X or H with a shared matrix W_S, to P, eq. 4. */
import type { Instruction } from '../../contract/isa.js';
import { codeOfSource, requantOf, sourceOf } from '../codes.js';
import type { Fields, Operation } from '../fields.js';
import type { Source } from '../../contract/codes.js';
import { features, type Requant } from '../types.js';

export interface ProjectOperation {
  readonly op: 'PROJECT';
  readonly source: Source;
  readonly matrix: number;
  readonly inner: number;
  readonly outer: number;
  readonly requant: Requant;
}

export const makeProject = (fields: Omit<ProjectOperation, 'op'>): ProjectOperation => ({ op: 'PROJECT', ...fields });

export const isProject = (operation: Operation | undefined): operation is ProjectOperation => operation?.op === 'PROJECT';

export function projectFrom(instruction: Instruction): ProjectOperation {
  const { matrix, inner, outer } = instruction;
  return makeProject({ source: sourceOf(instruction), matrix, inner, outer, requant: requantOf(instruction) });
}

export const projectFields: Fields<ProjectOperation> = {
  op: 'PROJECT',
  opcode: 3,
  instruction: ({ source, matrix, inner, outer, requant: { m, s } }, bases) => ({
    src: codeOfSource(source),
    matrix,
    inner,
    outer,
    m,
    s,
    codeBase: bases[matrix] ?? 0,
  }),
  check({ matrix: number, inner, outer, requant }, checks) {
    const { matrices } = checks.model;
    const matrix = matrices[number];
    if (matrix === undefined) checks.report('matrix', number, `there are ${matrices.length} matrices`);
    else if (matrix.inner !== inner || matrix.rank !== outer) {
      checks.report('', `${inner} x ${outer}`, `matrix ${number} is ${matrix.inner} x ${matrix.rank}`);
    }
    checks.requant('requant', requant);
    checks.projected = outer;
  },
  accesses: ({ source, inner, outer }) => ({ reads: [features(source, inner)], writes: [features('P', outer)] }),
};
