import { inflateSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { compress } from '../../generator/compress/pipeline.js';
import type { Dataset } from '../../generator/data/dataset.js';
import { loadTask } from '../../generator/data/load.js';
import { modelFolder } from '../../generator/data/places.js';
import { loadEncoder } from '../../generator/model/checkpoint.js';
import { presetParams } from '../../generator/params/presets.js';
import { requireFit } from '../../generator/program/fits.js';
import { readImage, writeImage } from '../../generator/program/image.js';
import { greyPicture, greyPng } from '../../generator/report/grey-png.js';
import { readOutputs, readTextLine } from '../../generator/subject/read-texts.js';
import { floatAnswers, goldenAnswers } from '../../generator/subject/tally.js';
import { rowCosines } from '../../generator/util/cosine.js';

const params = presetParams('small');

it('the integers of the recognition model in int8 read what is written, on lines that did not choose their scales', () => {
  const data = loadTask('ocr');
  const encoder = loadEncoder(modelFolder('ocr', 'dense'));
  const { columns } = params.array;
  const { busBytes } = params.port;
  const some = data.splits.validation.slice(0, 6);
  data.together!(some);
  const [calibration, examples] = [some.slice(3), some.slice(0, 3)];
  const factor = { rank: columns, k: 1, banks: columns, seed: 1 };
  const { model } = compress(encoder, { factor, steps: { factorize: false }, columns, busBytes, calibration });
  const image = readImage(writeImage(model, { columns, busBytes }));
  requireFit(image, params, [128]);
  const { outputs } = goldenAnswers(image.model, encoder, examples);
  const floats = floatAnswers(encoder, examples).outputs!;
  const rows = examples.reduce((sum, { length }) => sum + length, 0);
  expect(examples.reduce((sum, _, i) => sum + rowCosines(floats[i]!, outputs![i]!, 120), 0) / rows).toBeGreaterThan(0.99);
  const texts = readOutputs({ dataset: data, examples, image }, outputs!)!;
  expect(texts.map(({ read }) => read)).toEqual(data.readTexts!(examples, [floats as Float32Array[]])[0]);
  expect(readTextLine(texts[0]!, 0)).toBe(`0: ${texts[0]!.written} -> ${texts[0]!.read}`);
  // A step of another size means other features, and another text or none.
  const wrong = readOutputs({ dataset: data, examples, image: { ...image, model: { ...image.model, outputScale: 1e-6 } } }, outputs!)!;
  expect(wrong).not.toEqual(texts);
  const silent: Dataset = { ...data, readTexts: undefined } as unknown as Dataset;
  expect(readOutputs({ dataset: silent, examples, image }, outputs!)).toBe(undefined);
});

it('a picture in a report is a PNG of its grey levels', () => {
  const picture = { width: 3, height: 2, grey: Uint8Array.of(0, 128, 255, 1, 2, 3) };
  const png = Buffer.from(greyPng(picture));
  expect(png.subarray(1, 4).toString('latin1')).toBe('PNG');
  expect([png.readUInt32BE(16), png.readUInt32BE(20), png[24], png[25]]).toEqual([3, 2, 8, 0]);
  const data = png.subarray(33 + 8, 33 + 8 + png.readUInt32BE(33));
  expect([...inflateSync(data)]).toEqual([0, 0, 128, 255, 0, 1, 2, 3]);
  expect(greyPicture(picture)).toContain(`href="data:image/png;base64,${png.toString('base64')}"`);
});
