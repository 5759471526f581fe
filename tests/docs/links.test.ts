import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const notOurs = ['node_modules', 'dist', 'build', 'runs', '.git'];

function markdownIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return notOurs.includes(entry.name) || existsSync(join(path, 'node_modules')) ? [] : markdownIn(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

const withoutCode = (text: string): string => text.replace(/^```.*?^```/gms, '').replace(/`[^`\n]*`/g, '');

/** Targets of links and pictures, in Markdown and in HTML. */
function linksOf(text: string): string[] {
  return [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)|\b(?:src|href)="([^"]+)"/g)].map(([, markdown, html]) => markdown ?? html ?? '');
}

/** Anchors of the headings, as GitHub makes them: small letters, no punctuation, hyphens for spaces, numbered when repeated. */
function anchorsOf(text: string): string[] {
  const seen = new Map<string, number>();
  return [...text.replace(/^```.*?^```/gms, '').matchAll(/^#{1,6} +(.+?) *#*$/gm)].map(([, heading = '']) => {
    const anchor = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
      .replaceAll(' ', '-');
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
}

function brokenIn(file: string): string[] {
  return linksOf(readFileSync(file, 'utf8'))
    .filter((link) => !/^[a-z]+:/.test(link))
    .flatMap((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? file : join(dirname(file), decodeURIComponent(path));
      const where = `${relative(root, file)}: (${link})`;
      if (!existsSync(target)) return [`${where}: no such file`];
      return anchor === undefined || !target.endsWith('.md') || anchorsOf(readFileSync(target, 'utf8')).includes(anchor)
        ? []
        : [`${where}: no such heading`];
    });
}

const files = markdownIn(root);

describe('Markdown', () => {
  it('has links and pictures whose files and headings exist', () => {
    expect(files.length).toBeGreaterThan(20);
    expect(files.flatMap(brokenIn)).toEqual([]);
  });

  it('of docs/ is all reached from docs/README.md', () => {
    const index = linksOf(readFileSync(join(root, 'docs', 'README.md'), 'utf8'));
    const pages = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md') && name !== 'README.md');
    expect(pages.filter((page) => !index.some((link) => link.split('#')[0] === page))).toEqual([]);
  });
});

describe('a table', () => {
  const most = 120;
  const longCells = (text: string): string[] =>
    text
      .replace(/^```.*?^```/gms, '')
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .flatMap((line) => line.split('|').map((cell) => cell.trim()))
      .filter((cell) => cell.length > most);

  it('has no cell that is a paragraph: what is longer stands below the table', () => {
    const pages = files.map((file) => ({ page: relative(root, file), cells: longCells(readFileSync(file, 'utf8')) }));
    expect(pages.filter(({ cells }) => cells.length > 0)).toEqual([]);
  });

  it('whose cell is one is found', () => {
    const long = 'a'.repeat(most + 1);
    expect(longCells(`| short | ${long} |\n\n${long}\n`)).toEqual([long]);
  });

  it('has no line of 400 characters on any page', () => {
    const long = (path: string): number =>
      readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line.length >= 400).length;
    expect(files.filter((path) => long(path) > 0)).toEqual([]);
  });
});

describe('README.md', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const lines = readme.split('\n');

  it('has no line over 120 characters', () => {
    expect(lines.filter((line) => line.length > 120)).toEqual([]);
  });

  it('has no table cell over a line: 60 characters', () => {
    const cells = lines.filter((line) => line.startsWith('|')).flatMap((line) => line.split('|').map((cell) => cell.trim()));
    expect(cells.length).toBeGreaterThan(0);
    expect(cells.filter((cell) => cell.replace(/\]\([^)]*\)/g, ']').length > 60)).toEqual([]);
  });

  it('shows the pictures before it says anything about use', () => {
    expect(lines.findIndex((line) => line.includes('docs/pictures/'))).toBeLessThan(lines.findIndex((line) => line.startsWith('## Use')));
  });
});

describe('links are found', () => {
  it('in Markdown and in HTML, not in code', () => {
    expect(linksOf('[a](b.md#c) ![d](e.svg) `[no](x.md)` <img src="f.svg">\n```\n[no](y.md)\n```\n')).toEqual(['b.md#c', 'e.svg', 'f.svg']);
  });

  it('with the anchors that GitHub makes', () => {
    expect(anchorsOf('# A `b`, c: d\n```sh\n# no heading\n```\n## "Twice"\n## Twice\n')).toEqual(['a-b-c-d', 'twice', 'twice-1']);
  });
});
