import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../generator/util/package.js';

/** Lint and this test read the same lists; the configuration of lint has no types. */
const { aboveBooks, books } = (await import(join(packageRoot(), 'eslint.config.mjs'))) as {
  readonly books: Readonly<Record<string, { readonly files: readonly string[] }>>;
  readonly aboveBooks: Readonly<Record<string, readonly string[]>>;
};

const root = join(packageRoot(), 'generator');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts') && path.includes('/'));

/** The room of a file: its folder; a book of the operations; the lower or the upper half of a room that a book lies inside. */
function roomOf(path: string): string {
  const [folder = '', ...rest] = path.replace(/\.ts$/, '').split('/');
  const name = rest.join('/');
  if (folder === 'operations') {
    const found = Object.entries(books).find(([, book]) => book.files.some((file) => file === name || file === `*/${rest.at(-1)}`));
    if (found === undefined) throw new Error(`${path}: is in no book of eslint.config.mjs`);
    return `book of ${found[0]}`;
  }
  const above = aboveBooks[folder];
  return above === undefined ? folder : `${folder}, ${above.includes(name) ? 'upper' : 'lower'} files`;
}

/** Rooms that each room imports, types included. */
const graph = new Map<string, Set<string>>();
for (const path of files) {
  const room = roomOf(path);
  const imported = graph.get(room) ?? graph.set(room, new Set()).get(room)!;
  for (const [, to = ''] of readFileSync(join(root, path), 'utf8').matchAll(/(?:from|import\() ?'(\.[^']+)\.js'/g)) {
    const target = join(dirname(path), to);
    if (target.includes('/')) imported.add(roomOf(`${target}.ts`));
  }
  imported.delete(room);
}

/** A way from a room back to it. */
function circle(room: string, way: readonly string[] = [], done = new Set<string>()): readonly string[] | undefined {
  if (way.includes(room)) return [...way.slice(way.indexOf(room)), room];
  if (done.has(room)) return undefined;
  done.add(room);
  for (const next of graph.get(room) ?? []) {
    const found = circle(next, [...way, room], done);
    if (found !== undefined) return found;
  }
  return undefined;
}

it('no room imports itself by way of others, where each book of the operations is a room', () => {
  expect(graph.size).toBeGreaterThan(25);
  expect([...graph.keys()].flatMap((room) => circle(room)?.join(' -> ') ?? [])).toEqual([]);
});

it('golden model, hardware and analytic model never reach each other', () => {
  const reached = (room: string, all = new Set<string>()): ReadonlySet<string> => {
    for (const next of graph.get(room) ?? []) if (!all.has(next)) reached(next, all.add(next));
    return all;
  };
  const sides = { golden: /golden/, hardware: /^rtl$/, analytic: /analytic|cycles/ };
  for (const [side, own] of Object.entries(sides))
    for (const room of [...graph.keys()].filter((name) => own.test(name)))
      for (const [other, rooms] of Object.entries(sides))
        if (other !== side) expect([room, [...reached(room)].filter((name) => rooms.test(name))]).toEqual([room, []]);
});
