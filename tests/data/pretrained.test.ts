import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cutOnnx } from '../../generator/data/ocr/cut-onnx.js';
import { textLines } from '../../generator/data/ocr/lines.js';
import { drawLine, pictureHeight } from '../../generator/data/ocr/picture.js';
import { encoderFrom, encoderTo, openRecognizer, recognitionModel, type Recognizer } from '../../generator/data/ocr/recognizer.js';
import { loadOcr } from '../../generator/data/ocr/load-ocr.js';
import { loadUse } from '../../generator/data/use/load-use.js';
import { modelFolder } from '../../generator/data/places.js';
import { forward } from '../../generator/compress/forward.js';
import { loadAnyCheckpoint } from '../../generator/import/load-any.js';
import { hostValues } from '../../generator/model/host-steps.js';
import { cosine } from '../../generator/util/cosine.js';
import { sentenceVectors } from '../support/sentence-vectors.js';

let whole: Recognizer;
let around: Recognizer;
beforeAll(async () => {
  whole = await openRecognizer(encoderTo, encoderTo);
  around = await openRecognizer();
});
afterAll(() => Promise.all([whole.close(), around.close()]));

it('lines of the splits have no text in common, and a seed gives the same lines', () => {
  const [train, validation, test] = (['train', 'validation', 'test'] as const).map((split) => textLines(split, 2000));
  const texts = [train!, validation!, test!].map((lines) => new Set(lines.map(({ text }) => text)));
  expect(texts.map(({ size }) => size)).toEqual([2000, 2000, 2000]);
  expect(new Set(texts.flatMap((some) => [...some])).size).toBe(6000);
  expect(textLines('test', 5)).toEqual(test!.slice(0, 5));
  expect(textLines('test', 5, 2)).not.toEqual(test!.slice(0, 5));
});

it('a drawn line is read as it was written, with a token for eight columns of its picture', async () => {
  const read: string[] = [];
  const lines = textLines('validation', 6);
  for (const line of lines) {
    const picture = drawLine(line);
    expect([picture.height, picture.width % 8]).toEqual([pictureHeight, 0]);
    const before = await whole.features(picture);
    expect(before.length).toBe(picture.width / 8);
    expect((await around.features(picture)).features.length).toBe(before.length * whole.featureCount);
    read.push(await whole.text(before.features, before));
  }
  expect(read).toEqual(lines.map(({ text }) => text));
});

it('other features give another text, so what stands between the two parts matters', async () => {
  const before = await around.features(drawLine(textLines('validation', 1)[0]!));
  expect(await around.text(before.features, before)).not.toBe(textLines('validation', 1)[0]!.text);
});

it('a cut between tensors that do not exist or do not follow each other is refused', async () => {
  const cut = (from: string, to: string): Promise<unknown> => cutOnnx(readFileSync(recognitionModel()), from, to);
  await expect(cut('nothing', encoderTo)).rejects.toThrow('tensor = nothing: no node of the ONNX file computes it');
  await expect(cut(encoderTo, encoderFrom)).rejects.toThrow(`tensor = ${encoderFrom}: does not depend on ${encoderTo}`);
});

it('the task has features of a line where it is asked for them, and says the text that outputs of its encoder mean', () => {
  const { splits, readTexts, picture, title, together } = loadOcr();
  const line = splits.validation[2]!;
  together!([line]);
  expect([line.features!.length, line.labels.length]).toEqual([120 * line.length, line.length]);
  expect(title!(line)).toBe(textLines('validation', 3)[2]!.text);
  expect(readTexts!([line], [[line.features!]])).toEqual([[expect.any(String)]]);
  expect(picture!(line)).toMatchObject({ width: 8 * line.length, height: pictureHeight });
});

it('sentences have no more than 128 tokens, no split shares one, and the vector of one has length 1', async () => {
  const { splits, title } = loadUse();
  const texts = Object.values(splits).flatMap((split) => split.map((example) => title!(example)));
  expect(new Set(texts).size).toBe(texts.length);
  expect(splits.test.length).toBeGreaterThanOrEqual(1000);
  expect(Math.max(...splits.test.map(({ length }) => length))).toBeLessThanOrEqual(128);
  expect(Math.max(...splits.test.flatMap(({ ids }) => [...ids!]))).toBeLessThan(8002);
  const [vector] = await sentenceVectors([title!(splits.test[0]!)]);
  expect(vector!.length).toBe(512);
  expect(Math.hypot(...vector!)).toBeCloseTo(1, 5);
});

it('outputs of the imported encoder, ended by the task, are the vectors of the package', async () => {
  const { splits, host, title } = loadUse();
  const { encoder } = loadAnyCheckpoint(modelFolder('use', 'dense'));
  // What the task says is what the import found.
  expect(encoder.host).toEqual(host);
  const some = splits.validation.slice(0, 4);
  const vectors = await sentenceVectors(some.map((example) => title!(example)));
  for (const [i, example] of some.entries())
    expect(cosine(hostValues(host!, forward(encoder, example), 512), Float64Array.from(vectors[i]!))).toBeGreaterThan(0.999999);
});
