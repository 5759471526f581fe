import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { packageRoot } from '../../generator/util/package.js';

const page = readFileSync(join(packageRoot(), 'docs', 'api.md'), 'utf8');
const index = join(packageRoot(), 'generator', 'index.ts');

/** Names that the module exports, types among them. */
function exported(): string[] {
  const source = ts.createSourceFile(index, readFileSync(index, 'utf8'), ts.ScriptTarget.Latest);
  return source.statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement) || statement.exportClause === undefined || !ts.isNamedExports(statement.exportClause))
      throw new Error(`index.ts has something else than export { names }: ${statement.getText(source)}`);
    return statement.exportClause.elements.map(({ name }) => name.text);
  });
}

const named = (text: string): string[] => [...text.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);

it('the page of the API lists what the module exports, and nothing else', () => {
  const names = exported();
  expect(names.length).toBeGreaterThan(100);
  expect(named(page.split('## All exports\n')[1] ?? '').sort()).toEqual(names.sort());
});

it('every command has its function on the page', () => {
  const commands = readdirSync(join(packageRoot(), 'generator', 'commands')).map((file) => file.replace('.ts', ''));
  const others = ['options', 'parse', 'print', 'program', 'report-error'];
  const rows = [...page.matchAll(/^\| `(\w+)` \| `(\w+)` \|/gm)].map(([, name = '', command = '']) => ({ name, command }));
  expect(rows.map(({ command }) => command).sort()).toEqual(commands.filter((name) => !others.includes(name)).sort());
  const names = exported();
  expect(rows.filter(({ name }) => !names.includes(name))).toEqual([]);
});
