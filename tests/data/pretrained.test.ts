import { readFileSync } from 'node:fs';
import library from 'onnx-proto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cutOnnx } from '../../generator/data/ocr/cut-onnx.js';
import { textLines } from '../../generator/data/ocr/lines.js';
import { drawLine, pictureHeight } from '../../generator/data/ocr/picture.js';
import { encoderFrom, encoderTo, openRecognizer, recognitionModel, type Recognizer } from '../../generator/data/ocr/recognizer.js';
import { openSentenceEncoder } from '../../generator/data/use/sentence-encoder.js';
import { printedSentences } from '../../generator/data/use/sentences.js';

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
    const picture = await drawLine(line);
    expect([picture.height, picture.width % 8]).toEqual([pictureHeight, 0]);
    const before = await whole.features(picture);
    expect(before.length).toBe(picture.width / 8);
    expect((await around.features(picture)).features.length).toBe(before.length * whole.featureCount);
    read.push(await whole.text(before.features, before));
  }
  expect(read).toEqual(lines.map(({ text }) => text));
});

it('other features give another text, so what stands between the two parts matters', async () => {
  const before = await around.features(await drawLine(textLines('validation', 1)[0]!));
  expect(await around.text(before.features, before)).not.toBe(textLines('validation', 1)[0]!.text);
});

it('a cut between tensors that do not exist or do not follow each other is refused', () => {
  const cut = (from: string, to: string): unknown => cutOnnx(library.onnx, readFileSync(recognitionModel()), from, to);
  expect(() => cut('nothing', encoderTo)).toThrow('tensor = nothing: no node of the ONNX file computes it');
  expect(() => cut(encoderTo, encoderFrom)).toThrow(`tensor = ${encoderFrom}: does not depend on ${encoderTo}`);
});

it('sentences have no more than 128 tokens, no split shares one, and vectors have length 1', async () => {
  const encoder = await openSentenceEncoder();
  const splits = (['train', 'validation', 'test'] as const).map(printedSentences);
  expect(new Set(splits.flat()).size).toBe(splits.flat().length);
  expect(splits[2]!.length).toBeGreaterThan(1000);
  expect(Math.max(...splits[2]!.slice(0, 500).map((text) => encoder.ids(text).length))).toBeLessThan(128);
  const [vector] = await encoder.vectors([splits[2]![0]!]);
  expect(vector!.length).toBe(512);
  expect(Math.hypot(...vector!)).toBeCloseTo(1, 5);
});
