import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../generator/util/package.js';

const helper = 'util/write-file.ts';
const writing = new Set([
  'writeFile',
  'writeFileSync',
  'write',
  'writeSync',
  'writev',
  'writevSync',
  'appendFile',
  'appendFileSync',
  'createWriteStream',
  'WriteStream',
  'copyFile',
  'copyFileSync',
  'cp',
  'cpSync',
  'truncate',
  'truncateSync',
  'ftruncate',
  'ftruncateSync',
]);

/** What in a source could write a file without counting its bytes. */
function writers(text: string): string[] {
  const found: string[] = [];
  for (const [, clause = '', from] of text.matchAll(
    /import\s+(?!type\b)([^;]*?)\s+from\s+'(node:fs|fs|node:fs\/promises|fs\/promises|write-file-atomic|fs-extra)'/g,
  )) {
    const names = /^\{([^}]*)\}$/s
      .exec(clause.trim())?.[1]
      ?.split(',')
      .map((name) => name.trim().split(' as ')[0]!.trim());
    if (names === undefined || from === 'write-file-atomic') found.push(`import ${clause} from ${from}`);
    else found.push(...names.filter((name) => writing.has(name)));
  }
  found.push(
    ...(text.match(/\.(writeFile|appendFile|createWriteStream)\(|(import|require)\(\s*'(node:)?fs|\bBun\.|\bfs\.\w*[wW]rite\w*/g) ?? []),
  );
  // Files are opened for reading only.
  for (const [call, , , flags] of text.matchAll(/(?<![.\w])(open|openSync)\(([^;{]*?),\s*('[^']*'|[\w.]+)(,[^;{]*?)?\)/g))
    if (flags !== "'r'") found.push(call);
  return found;
}

describe('files', () => {
  it('are written by one helper alone', () => {
    const folder = join(packageRoot(), 'generator');
    const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    expect(sources).toContain(helper);
    const found = sources
      .filter((name) => name !== helper)
      .flatMap((name) => writers(readFileSync(join(folder, name), 'utf8')).map((what) => `${name}: ${what}`));
    expect(found).toEqual([]);
    expect(writers(readFileSync(join(folder, helper), 'utf8'))).toContain('writeSync');
  });

  it.each([
    "import { readFile, writeFile } from 'node:fs/promises';",
    "import { readFileSync,\n  writeFileSync as put } from 'fs';",
    "import fs from 'node:fs';",
    "import * as fs from 'fs';",
    "import atomic from 'write-file-atomic';",
    'await handle.writeFile(text);',
    'log.createWriteStream()',
    "const file = openSync(path, 'w');",
    "await open(path, 'a', 0o600)",
    "await import('node:fs')",
  ])('would show %s', (line) => expect(writers(line)).not.toEqual([]));

  it.each([
    "import { openSync, readSync } from 'node:fs';",
    "import type * as Fs from 'node:fs';",
    "openSync(path, 'r')",
    'SweepDatabase.open(path, x)',
  ])('accepts %s', (line) => expect(writers(line)).toEqual([]));
});
