import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import crc32 from 'crc-32';
import { peerFolder } from '../util/peers.js';
import { plainSpelling, type Dataset, type Example, type SplitName } from './dataset.js';
import { splitOf } from './split.js';

const side = 28;
const patchSide = 7;
const patches = side / patchSide;
const pixels = side * side;

/**
 * MNIST digits as 16 patches of 7 x 7 pixels, row by row, so that a digit fits a quarter window of 32 tokens.
 * The split is by the digit's pixels; examples stand in the order of the CRC-32 of their pixels, since the package
 * sorts them by class.
 */
export function loadMnist(): Dataset {
  const folder = peerFolder('mnist', 'task mnist');
  const found: { split: SplitName; order: number; example: Example }[] = [];
  for (let digit = 0; digit < 10; digit++) {
    const { data } = JSON.parse(readFileSync(join(folder, 'src/digits', `${digit}.json`), 'utf8')) as { data: number[] };
    for (let at = 0; at + pixels <= data.length; at += pixels) {
      const image = data.slice(at, at + pixels);
      const key = String.fromCharCode(...image.map((value) => Math.round(255 * value)));
      const example = { length: patches ** 2, features: patchesOf(image), labels: Int32Array.of(digit) };
      found.push({ split: splitOf(key), order: crc32.str(key) >>> 0, example });
    }
  }
  found.sort((a, b) => a.order - b.order);
  const part = (name: SplitName): Example[] => found.filter(({ split }) => split === name).map(({ example }) => example);
  return {
    task: 'mnist',
    metric: 'accuracy',
    display: 'class',
    spelling: plainSpelling,
    idsPerToken: 0,
    vocabulary: 0,
    featureCount: patchSide ** 2,
    maxLength: patches ** 2,
    labelNames: Array.from({ length: 10 }, (_, digit) => String(digit)),
    head: 'sequence',
    licence: 'MIT (mnist)',
    splits: { train: part('train'), validation: part('validation'), test: part('test') },
    describe: ({ features, labels }) => `${draw(features!)}\n${labels[0]}`,
  };
}

/** Place in the patches of pixel (x, y): pixels of a patch row by row, patches row by row. */
function placeOf(x: number, y: number): number {
  const patch = Math.floor(y / patchSide) * patches + Math.floor(x / patchSide);
  return patch * patchSide ** 2 + (y % patchSide) * patchSide + (x % patchSide);
}

function patchesOf(image: readonly number[]): Float32Array {
  const features = new Float32Array(pixels);
  image.forEach((value, at) => {
    features[placeOf(at % side, Math.floor(at / side))] = value;
  });
  return features;
}

/** 28 lines of 28 shades. */
function draw(features: Float32Array): string {
  const shades = ' .:*#';
  const lines = Array.from({ length: side }, (_, y) =>
    Array.from({ length: side }, (__, x) => {
      return shades[Math.min(shades.length - 1, Math.floor(features[placeOf(x, y)]! * shades.length))]!;
    }).join(''),
  );
  return lines.join('\n');
}
