/** Descriptions of tasks of the user's own: a folder with task.json or task.ts, or such a file by itself. */
import { existsSync, statSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import { UserError } from '../util/errors.js';
import { checked, plainDataProblem, readJson } from '../input/json.js';
import { readModuleNow } from '../input/module.js';
import { taskNames } from './built-in.js';
import { plainSpelling, type Dataset, type DisplayName, type Example, type SplitName } from './dataset.js';
import type { TaskDescription } from './description.js';
import { inputFiles, readSplits } from './task-splits.js';
import { taskFileProblems, taskSchema, usualMetric, type TaskFile } from './task-schema.js';
import { textOf } from './spell.js';

const advice = 'give a folder with task.json, or a .json or .ts file (docs/tasks.md)';
const fileNames = ['task.json', 'task.ts'];

function fileOf(source: string): string {
  if (!existsSync(source)) throw new UserError([`task = ${source}: does not exist; ${advice}`]);
  if (!statSync(source).isDirectory()) return source;
  const found = fileNames.find((name) => existsSync(join(source, name)));
  if (found === undefined) throw new UserError([`task = ${source}: has no task.json; ${advice}`]);
  return join(source, found);
}

/** Errors: UserError with everything that is wrong with the description itself; its data is read later. */
export function readDescription(source: string): TaskDescription {
  const path = fileOf(source);
  const kind = extname(path);
  if (kind !== '.json' && kind !== '.ts') throw new UserError([`task = ${path}: must be a .json or .ts file; ${advice}`]);
  const from = { path, option: 'task', advice };
  const value = kind === '.json' ? readJson(from) : readModuleNow({ ...from, wanted: 'the description' });
  const problem = plainDataProblem(value);
  if (problem !== undefined) throw new UserError([`task = ${path}: ${problem}; it must hold plain data, as JSON does`]);
  // Editors find the schema by this key.
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const given = isObject ? Object.fromEntries(Object.entries(value).filter(([key]) => key !== '$schema')) : value;
  const file = checked(taskSchema, given, `task = ${path}`);
  const problems = taskFileProblems(file);
  if (taskNames.includes(file.task)) problems.push(`task = ${file.task}: is the name of a built-in task; choose another`);
  if (problems.length > 0) throw new UserError(problems.map((one) => `task = ${path}: ${one}`));
  const folder = dirname(resolve(path));
  return {
    name: file.task,
    source,
    metric: usualMetric(file),
    models: resolve(folder, file.models),
    packages: [],
    files: [path, ...inputFiles(file, folder)],
    recipe: file.recipe,
    augment: file.augment,
    read: () => datasetOf(file, path),
  };
}

function datasetOf(file: TaskFile, path: string): Dataset {
  const { task, licence, input, labels = [], head, vocabulary = 0, featureCount = 0, spelling } = file;
  const { splits, texts } = readSplits(file, path);
  const all = Object.values(splits).flat();
  const blank = spelling?.blank === undefined ? undefined : labels.indexOf(spelling.blank);
  const written =
    spelling === undefined
      ? plainSpelling
      : { separator: spelling.separator, merge: spelling.merge, ...(blank !== undefined && { blank }) };
  const display: DisplayName = file.display ?? (head === 'sequence' ? 'class' : spelling === undefined ? 'tags' : 'text');
  const title = (example: Example): string => texts.get(example) ?? idsOf(example) ?? `${example.length} tokens`;
  const perToken = all[0]?.ids === undefined ? 0 : all[0].ids.length / all[0].length;
  return {
    task,
    metric: usualMetric(file),
    display,
    spelling: written,
    idsPerToken: input === 'features' ? 0 : perToken,
    vocabulary,
    featureCount,
    maxLength: file.maxLength ?? all.reduce((most, { length }) => Math.max(most, length), 1),
    labelNames: labels,
    head,
    licence,
    splits: splits as Record<SplitName, Example[]>,
    title,
    describe: (example) => {
      const answer = example.answer ?? textOf([...example.labels], { labelNames: labels, spelling: written });
      if (display === 'text') return `${title(example)} -> ${answer}`;
      if (display === 'tags')
        return wordsOf(example)
          .map((word, t) => `${word}/${labels[example.labels[t]!] ?? '?'}`)
          .join(' ');
      return `${title(example)}\n${labels[example.labels[0]!] ?? '?'}`;
    },
  };
}

function idsOf({ ids, length }: Example): string | undefined {
  return ids === undefined ? undefined : wordsOf({ ids, length }).join(' ');
}

/** A token by its ids, or by its number. */
function wordsOf({ ids, length }: Pick<Example, 'ids' | 'length'>): string[] {
  const perToken = (ids?.length ?? 0) / length;
  return Array.from({ length }, (_, t) => ids?.subarray(t * perToken, (t + 1) * perToken).join('+') ?? String(t));
}
