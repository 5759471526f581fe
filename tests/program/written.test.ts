import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { modelProblems } from '../../generator/program/check.js';
import { readImage, writeImage } from '../../generator/program/image.js';
import { crcOf, readHeader } from '../../generator/program/manifest.js';
import { operationNames } from '../../generator/operations/fields.js';
import type { Operation, PackedModel } from '../../generator/program/operation.js';
import { unwrittenProblems } from '../../generator/program/written.js';
import { problemsOf } from '../support/problems.js';
import { randomModel, type ModelShape } from '../support/random-model.js';

const shapes: fc.Arbitrary<Partial<ModelShape>> = fc.record({
  width: fc.constant(6),
  inputWidth: fc.constant(6),
  heads: fc.integer({ min: 1, max: 2 }),
  headWidth: fc.constant(3),
  hidden: fc.constant(9),
  rank: fc.constant(8),
  k: fc.constant(3),
  layers: fc.integer({ min: 1, max: 2 }),
  classes: fc.constant(4),
  coding: fc.constantFrom('factorized' as const, 'dense' as const),
  normFirst: fc.boolean(),
  mixedNorms: fc.boolean(),
  columnScales: fc.boolean(),
  head: fc.constantFrom('mean' as const, 'first' as const, 'token' as const),
  embedding: fc.constantFrom('patch' as const, 'direct' as const),
});

/** The same rule said once more, a feature at a time: the first operation that reads a feature that nobody wrote, or -1. */
function firstUnwritten(operations: readonly Operation[]): number {
  const written = new Set<string>();
  const read = (plane: string, features: number, base = 0): boolean =>
    Array.from({ length: features }, (_, f) => `${plane}${base + f}`).every((name) => written.has(name));
  const write = (plane: string, features: number, base = 0): void =>
    Array.from({ length: features }, (_, f) => `${plane}${base + f}`).forEach((name) => written.add(name));
  return operations.findIndex((operation) => {
    let good = true;
    if (operation.op === 'LOAD') {
      if (operation.destination === 'Rset') write('R', operation.outer, operation.base);
      if (operation.destination === 'X' || operation.alsoX) write('X', operation.outer, operation.base);
    } else if (operation.op === 'NORM') {
      good = read('R', operation.inner);
      write(operation.destination, operation.inner);
    } else if (operation.op === 'ATTEND') {
      good = [...(operation.uniform ? 'V' : 'QKV')].every((plane) => read(plane, operation.inner, operation.base));
      write('X', operation.inner, operation.base);
    } else if (operation.op === 'PROJECT') {
      good = read(operation.source, operation.inner);
      write('P', operation.outer);
    } else if (operation.op === 'STORE') good = read(operation.source, operation.outer, operation.base);
    else {
      const { destination, outer, base } = operation;
      good = operation.op === 'EXPAND' ? read('P', operation.rank) : read(operation.source, operation.inner);
      if (destination === 'Radd') good &&= read('R', outer, base);
      write(destination.charAt(0), outer, base);
    }
    return !good;
  });
}

const withOperation = (model: PackedModel, index: number, change: Partial<Operation>): Operation[] =>
  model.operations.map((operation, i) => (i === index ? ({ ...operation, ...change } as Operation) : operation));

it('every operation stands in some random program, so that benches of random programs meet it', () => {
  const programs = fc.sample(shapes, { numRuns: 40, seed: 1 }).map((shape, seed) => randomModel(seed, shape));
  const found = new Set(programs.flatMap(({ operations }) => operations.map(({ op }) => op)));
  expect([...found].sort()).toEqual([...operationNames].sort());
});

describe('the ends of a program', () => {
  it('are its one LOAD and its one STORE: what a window counts behind its last ATTEND is counted by then', () => {
    const model = randomModel(1, { head: 'token' });
    const last = model.operations.findLastIndex(({ op }) => op === 'ATTEND');
    const problems = (operations: readonly Operation[]) =>
      modelProblems({ ...model, operations }, 8).filter((problem) => problem.startsWith('operations = '));
    const [store, load] = ['STORE', 'LOAD'].map((op) => model.operations.find((operation) => operation.op === op)!);
    const notLast = ['operations = STORE: one STORE must come last, and no other'];
    const notFirst = ['operations = LOAD: one LOAD must come first, and no other'];
    expect(problems(model.operations)).toEqual([]);
    expect(problems(model.operations.slice(0, last + 1))).toEqual(notLast);
    expect(problems([...model.operations.slice(0, last), store!, model.operations[last]!])).toEqual(notLast);
    expect(problems([...model.operations, store!])).toEqual(notLast);
    expect(problems(model.operations.slice(1))).toEqual(notFirst);
    expect(problems([load!, ...model.operations])).toEqual(notFirst);
  });
});

describe('reads of what nobody wrote', () => {
  it('are in no program that is made whole', () => {
    fc.assert(
      fc.property(fc.nat(), shapes, (seed, shape) => {
        expect(unwrittenProblems(randomModel(seed, shape).operations)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('are found where one instruction is left out, and where one writes a feature less or one further on', () => {
    let [found, none] = [0, 0];
    fc.assert(
      fc.property(
        fc.nat(),
        shapes,
        fc.nat(),
        fc.constantFrom('out' as const, 'shrunk' as const, 'moved' as const),
        (seed, shape, number, how) => {
          const model = randomModel(seed, shape);
          const index = number % model.operations.length;
          const operation = model.operations[index]!;
          const operations =
            how === 'out'
              ? model.operations.toSpliced(index, 1)
              : how === 'shrunk'
                ? withOperation(model, index, 'outer' in operation ? { outer: operation.outer - 1 } : { inner: operation.inner - 1 })
                : withOperation(model, index, 'base' in operation ? { base: operation.base + 1 } : {});
          const first = firstUnwritten(operations);
          const problems = unwrittenProblems(operations);
          if (first < 0) expect(problems).toEqual([]);
          else expect(problems[0]).toMatch(new RegExp(`^operations\\[${first}\\] ${operations[first]!.op}: reads features `));
          if (first < 0) none++;
          else found++;
        },
      ),
      { numRuns: 400 },
    );
    // Both answers must really occur, or the property says nothing.
    expect(found).toBeGreaterThan(100);
    expect(none).toBeGreaterThan(20);
  });

  it('are named by instruction, features and buffer, each once', () => {
    const model = randomModel(1, { head: 'token' });
    const late = withOperation(model, 13, { base: 1 });
    expect(unwrittenProblems(late)).toEqual([
      'operations[14] PROJECT: reads features 0 of H, which no instruction before it writes; write them first, or read fewer',
    ]);
    const without = model.operations.filter((operation) => !(operation.op === 'EXPAND' && operation.destination === 'K'));
    expect(modelProblems({ ...model, operations: without }, 4)).toEqual([
      'operations[6] ATTEND: reads features 0 .. 7 of K, which no instruction before it writes; write them first, or read fewer',
      'operations[7] ATTEND: reads features 8 .. 15 of K, which no instruction before it writes; write them first, or read fewer',
    ]);
    const unset = [...model.operations.slice(0, 1), ...model.operations.slice(2)];
    expect(unwrittenProblems(unset)[0]).toBe(
      'operations[1] NORM: reads features 0 .. 15 of R, which no instruction before it writes; write them first, or read fewer',
    );
    expect(unwrittenProblems(model.operations.slice(0, 1).concat(withOperation(model, 4, { destination: 'Radd' }).slice(3, 5)))).toEqual([
      'operations[1] PROJECT: reads features 12 .. 15 of X, which no instruction before it writes; write them first, or read fewer',
      'operations[2] EXPAND: reads features 0 .. 15 of R, which no instruction before it writes; write them first, or read fewer',
    ]);
  });

  it('make an image refused, whatever its CRC, and keep it from being written', async () => {
    const model = randomModel(1);
    const file = writeImage(model, { columns: 4, busBytes: 8 });
    const { manifest, headerBytes } = readHeader(file);
    const content = file.subarray(headerBytes, headerBytes + manifest.regions.cold.length - 8);
    content[3 * 16] = content[3 * 16]! | 0x80;
    new DataView(file.buffer).setUint32(headerBytes + content.length, crcOf(content), true);
    const problem =
      'operations[3] PROJECT: reads features 0 .. 15 of H, which no instruction before it writes; write them first, or read fewer';
    expect(await problemsOf(() => readImage(file))).toEqual([`image: ${problem}`]);
    expect(
      await problemsOf(() => writeImage({ ...model, operations: withOperation(model, 3, { source: 'H' }) }, { columns: 4, busBytes: 8 })),
    ).toEqual([problem]);
  });

  it('are ruled out in the documents of the instructions and of the driver', () => {
    for (const file of ['docs/isa.md', 'docs/driver.md']) expect(readFileSync(file, 'utf8')).toMatch(/no instruction before it/);
  });
});
