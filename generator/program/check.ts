/** What a program may ask of the machine; every problem is reported at once. */
import type { CodebookMatrix, Operation, PackedModel, Requant } from './operation.js';
import { maxIndexBits, supportProblems } from './supports.js';
import { unwrittenProblems } from './written.js';

const largest = 4095;

export function modelProblems(model: PackedModel, columns: number): string[] {
  const problems: string[] = [];
  const report = (path: string, value: number | string, rule: string): void => {
    problems.push(`${path} = ${value}: ${rule}`);
  };
  const range = (path: string, value: number, low: number, high: number): void => {
    if (!Number.isInteger(value) || value < low || value > high) report(path, value, `must be an integer in ${low} .. ${high}`);
  };
  const requant = (path: string, { m, s }: Requant): void => {
    range(`${path}.m`, m, 0, 2047);
    range(`${path}.s`, s, 1, 40);
  };
  const length = (path: string, actual: number, wanted: number): void => {
    if (actual !== wanted) report(`${path}.length`, actual, `must be ${wanted}`);
  };
  const place = (path: string, base: number, width: number): void => {
    range(`${path}.base`, base, 0, largest);
    if (base + width > largest + 1) report(`${path}.base`, base, `base + width must stay within ${largest + 1}`);
  };
  const accumulator = (path: string, depth: number, biasShift: number): void => {
    range(`${path}.biasShift`, biasShift, 0, 31);
    if (depth * 2 ** 14 + 2 ** (7 + biasShift) >= 2 ** 31) {
      report(`${path}.biasShift`, biasShift, `with ${depth} products the accumulator could overflow, eq. 3; make one smaller`);
    }
  };

  range('activationBits', model.activationBits, 4, 8);
  range('matrices.length', model.matrices.length, 0, 8);
  model.matrices.forEach((matrix, i) => checkMatrix(matrix, `matrices[${i}]`));
  if (model.table !== undefined) length('table', model.table.length, 256);
  if (model.operations[0]?.op !== 'LOAD' || count('LOAD') !== 1) report('operations', 'LOAD', 'one LOAD must come first, and no other');
  if (model.operations.at(-1)?.op !== 'STORE' || count('STORE') !== 1) report('operations', 'STORE', 'one STORE must come last, and no other');
  const [first] = model.operations;
  if (first?.op === 'LOAD') range('positionRows', model.positionRows, 0, first.outer - 1);
  let projected: number | undefined;
  model.operations.forEach((operation, i) => checkOperation(operation, `operations[${i}] ${operation.op}`));
  return [...problems, ...unwrittenProblems(model.operations)];

  function count(op: Operation['op']): number {
    return model.operations.filter((operation) => operation.op === op).length;
  }

  function checkMatrix({ inner, rank, codes, book }: CodebookMatrix, path: string): void {
    range(`${path}.inner`, inner, 1, largest);
    range(`${path}.rank`, rank, 1, largest);
    if (rank % columns !== 0) report(`${path}.rank`, rank, `must be a multiple of ${columns} columns`);
    length(`${path}.codes`, codes.length, inner * rank);
    length(`${path}.book`, book.length, 16);
    const wrong = codes.find((code) => code > 15);
    if (wrong !== undefined) report(`${path}.codes`, wrong, 'must be 0 .. 15');
  }

  function checkOperation(operation: Operation, path: string): void {
    switch (operation.op) {
      case 'LOAD':
        range(`${path}.outer`, operation.outer, 1, largest);
        place(path, operation.base, operation.outer);
        range(`${path}.shift`, operation.shift, 0, operation.destination === 'X' ? 0 : 8);
        if (operation.destination === 'X' && operation.alsoX) report(`${path}.alsoX`, 'true', 'only beside destination Rset');
        return;
      case 'NORM':
        range(`${path}.inner`, operation.inner, 1, 2048);
        length(`${path}.gamma`, operation.gamma.length, operation.inner);
        length(`${path}.beta`, operation.beta.length, operation.inner);
        range(`${path}.shift`, operation.shift, 1, 40);
        if (operation.writeBackShift !== undefined) range(`${path}.writeBackShift`, operation.writeBackShift, 1, 40);
        accumulator(path, 256, operation.biasShift);
        return;
      case 'PROJECT': {
        const matrix = model.matrices[operation.matrix];
        if (matrix === undefined) report(`${path}.matrix`, operation.matrix, `there are ${model.matrices.length} matrices`);
        else if (matrix.inner !== operation.inner || matrix.rank !== operation.outer) {
          report(path, `${operation.inner} x ${operation.outer}`, `matrix ${operation.matrix} is ${matrix.inner} x ${matrix.rank}`);
        }
        requant(`${path}.requant`, operation.requant);
        projected = operation.outer;
        return;
      }
      case 'EXPAND':
      case 'DENSE':
        checkLinear(operation, path);
        return;
      case 'ATTEND':
        range(`${path}.inner`, operation.inner, 1, largest);
        place(path, operation.base, operation.inner);
        requant(`${path}.score`, operation.score);
        range(`${path}.valueShift`, operation.valueShift, 0, 20);
        return;
      case 'STORE':
        range(`${path}.outer`, operation.outer, 1, largest);
        place(path, operation.base, operation.outer);
    }
  }

  function checkLinear(operation: Extract<Operation, { op: 'EXPAND' | 'DENSE' }>, path: string): void {
    const { outer, base, bias, biasShift, destination, activate } = operation;
    range(`${path}.outer`, outer, 1, largest);
    place(path, base, outer);
    length(`${path}.bias`, bias.length, outer);
    requant(`${path}.requant`, operation.requant);
    if (activate && model.table === undefined) report(`${path}.activate`, 'true', 'the model has no activation table');
    if (activate && (destination === 'Rset' || destination === 'Radd')) report(`${path}.activate`, 'true', `not with destination ${destination}`);
    if (operation.op === 'EXPAND') {
      range(`${path}.k`, operation.k, 1, operation.rank);
      if (!operation.wide) range(`${path}.indexBits`, operation.indexBits, 1, maxIndexBits);
      else if (operation.indexBits !== 0) report(`${path}.indexBits`, operation.indexBits, 'must be 0 with wide, whose rows are not coded');
      if (projected !== undefined && operation.rank !== projected) report(`${path}.rank`, operation.rank, `the PROJECT before it makes ${projected} ranks`);
      accumulator(path, operation.k, biasShift);
      problems.push(...supportProblems(operation, columns, path));
      return;
    }
    range(`${path}.inner`, operation.inner, 1, largest);
    length(`${path}.weights`, operation.weights.length, operation.inner * outer);
    accumulator(path, operation.inner, biasShift);
    const wrong = operation.weights.find((weight) => weight < -128 || weight > 127);
    if (wrong !== undefined) report(`${path}.weights`, wrong, 'must be -128 .. 127');
    if (operation.source === destination && outer > columns && base < operation.inner) {
      report(`${path}.base`, base, `would overwrite features it still reads; base >= ${operation.inner} or at most ${columns} outputs`);
    }
  }
}
