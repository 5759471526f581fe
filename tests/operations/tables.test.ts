import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { opcodes } from '../../generator/operations/opcodes.js';
import { endName } from '../../generator/operations/end/fields.js';
import { operationFields, operationNames } from '../../generator/operations/fields.js';

const room = 'generator/operations';
const names = [...operationNames, endName];
const ofName = new RegExp(`(['"\`])(${names.join('|')})\\1|\\.(${names.join('|')})\\b|(?:^|[{,])\\s*(${names.join('|')}):`, 'g');
const isComment = (line: string): boolean => /^\s*(\/\/|\/?\*)/.test(line);

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join(folder, path));
}

/** Lines that name an operation in code: a string, a member or a key; a folder of its own and the lines of tables may. */
function namingLines(path: string, text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const names = isComment(line) ? [] : [...line.matchAll(ofName)].map((found) => (found[2] ?? found[3] ?? found[4])!);
    const allowed = (name: string): boolean => {
      const own = dirname(path) === join(room, name.toLowerCase());
      return own || (dirname(path) === room && new RegExp(`^  ${name}: ${name.toLowerCase()}[A-Z]\\w+,$`).test(line));
    };
    return names.every(allowed) ? [] : [`${path}: ${line.trim()}`];
  });
}

test('a name of an operation stands in its own folder and in the tables, nowhere else', () => {
  expect(sources('generator').flatMap((path) => namingLines(path, readFileSync(path, 'utf8')))).toEqual([]);
});

test.each([
  "  if (operation.op === 'LOAD') return;",
  '  case "STORE":',
  'const end = `END`;',
  '  if (op === opcodes.DENSE) return;',
  '  NORM: 3,',
])('a line is found that names an operation: %s', (line) => {
  expect(namingLines('generator/sim/some.ts', line)).toHaveLength(1);
  expect(namingLines('generator/operations/project/fields.ts', line)).toHaveLength(1);
});

test('prose may name operations', () => {
  expect(namingLines('generator/sim/some.ts', '// LOAD: rows\n/** NORM: sums */\nreport(`LOAD reads ${outer}`);')).toEqual([]);
});

test('every operation has its own name and code, and a file in every book', () => {
  for (const name of operationNames) {
    expect(operationFields[name].op).toBe(name);
    for (const book of ['fields', 'bytes', 'golden', 'cycles', 'text'])
      expect(existsSync(join(room, name.toLowerCase(), `${book}.ts`)), `${name} ${book}`).toBe(true);
  }
  expect(new Set(Object.values(opcodes)).size).toBe(names.length);
  const folders = readdirSync(room, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => basename(name));
  expect(folders.sort()).toEqual(names.map((name) => name.toLowerCase()).sort());
});
