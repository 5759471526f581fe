import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const text = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');

/** One of each kind stands for all. */
const examples: Readonly<Record<string, string>> = { unit: 'fifo', operation: 'norm', task: 'g2p', tool: 'fusesoc' };

const named = [...text.matchAll(/`([\w.<>/-]+)`/g)]
  .map(([, path = '']) => path.replace(/<(\w+)>/g, (whole, kind: string) => examples[kind] ?? whole))
  .filter((path) => path.includes('/') || /\.(ts|mjs|json|md)$/.test(path));

it('CONTRIBUTING.md names only files that exist', () => {
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

it('its lists begin at tables that there are', () => {
  const at = (file: string): string => readFileSync(join(root, file), 'utf8');
  expect(at('generator/data/built-in.ts')).toContain('export const builtInTasks');
  expect(at('generator/output/flows/collateral.ts')).toContain('const emitters = ');
});

it('its list for an operation has every template, property and helper of tests that tells operations apart', () => {
  const list = text.slice(text.indexOf('## Add an operation'), text.indexOf('## Add a task'));
  const folders = ['templates', 'testbench', 'testbench/formal', 'tests/support'];
  const telling = folders
    .flatMap((folder) => readdirSync(join(root, folder)).map((file) => `${folder}/${file}`))
    .filter((path) => /\.(ts|v|hbs)$/.test(path) && /'(NORM|EXPAND)'|OP_(NORM|EXPAND)\b/.test(readFileSync(join(root, path), 'utf8')));
  expect(telling.length).toBeGreaterThan(3);
  expect(telling.filter((path) => !list.includes(path))).toEqual([]);
});
