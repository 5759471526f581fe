/**
 * A program: features of lines before the encoder, or what outputs of the encoder mean. A process of its own, since networks run
 * asynchronously and tasks are read by functions that wait for nothing.
 *
 *   stdin    RecognizeJob as JSON
 *   job.to   features: float32 of line after line; texts: JSON list of strings
 */
import { readFileSync } from 'node:fs';
import { replaceFile } from '../../util/write-file.js';
import { textLines } from './lines.js';
import { drawLine } from './picture.js';
import type { RecognizeJob } from './recognize.js';
import { openRecognizer } from './recognizer.js';

const job = JSON.parse(readFileSync(0, 'utf8')) as RecognizeJob;
const recognizer = await openRecognizer();
const all = textLines(job.split, Math.max(...job.lines) + 1);
const features: Float32Array[] = [];
const texts: string[] = [];
const outputs = job.outputs === undefined ? undefined : new Float32Array(new Uint8Array(readFileSync(job.outputs)).buffer);
let at = 0;
for (const line of job.lines) {
  const before = await recognizer.features(drawLine(all[line]!));
  const { length } = before.features;
  if (outputs === undefined) features.push(before.features);
  else texts.push(await recognizer.text(outputs.slice(at, at + length), before));
  at += length;
}
await recognizer.close();
replaceFile(
  job.to,
  outputs === undefined
    ? features.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength))
    : JSON.stringify(texts),
);
