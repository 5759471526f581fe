import fc from 'fast-check';
import { expect, test } from 'vitest';
import { coldLedger, windowLedger } from '../../generator/golden/ledger.js';
import { orderFor, readImage, writeImage } from '../../generator/program/image.js';
import { sumTraffic } from '../../generator/contract/traffic-classes.js';
import { baselineBytes, baselineLayers, coldShapes, coldTraffic, windowTraffic } from '../../generator/program/traffic.js';
import { randomModel } from '../support/random-model.js';

test('bytes by shapes and bytes by walking the image agree in every class', () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 64 }), { maxLength: 4 });
  const shape = fc.record({
    width: fc.integer({ min: 1, max: 40 }),
    hidden: fc.integer({ min: 1, max: 70 }),
    k: fc.integer({ min: 1, max: 16 }),
    classes: fc.integer({ min: 1, max: 20 }),
    inputWidth: fc.integer({ min: 1, max: 80 }),
    activation: fc.boolean(),
    columnScales: fc.boolean(),
    coding: fc.constantFrom('factorized' as const, 'dense' as const, 'wide' as const, 'uncoded' as const),
    head: fc.constantFrom('mean' as const, 'token' as const),
    best: fc.boolean(),
  });
  const hardware = fc.record({ columns: fc.constantFrom(1, 2, 4, 8, 16), busBytes: fc.constantFrom(4, 8, 16, 32, 64, 128) });
  fc.assert(
    fc.property(fc.nat(), shape, hardware, lengths, (seed, part, side, window) => {
      const model = orderFor(randomModel(seed, { ...part, rank: 16, banks: 16 }), side.columns);
      const image = readImage(writeImage(model, side));
      expect(coldLedger(image)).toEqual(coldTraffic(coldShapes(model), side));
      expect(sumTraffic(coldLedger(image))).toBe(image.cold.length);
      expect(windowLedger(image, window)).toEqual(windowTraffic(model.operations, window, side));
      expect(sumTraffic(windowLedger(image, []))).toBe(image.pass.length);
      expect(sumTraffic(windowLedger(image, window)) % side.busBytes).toBe(0);
      expect([image.manifest.bytes.cold, image.manifest.bytes.pass]).toEqual([coldLedger(image), windowLedger(image, [])]);
    }),
    { numRuns: 60 },
  );
});

test('the baseline is 16-bit weights and biases once an input plus activations, the cold region counts once', () => {
  const model = randomModel(1, { coding: 'dense' });
  const [load, store] = [model.operations[0], model.operations.at(-1)];
  if (load?.op !== 'LOAD' || store?.op !== 'STORE') throw new Error('a program begins with LOAD and ends with STORE');
  const weights = baselineLayers(model).reduce((sum, layer) => sum + layer.weights + layer.parameters, 0);
  const rowsOut = (tokens: number): number => (store.firstRow ? 1 : tokens) * store.outer;
  expect(baselineBytes(model, [1, 5])).toBe(2 * 2 * weights + 6 * load.outer + rowsOut(1) + rowsOut(5));
});

test('a factorized model and its dense twin have the same baseline layers', () => {
  expect(baselineLayers(randomModel(1))).toEqual(baselineLayers(randomModel(1, { coding: 'dense' })));
});

test('the baseline counts positions alike: those of patches, which this machine multiplies, are left out with their inputs', () => {
  const model = randomModel(3, { coding: 'dense', inputWidth: 6 });
  const [load, first] = model.operations;
  if (load?.op !== 'LOAD' || first?.op !== 'DENSE') throw new Error('patches are projected first');
  const tokens = 4;
  const positionRows = 2;
  const saved = 2 * positionRows * first.outer + tokens * positionRows;
  expect(baselineBytes(model, [tokens]) - baselineBytes({ ...model, positionRows }, [tokens])).toBe(saved);
});
