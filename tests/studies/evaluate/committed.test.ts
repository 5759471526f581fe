import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chooseScales } from '../../../generator/compress/scales.js';
import { codingStats } from '../../../generator/compress/stats.js';
import { pack } from '../../../generator/compress/pack.js';
import { layersOf } from '../../../generator/model/encoder.js';
import { demoTaskNames } from '../../../generator/data/built-in.js';
import { loadTask } from '../../../generator/data/load.js';
import { measureEma } from '../../../generator/studies/evaluate/ema.js';
import { loadCheckpoint } from '../../../generator/model/checkpoint.js';
import { modelsFolder } from '../../../generator/data/places.js';
import { presetParams } from '../../../generator/params/presets.js';
import { readImage, writeImage } from '../../../generator/program/image.js';

const small = presetParams('small');
const made = demoTaskNames.filter((task) => existsSync(join(modelsFolder(task), 'compressed', 'config.json')));

it('some trained models come with the package', () => {
  expect(made.length).toBeGreaterThan(0);
});

describe.each(made)('the trained model of %s', (task) => {
  const { encoder, ranges } = loadCheckpoint(join(modelsFolder(task), 'compressed'));
  const first = layersOf(encoder)[0]!;
  const banks = first.kind === 'factorized' ? first.sparse.banks : 1;
  const model = pack(encoder, chooseScales(encoder, ranges!), { banks });

  it('codes its sparse stream within 15 % of the entropy bound of its symbols', () => {
    const { sparse } = codingStats(model, { columns: small.array.columns, busBytes: small.port.busBytes });
    expect(sparse.slots).toBeGreaterThan(0);
    expect(sparse.overBound).toBeGreaterThanOrEqual(1);
    expect(sparse.overBound).toBeLessThan(1.15);
  });

  it('needs at least 66 times fewer bytes an input than the dense baseline on the real mix of lengths', () => {
    const image = readImage(writeImage(model, { columns: small.array.columns, busBytes: small.port.busBytes }));
    const ema = measureEma(
      image,
      loadTask(task).splits.test.map(({ length }) => length),
      small,
    );
    expect(ema).toMatchObject({ inputs: 1000, booksAgree: true });
    expect(ema.ratio.mix).toBeGreaterThan(66);
  });
});
