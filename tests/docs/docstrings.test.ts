import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../generator/util/package.js';

/** Docstrings that begin with "Of", as a noun would not; those of several lines, too. */
const nounless = (text: string): string[] => text.match(/\/\*\*\s*(?:\*\s*)?Of\b.*/g) ?? [];

const sources = ['generator', 'tests', 'bench', 'scripts', 'examples'].flatMap((folder) =>
  readdirSync(join(packageRoot(), folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|mjs)$/.test(name))
    .map((name) => join(folder, name)),
);

it('every docstring begins with a noun or a verb', () => {
  expect(sources.length).toBeGreaterThan(500);
  const found = sources.flatMap((name) => nounless(readFileSync(join(packageRoot(), name), 'utf8')).map((line) => `${name}: ${line}`));
  expect(found).toEqual([]);
});

it('one that does not is found', () => {
  const texts = ['Of all windows. */', '\n * Of a run.\n */', 'Offers. */', 'Bytes\n * of both. */'];
  expect(texts.map((text) => nounless(`${'/*'}* ${text}`).length)).toEqual([1, 1, 0, 0]);
});
