/** The description of a task in a file: docs/tasks.md "A task of your own". */
import { z } from 'zod';
import { modelConfigSchema } from '../model/config.js';
import { augmentNames } from './description.js';
import { displayNames, metricNames, type MetricName } from './dataset.js';
import { trainConfigSchema } from './recipe-schema.js';

const path = z.string().min(1);
const share = z.number().gt(0).lt(1);

/** A file for each split; or one file, whose inputs are shared out by their content. */
const splitsSchema = z.union(
  [
    z.strictObject({ train: path, validation: path, test: path }),
    z.strictObject({ file: path, validation: share.default(0.1), test: share.default(0.1), seed: z.int().min(0).default(1) }),
  ],
  {
    error:
      'must be {"train", "validation", "test"} with a file each, or {"file", "validation", "test", "seed"} with shares above 0 and below 1',
  },
);

export const taskNameSchema = z
  .string()
  .regex(/^[A-Za-z][\w-]{0,63}$/, 'must begin with a letter and have at most 64 letters, digits, - and _');

export const taskSchema = z.strictObject({
  task: taskNameSchema,
  licence: z.string().min(1).default('not stated'),
  input: z.enum(['ids', 'text', 'features']),
  /** Rows of the embedding table. */
  vocabulary: modelConfigSchema.shape.vocabulary.min(1).optional(),
  /** tokenizer.json, or the folder that has it. */
  tokenizer: path.optional(),
  featureCount: modelConfigSchema.shape.featureCount.min(1).optional(),
  maxLength: modelConfigSchema.shape.maxLength.optional(),
  /** Models without a head serve tasks of tokens. */
  head: modelConfigSchema.shape.head.exclude(['none']),
  /** Names of the classes. */
  labels: z.array(z.string()).min(2).optional(),
  metric: z.enum(metricNames).optional(),
  display: z.enum(displayNames).optional(),
  spelling: z
    .strictObject({ separator: z.string().default(''), blank: z.string().optional(), merge: z.boolean().default(false) })
    .optional(),
  splits: splitsSchema,
  models: path.default('models'),
  augment: z.enum(augmentNames).optional(),
  recipe: trainConfigSchema.default({}),
});
export type TaskFile = z.infer<typeof taskSchema>;

/** Metrics that compare outputs with those of the float model. */
const withoutLabels: readonly MetricName[] = ['cosine', 'neighbour'];

/** The metric where the description names none. */
export const usualMetric = ({ metric, labels }: Pick<TaskFile, 'metric' | 'labels'>): MetricName =>
  metric ?? (labels === undefined ? 'cosine' : 'accuracy');

/** Rules between the fields. */
export function taskFileProblems(file: TaskFile): string[] {
  const { input, vocabulary, tokenizer, featureCount, labels, spelling, splits, augment } = file;
  const problems: string[] = [];
  const table = input !== 'features';
  if (table && vocabulary === undefined) problems.push(`vocabulary: input = ${input} needs it, the rows of the embedding table`);
  if (!table && vocabulary !== undefined) problems.push(`vocabulary = ${vocabulary}: input = features has no table; leave it out`);
  if (!table && featureCount === undefined) problems.push('featureCount: input = features needs it, the numbers of a token');
  if (table && featureCount !== undefined) problems.push(`featureCount = ${featureCount}: input = ${input} has no features; leave it out`);
  if (input === 'text' && tokenizer === undefined)
    problems.push('tokenizer: input = text needs it, the path of tokenizer.json or of its folder; give it, or inputs as ids');
  if (input !== 'text' && tokenizer !== undefined) problems.push(`tokenizer = ${tokenizer}: only for input = text; leave it out`);
  const metric = usualMetric(file);
  if (!withoutLabels.includes(metric) && labels === undefined)
    problems.push(`metric = ${metric}: needs labels, the names of the classes; give them, or one of ${withoutLabels.join(', ')}`);
  const twice = labels?.find((label, i) => labels.indexOf(label) !== i);
  if (twice !== undefined) problems.push(`labels: has ${JSON.stringify(twice)} twice`);
  if (spelling !== undefined && labels === undefined) problems.push('spelling: needs labels, whose names are the letters');
  if (spelling?.blank !== undefined && labels?.includes(spelling.blank) === false)
    problems.push(`spelling.blank = ${JSON.stringify(spelling.blank)}: must be one of the labels`);
  if ('file' in splits && splits.validation + splits.test >= 1)
    problems.push(
      `splits: validation = ${splits.validation} and test = ${splits.test} leave nothing for training; their sum must be below 1`,
    );
  if (augment === 'warpPatches' && table) problems.push('augment = warpPatches: is for square pictures as features');
  if (augment === 'hideRareIds') problems.push('augment = hideRareIds: needs a row of rare words, which only built-in tasks name');
  return problems;
}
