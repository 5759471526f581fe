/** What a program may ask of the machine; every problem is reported at once. */
import { mostFeatures } from '../contract/isa.js';
import { FieldChecks } from '../operations/field-checks.js';
import { fieldsOf, operationFields, operationNames } from '../operations/fields.js';
import { isLoad } from '../operations/load/fields.js';
import type { CodebookMatrix, PackedModel } from './operation.js';
import { unwrittenProblems } from './written.js';

export function modelProblems(model: PackedModel, columns: number): string[] {
  const checks = new FieldChecks(model, columns);
  checks.range('activationBits', model.activationBits, 4, 8);
  checks.range('matrices.length', model.matrices.length, 0, 8);
  model.matrices.forEach((matrix, i) => {
    checks.path = `matrices[${i}]`;
    checkMatrix(matrix, checks);
  });
  checks.path = '';
  if (model.table !== undefined) checks.length('table', model.table.length, 256);
  checkEnds(model, checks);
  model.operations.forEach((operation, i) => {
    checks.path = `operations[${i}] ${operation.op}`;
    fieldsOf(operation).check(operation, checks);
  });
  return [...checks.problems, ...unwrittenProblems(model.operations)];
}

function checkMatrix({ inner, rank, codes, book }: CodebookMatrix, checks: FieldChecks): void {
  checks.range('inner', inner, 1, mostFeatures);
  checks.range('rank', rank, 1, mostFeatures);
  if (rank % checks.columns !== 0) checks.report('rank', rank, `must be a multiple of ${checks.columns} columns`);
  checks.length('codes', codes.length, inner * rank);
  checks.length('book', book.length, 16);
  const wrong = codes.find((code) => code > 15);
  if (wrong !== undefined) checks.report('codes', wrong, 'must be 0 .. 15');
}

/** Operations that stand first or last, once. */
function checkEnds({ operations, positionRows }: PackedModel, checks: FieldChecks): void {
  const [first] = operations;
  for (const name of operationNames) {
    const { stands } = operationFields[name];
    if (stands === undefined) continue;
    const there = stands === 'first' ? first : operations.at(-1);
    const count = operations.filter(({ op }) => op === name).length;
    if (there?.op !== name || count !== 1) checks.report('operations', name, `one ${name} must come ${stands}, and no other`);
  }
  if (isLoad(first)) checks.range('positionRows', positionRows, 0, first.outer - 1);
}
