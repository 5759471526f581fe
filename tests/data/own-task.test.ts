import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isTaskPath, loadTask, taskOf } from '../../generator/data/load.js';
import { textEncoder } from '../../generator/data/tokenizer.js';
import { readDescription } from '../../generator/data/task-file.js';
import { predictionLine } from '../../generator/report/cards.js';
import { UserError } from '../../generator/util/errors.js';
import { wordPiece } from '../support/hub-folder.js';

const root = mkdtempSync(join(tmpdir(), 'trexgen-task-'));
afterAll(() => rmSync(root, { recursive: true }));

const described = {
  task: 'mine',
  input: 'ids',
  vocabulary: 4,
  head: 'sequence',
  labels: ['no', 'yes'],
  splits: { train: 'train.jsonl', validation: 'validation.jsonl', test: 'test.jsonl' },
};
const lines: Readonly<Record<string, readonly unknown[]>> = {
  'train.jsonl': [
    { ids: [0, 1], labels: [1] },
    { ids: [2], labels: [0] },
  ],
  'validation.jsonl': [{ ids: [3, 3], labels: [0] }],
  'test.jsonl': [{ ids: [1, 2, 3], labels: [1] }],
};

let made = 0;
/** The path of a description in a folder of its own; `files` replaces lines or leaves a file out. */
function own(changes: object = {}, files: Readonly<Record<string, readonly unknown[] | undefined>> = {}): string {
  const folder = join(root, String(made++));
  mkdirSync(folder);
  writeFileSync(join(folder, 'task.json'), JSON.stringify({ ...described, ...changes }));
  for (const [name, some] of Object.entries({ ...lines, ...files }))
    if (some !== undefined)
      writeFileSync(join(folder, name), some.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'));
  return folder;
}

/** What is said of it, with the folder left out. */
function problems(folder: string): string[] {
  try {
    loadTask(folder);
  } catch (error) {
    if (error instanceof UserError) return error.problems.map((problem) => problem.replaceAll(`${folder}/`, ''));
    throw error;
  }
  return [];
}

describe('a task of the user', () => {
  it('is a folder, its task.json, or a module that says the same', () => {
    const folder = own();
    const path = join(folder, 'mine.ts');
    writeFileSync(path, `const shared: object = ${JSON.stringify(described)};\nexport default { ...shared, task: 'typed' };\n`);
    expect([folder, join(folder, 'task.json'), path].map((source) => [isTaskPath(source), loadTask(source).task])).toEqual([
      [true, 'mine'],
      [true, 'mine'],
      [true, 'typed'],
    ]);
    expect(['mnist', 'poetry'].map(isTaskPath)).toEqual([false, false]);
  });

  it('has the sizes of its inputs, and accuracy where it names classes', () => {
    const { metric, display, maxLength, vocabulary, idsPerToken, labelNames, splits } = loadTask(own());
    expect({ metric, display, maxLength, vocabulary, idsPerToken, labelNames }).toEqual({
      metric: 'accuracy',
      display: 'class',
      maxLength: 3,
      vocabulary: 4,
      idsPerToken: 1,
      labelNames: ['no', 'yes'],
    });
    expect(Object.values(splits).map((split) => split.length)).toEqual([2, 1, 1]);
  });

  it('is compared with the float model where it names none', () => {
    const bare = (of: readonly unknown[]): unknown[] => (of as { ids: number[] }[]).map(({ ids }) => ({ ids }));
    const files = Object.fromEntries(Object.entries(lines).map(([name, of]) => [name, bare(of)]));
    const { metric, labelNames } = loadTask(own({ labels: undefined }, files));
    expect([metric, labelNames]).toEqual(['cosine', []]);
  });

  it('shares one file out by content, the same way for the same seed', () => {
    const all = Array.from({ length: 200 }, (_, i) => ({ ids: [i & 3, (i >> 2) & 3, (i >> 4) & 3, (i >> 6) & 3], labels: [i & 1] }));
    const splits = { file: 'all.jsonl', validation: 0.2, test: 0.3, seed: 1 };
    const read = (seed: number, inputs: readonly unknown[]) =>
      loadTask(own({ splits: { ...splits, seed } }, { 'all.jsonl': inputs })).splits;
    const first = read(1, all);
    expect(read(1, [...all].reverse()).test.length).toBe(first.test.length);
    expect(read(2, all).test).not.toEqual(first.test);
    expect(first.test.length / 200).toBeCloseTo(0.3, 0.1);
    // Every input is written twice, and both fall together.
    const twice = read(1, [...all, ...all]);
    expect([twice.train, twice.validation, twice.test].map(({ length }) => length)).toEqual(
      [first.train, first.validation, first.test].map(({ length }) => 2 * length),
    );
  });

  it('takes text by the tokenizer that it names', () => {
    const text = { input: 'text', vocabulary: 60, tokenizer: 'tok' };
    const folder = own(text, {
      'train.jsonl': [{ text: 'wa wb', labels: [1] }],
      'validation.jsonl': [{ text: 'wb', labels: [0] }],
      'test.jsonl': [{ text: 'wb wa wb', labels: [0] }],
    });
    mkdirSync(join(folder, 'tok'));
    writeFileSync(join(folder, 'tok', 'tokenizer.json'), JSON.stringify(wordPiece(60)));
    const data = loadTask(folder);
    expect(data.splits.test[0]!.length).toBeGreaterThan(2);
    expect(predictionLine(data, data.splits.test[0]!, [1])).toBe('wb wa wb -> yes [not no]');
    // Its ids are made of all of these: what is kept of a task is known by their content.
    writeFileSync(join(folder, 'tok', 'tokenizer_config.json'), '{}');
    const names = ['task.json', 'train.jsonl', 'validation.jsonl', 'test.jsonl', 'tok/tokenizer.json', 'tok/tokenizer_config.json'];
    expect(readDescription(folder).files).toEqual(names.map((name) => join(folder, name)));
    writeFileSync(join(folder, 'task.json'), JSON.stringify({ ...described, ...text, tokenizer: 'tok/tokenizer.json' }));
    expect(readDescription(folder).files).toEqual(names.map((name) => join(folder, name)));
  });

  it('spells: blanks are dropped, and neighbours that are equal are one where it says so', () => {
    const spelling = { blank: '-', merge: true };
    const folder = own(
      { head: 'token', labels: ['-', 'a', 'b'], metric: 'cer', spelling },
      {
        'train.jsonl': [{ ids: [1, 2], answer: 'ab' }],
        'validation.jsonl': [{ ids: [1], answer: 'a' }],
        'test.jsonl': [{ ids: [1, 1, 0, 1], answer: 'aa' }],
      },
    );
    const data = loadTask(folder);
    const [example] = data.splits.test;
    expect(predictionLine(data, example!, [1, 1, 0, 1])).toBe('1 1 0 1 -> aa');
    expect(predictionLine(data, example!, [1, 1, 2, 2])).toBe('1 1 0 1 -> ab [not aa]');
  });
});

describe('a fault of a description', () => {
  let folder = '';
  beforeAll(() => {
    folder = own();
  });

  it.each<[string, object, Readonly<Record<string, readonly unknown[] | undefined>>, string[]]>([
    [
      'an unknown key',
      { speed: 1 },
      {},
      [
        'task = task.json: speed = 1: is not a known field; known are task, licence, input, vocabulary, tokenizer, featureCount, maxLength, head, labels, metric, display, spelling, splits, models, augment, recipe',
      ],
    ],
    [
      'several values at once',
      { task: '1 x', vocabulary: 0, head: 'all', labels: ['a'] },
      {},
      [
        'task = task.json: task = "1 x": must begin with a letter and have at most 64 letters, digits, - and _',
        'task = task.json: vocabulary = 0: must be an integer in 1 .. 16777216',
        'task = task.json: head = "all": must be one of sequence, token',
        'task = task.json: labels = ["a"]: must be a list of at least 2 entries',
      ],
    ],
    [
      'splits of no known form',
      { splits: { train: 'a' } },
      {},
      [
        'task = task.json: splits = {"train":"a"}: must be {"train", "validation", "test"} with a file each, or {"file", "validation", "test", "seed"} with shares above 0 and below 1',
      ],
    ],
    [
      'the name of a built-in task',
      { task: 'mnist' },
      {},
      ['task = task.json: task = mnist: is the name of a built-in task; choose another'],
    ],
    [
      'ids without a table',
      { vocabulary: undefined },
      {},
      ['task = task.json: vocabulary: input = ids needs it, the rows of the embedding table'],
    ],
    [
      'text without a tokenizer',
      { input: 'text' },
      {},
      ['task = task.json: tokenizer: input = text needs it, the path of tokenizer.json or of its folder; give it, or inputs as ids'],
    ],
    [
      'a tokenizer that is not there',
      { input: 'text', tokenizer: 'nowhere' },
      {},
      ['task = task.json: tokenizer = nowhere: has no tokenizer.json; give its folder, or inputs as ids'],
    ],
    [
      'a metric of labels without labels',
      { labels: undefined, metric: 'f1' },
      {},
      ['task = task.json: metric = f1: needs labels, the names of the classes; give them, or one of cosine, neighbour'],
    ],
    ['a class twice', { labels: ['a', 'a'] }, {}, ['task = task.json: labels: has "a" twice']],
    [
      'shares that leave nothing',
      { splits: { file: 'all.jsonl', validation: 0.5, test: 0.5 } },
      {},
      ['task = task.json: splits: validation = 0.5 and test = 0.5 leave nothing for training; their sum must be below 1'],
    ],
    [
      'a file that is missing',
      {},
      { 'test.jsonl': undefined },
      ['inputs = test.jsonl: cannot be read (ENOENT); give a file with one JSON object per line'],
    ],
    ['an empty split', {}, { 'test.jsonl': [] }, ['inputs = test.jsonl: has no inputs; give at least one']],
    [
      'lines that are wrong, in all files at once',
      {},
      {
        'train.jsonl': [{ ids: [4], labels: [0] }, '{"ids"', { ids: [1], labels: [2] }, { ids: [[1, 2]], labels: [0] }],
        'test.jsonl': [
          { ids: [1], labels: [0, 1] },
          { ids: [1, 2], labels: [0] },
          { ids: [[1, 2]], labels: [0] },
        ],
      },
      [
        'train.jsonl:1: ids = 4: must be below vocabulary = 4',
        expect.stringMatching(/^train\.jsonl:2: is not valid JSON \(.+\)$/),
        'train.jsonl:3: labels = 2: must be below 2 classes',
        'test.jsonl:1: labels: has 2, must have 1',
        'test.jsonl:3: ids: has 2 for each token, the first input has 1',
      ],
    ],
    ['an input longer than it says', { maxLength: 2 }, {}, ['test.jsonl:1: length = 3 tokens: must be 1 .. 2']],
    [
      'labels of a task that names none',
      { labels: undefined },
      { 'validation.jsonl': [{ ids: [1] }], 'test.jsonl': [{ ids: [1] }], 'train.jsonl': [{ ids: [2], labels: [0] }] },
      ['train.jsonl:1: labels: outputs are features here, no classes; leave them out, or name classes in the task'],
    ],
    [
      'a test input that training has seen',
      {},
      {
        'test.jsonl': [
          { ids: [1, 2, 3], labels: [1] },
          { ids: [2], labels: [0] },
        ],
      },
      [
        'task = task.json: splits.test: 1 of its 2 inputs stand in an earlier split too, the first on line 2, which is line 2 of train; take them out, or give one file with shares',
      ],
    ],
    [
      'shares that give a split nothing',
      { splits: { file: 'train.jsonl' } },
      {},
      ['task = task.json: splits: no input of train.jsonl falls into validation; give more inputs, other shares or another seed'],
    ],
  ])('is told: %s', (_, changes, files, wanted) => {
    expect(problems(own(changes, files))).toEqual(wanted);
  });

  it('is told of a vocabulary larger than the table', () => {
    const small = own({ input: 'text', tokenizer: 'tokenizer.json' });
    writeFileSync(join(small, 'tokenizer.json'), JSON.stringify(wordPiece(60)));
    expect(problems(small).join()).toMatch(/^tokenizer.json: "\S+" = \d+: the vocabulary is larger than the embedding table of 4 rows; /);
  });

  it('is told of a piece of a text to which the tokenizer gives no id', () => {
    const lacking = join(folder, 'lacking');
    mkdirSync(lacking);
    const { model, ...rest } = wordPiece(60) as { model: object };
    writeFileSync(join(lacking, 'tokenizer.json'), JSON.stringify({ ...rest, model: { ...model, unk_token: undefined } }));
    const encode = textEncoder(lacking)!;
    expect(encode('wa wb').length).toBeGreaterThan(1);
    expect(() => encode('wa 7')).toThrow(/tokenizer\.json: has no id for a piece of the text "wa 7"; give its vocabulary this piece, /);
  });

  it('gives a word outside the vocabulary the id of unk_token, where words have no pieces too', () => {
    const words = join(folder, 'words');
    mkdirSync(words);
    const { model, ...rest } = wordPiece(60) as { model: { vocab: object } };
    const level = { type: 'WordLevel', vocab: model.vocab, unk_token: '[UNK]' };
    writeFileSync(join(words, 'tokenizer.json'), JSON.stringify({ ...rest, model: level }));
    const [cls, known, unknown, sep] = textEncoder(words)!('wa outside');
    expect([cls, unknown, sep]).toEqual([2, 1, 3]);
    expect(known).toBe((model.vocab as { wa: number }).wa);
  });

  it('is told of a description that is no object', () => {
    const folder = own();
    writeFileSync(join(folder, 'task.json'), '[]');
    expect(problems(folder)).toEqual(['task = task.json: file = []: must be an object with task, input, head, splits']);
  });

  it('is told of a place that holds no description', () => {
    expect(() => taskOf(join(folder, 'nowhere.json'))).toThrow(
      `task = ${folder}/nowhere.json: does not exist; give a folder with task.json`,
    );
    mkdirSync(join(folder, 'empty'));
    expect(() => taskOf(join(folder, 'empty'))).toThrow(`task = ${folder}/empty: has no task.json; give a folder with task.json`);
    expect(() => taskOf(join(folder, 'train.jsonl'))).toThrow(`task = ${folder}/train.jsonl: must be a .json or .ts file`);
    writeFileSync(join(folder, 'none.ts'), 'export const task = 1;\n');
    expect(() => taskOf(join(folder, 'none.ts'))).toThrow(
      'none.ts: has no default export; it must be a module that exports the description as default',
    );
  });
});
