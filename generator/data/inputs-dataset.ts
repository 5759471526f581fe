/** A file of inputs as the data of a model that is imitated: no labels, no test split. */
import { refuse } from '../util/errors.js';
import type { Encoder } from '../model/encoder.js';
import { plainSpelling, type Dataset, type Example } from './dataset.js';
import { lineShape, readExamples, type EncodeText } from './examples-file.js';
import { shareOf } from './split.js';

/** Share of the inputs that validation is made of. */
const validationShare = 0.1;

/** Errors: UserError with every line that is wrong, or when there are too few for two splits. */
export function inputsDataset(path: string, teacher: Encoder, encode: EncodeText | undefined): Dataset {
  const { task, config } = teacher;
  // What labels say is not needed: the teacher's outputs, one a row, are all that counts.
  const examples = readExamples(path, lineShape(teacher), encode).map((example): Example => ({
    ...example,
    labels: new Int32Array(config.head === 'sequence' ? 1 : example.length).fill(-1),
  }));
  const place = ({ ids, features }: Example): number => shareOf((ids ?? features!).join(' '));
  const train = examples.filter((example) => place(example) >= validationShare);
  const validation = examples.filter((example) => place(example) < validationShare);
  refuse(
    train.length === 0 || validation.length === 0
      ? [
          `inputs = ${path}: a tenth of its ${examples.length} inputs, chosen by their content, is for validation, which leaves one part empty; give more`,
        ]
      : [],
  );
  const { ids, length } = examples[0]!;
  return {
    task,
    metric: 'cosine',
    display: config.head === 'sequence' ? 'class' : 'tags',
    spelling: plainSpelling,
    idsPerToken: ids === undefined ? 0 : ids.length / length,
    vocabulary: config.vocabulary,
    featureCount: config.featureCount,
    maxLength: config.maxLength,
    labelNames: [],
    head: config.head === 'sequence' ? 'sequence' : 'token',
    licence: 'not stated',
    splits: { train, validation, test: [] },
    describe: (example) => `${example.length} tokens`,
  };
}
