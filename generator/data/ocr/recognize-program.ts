/**
 * A program: features of lines before the encoder, or what outputs of the encoder mean. A process of its own, since networks run
 * asynchronously and tasks are read by functions that wait for nothing.
 *
 *   stdin    RecognizeJob as JSON
 *   exit     as reportingErrors of generator/util/child-program.ts
 *   job.to   features: float32 of line after line; texts: JSON list of strings a model
 */
import { readFileSync } from 'node:fs';
import { reportingErrors } from '../../util/child-program.js';
import { replaceFile } from '../../util/write-file.js';
import { textLines } from './lines.js';
import { drawLine } from './picture.js';
import type { RecognizeJob } from './recognize.js';
import { openRecognizer } from './recognizer.js';

await reportingErrors(async () => {
  const job = JSON.parse(readFileSync(0, 'utf8')) as RecognizeJob;
  const recognizer = await openRecognizer();
  const all = textLines(job.split, Math.max(...job.lines) + 1);
  const features: Float32Array[] = [];
  const models = job.outputs?.map((path) => ({
    outputs: new Float32Array(new Uint8Array(readFileSync(path)).buffer),
    texts: [] as string[],
  }));
  let at = 0;
  for (const line of job.lines) {
    const before = await recognizer.features(drawLine(all[line]!));
    const { length } = before.features;
    if (models === undefined) features.push(before.features);
    for (const { outputs, texts } of models ?? []) texts.push(await recognizer.text(outputs.slice(at, at + length), before));
    at += length;
  }
  await recognizer.close();
  replaceFile(
    job.to,
    models === undefined
      ? features.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength))
      : JSON.stringify(models.map(({ texts }) => texts)),
  );
});
