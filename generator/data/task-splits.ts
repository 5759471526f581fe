/** The three splits of a task from its files of JSON lines. */
import { existsSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { refuse, UserError } from '../util/errors.js';
import { modelConfigSchema } from '../model/config.js';
import { splitNames, type Example, type SplitName } from './dataset.js';
import { exampleOf, readJsonLines, type EncodeText, type LineShape } from './examples-file.js';
import type { TaskFile } from './task-schema.js';
import { shareOf } from './split.js';
import { encoderFiles, textEncoder, tokenizerProblems } from './tokenizer.js';
import { tokenizerFiles, tokenizerName } from './tokenizer-files.js';

type Splits = Readonly<Record<SplitName, readonly Example[]>>;

export interface TaskInputs {
  readonly splits: Splits;
  /** What the lines with text say. */
  readonly texts: ReadonlyMap<Example, string>;
}

/** All files of inputs, and those of the tokenizer that makes ids of them. */
export function inputFiles({ splits, tokenizer }: TaskFile, folder: string): string[] {
  const files = 'file' in splits ? [splits.file] : [...new Set(splitNames.map((name) => splits[name]))];
  return [
    ...files.map((file) => resolve(folder, file)),
    ...(tokenizer === undefined ? [] : encoderFiles(tokenizerFolder(resolve(folder, tokenizer)))),
  ];
}

function tokenizerFolder(place: string): string {
  return basename(place) === tokenizerName ? dirname(place) : place;
}

interface Placed {
  readonly example: Example;
  readonly key: string;
  /** Line of the file, from 1. */
  readonly line: number;
}

/** Errors: UserError with everything that is wrong, each with its file and line. */
export function readSplits(file: TaskFile, path: string): TaskInputs {
  const folder = dirname(path);
  const { splits } = file;
  const texts = new Map<Example, string>();
  const encode = encoderOf(file, path);
  const shape = shapeOf(file);
  const read = (name: string): Placed[] => readFile(resolveIn(folder, name), { file, shape, encode, texts });
  if ('file' in splits) {
    const { seed, validation, test } = splits;
    const placed: Record<SplitName, Example[]> = { train: [], validation: [], test: [] };
    for (const { example, key } of read(splits.file)) {
      const at = shareOf(key, seed);
      placed[at < test ? 'test' : at < test + validation ? 'validation' : 'train'].push(example);
    }
    refuse(
      splitNames
        .filter((name) => placed[name].length === 0)
        .map(
          (name) => `task = ${path}: splits: no input of ${splits.file} falls into ${name}; give more inputs, other shares or another seed`,
        ),
    );
    return { splits: placed, texts };
  }
  const problems: string[] = [];
  const parts = splitNames.map((name): [SplitName, Placed[]] => {
    try {
      return [name, read(splits[name])];
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problems.push(...error.problems);
      return [name, []];
    }
  });
  if (problems.length === 0) problems.push(...overlapProblems(path, parts));
  refuse([...new Set(problems)]);
  return {
    splits: Object.fromEntries(parts.map(([name, part]) => [name, part.map(({ example }) => example)])) as unknown as Splits,
    texts,
  };
}

function resolveIn(folder: string, name: string): string {
  return isAbsolute(name) ? name : join(folder, name);
}

/** What lines are checked against; without labels there is no class. */
function shapeOf({ input, vocabulary = 0, featureCount = 0, maxLength, labels = [], head }: TaskFile): LineShape {
  return {
    input: input === 'features' ? 'patches' : 'ids',
    vocabulary,
    featureCount,
    maxLength: maxLength ?? modelConfigSchema.shape.maxLength.maxValue!,
    classes: labels.length,
    head,
  };
}

interface Reading {
  readonly file: TaskFile;
  readonly shape: LineShape;
  readonly encode: EncodeText | undefined;
  readonly texts: Map<Example, string>;
}

function readFile(path: string, { file, shape, encode, texts }: Reading): Placed[] {
  let perToken: number | undefined;
  return readJsonLines(path, (value, report, line): Placed | undefined => {
    const example = exampleOf(value, shape, report, encode);
    if (example === undefined) return undefined;
    const { text } = value as { readonly text?: string };
    if (file.input === 'text' && text === undefined) return void report('has no text, which input = text needs');
    if (file.input !== 'text' && text !== undefined) return void report(`text: the task has input = ${file.input}`);
    if (text !== undefined) texts.set(example, text);
    const own = example.ids === undefined ? 0 : example.ids.length / example.length;
    perToken ??= own;
    if (own !== perToken) return void report(`ids: has ${own} for each token, the first input has ${perToken}`);
    const values = example.ids ?? example.features!;
    return { example, key: `${own}:${values.join(' ')}`, line };
  });
}

/** Inputs that stand in two splits: what is measured on the second would be too good. */
function overlapProblems(path: string, parts: readonly (readonly [SplitName, readonly Placed[]])[]): string[] {
  const seen = new Map<string, readonly [SplitName, number]>();
  return parts.flatMap(([name, part]) => {
    const twice = part.filter(({ key }) => seen.has(key));
    for (const { key, line } of part) if (!seen.has(key)) seen.set(key, [name, line]);
    const across = twice.filter(({ key }) => seen.get(key)![0] !== name);
    if (across.length === 0) return [];
    const [split, line] = seen.get(across[0]!.key)!;
    return [
      `task = ${path}: splits.${name}: ${across.length} of its ${part.length} inputs stand in an earlier split too, the first on line ${across[0]!.line}, which is line ${line} of ${split}; take them out, or give one file with shares`,
    ];
  });
}

function encoderOf({ tokenizer, vocabulary = 0 }: TaskFile, path: string): EncodeText | undefined {
  if (tokenizer === undefined) return undefined;
  const folder = tokenizerFolder(resolveIn(dirname(path), tokenizer));
  const encode = textEncoder(folder);
  if (encode === undefined || !existsSync(folder))
    throw new UserError([`task = ${path}: tokenizer = ${tokenizer}: has no ${tokenizerName}; give its folder, or inputs as ids`]);
  refuse(tokenizerProblems(tokenizerFiles([folder]), vocabulary));
  return encode;
}
