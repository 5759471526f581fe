import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadParams } from '../../generator/params/load.js';
import { makeParams } from '../../generator/params/params.js';
import { presetParams } from '../../generator/params/presets.js';
import { problemsOf } from '../support/problems.js';

const folder = mkdtempSync(join(tmpdir(), 'trexgen-load-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** Problems with the test's own folder taken out, so that they can be pinned. */
async function shown(...source: Parameters<typeof loadParams>): Promise<readonly string[]> {
  return (await problemsOf(() => loadParams(...source))).map((line) => line.replaceAll(folder, 'DIR'));
}

describe('loading parameters', () => {
  it('gives the defaults when nothing is named', async () => {
    expect(await loadParams({})).toEqual(makeParams());
  });

  it('lets the file win over the preset, and the command line over both, field by field', async () => {
    const config = file('over.json', JSON.stringify({ $schema: './x.json', array: { columns: 8, passes: 2 }, prefix: 'chip' }));
    const params = await loadParams({ preset: 'tiny', config, set: ['array.passes=3', 'memory.kind=macro'] });
    const tiny = presetParams('tiny');
    expect(params).toEqual({ ...tiny, prefix: 'chip', array: { ...tiny.array, columns: 8, passes: 3 }, memory: { kind: 'macro' } });
  });

  it('reads a TypeScript module with types, constants and imports of its own', async () => {
    file('sizes.ts', 'export const columns: number = 16;');
    const config = file(
      'chip.ts',
      `
      import type { ParamsInput } from 'trexgen';
      import { columns } from './sizes.js';
      export default { array: { columns, lanesPerSlice: 1 }, prefix: 'chip' } satisfies ParamsInput;`,
    );
    expect(await loadParams({ config })).toEqual(makeParams({ array: { columns: 16, lanesPerSlice: 1 }, prefix: 'chip' }));
  });

  it('reads a module anew when it has changed', async () => {
    const config = file('again.ts', 'export default { array: { columns: 4 } };');
    expect((await loadParams({ config })).array.columns).toBe(4);
    file('again.ts', 'export default { array: { columns: 2 } };');
    expect((await loadParams({ config })).array.columns).toBe(2);
  });

  it('takes the last of two assignments to one field', async () => {
    expect((await loadParams({ set: ['array.columns=4', 'array.columns=16'] })).array.columns).toBe(16);
  });

  it('lists every problem of every source at once, the nearest known word first', async () => {
    const config = file('bad.json', JSON.stringify({ aray: {}, array: { column: 8, passes: null }, port: 7 }));
    expect(
      await shown({
        preset: 'smal',
        config,
        set: ['array.slices=3', 'columns=8', 'array.lanesPerSlice=two', 'memory.kind=tape', 'envelope', '=4', 'a.b.c=1'],
      }),
    ).toMatchInlineSnapshot(`
      [
        "preset = "smal": must be one of small, tiny, edge, paper, medium",
        "--set envelope: must be group.field=value, as in array.columns=16",
        "--set =4: must be group.field=value, as in array.columns=16",
        "--set a.b.c=1: must be group.field=value, as in array.columns=16",
        "aray: unknown key; known keys are array, port, memory, prefix, timing, vector, batcher, numerics, envelope, registerFile",
        "columns: unknown key; known keys are array.columns, timing, port, array, numerics, vector, memory, batcher, prefix, envelope, registerFile",
        "array.column: unknown key; known keys are columns, pairedColumns, slices, passes, lanesPerSlice",
        "array.slices = 3 slices: must be a power of two from 1 to 4",
        "array.lanesPerSlice = "two" lanes: must be a power of two from 1 to 64",
        "array.passes = null tokens a lane: must be an integer from 1 to 64",
        "memory.kind = "tape": must be one of block, distributed, macro, latch",
        "port = 7: must be an object with busBytes, addressBits, burstBeats, outstandingReads, prefetchBeats, reset, rowCrc",
      ]
    `);
  });

  it('does not judge rules between fields while a source is missing', async () => {
    expect(await shown({ preset: 'tinny', set: ['port.prefetchBeats=8'] })).toMatchInlineSnapshot(`
      [
        "preset = "tinny": must be one of tiny, edge, small, paper, medium",
      ]
    `);
  });

  it('knows no inherited names', async () => {
    expect(await shown({ preset: 'toString', set: ['array.constructor=1', '__proto__.columns=4'] })).toMatchInlineSnapshot(`
      [
        "preset = "toString": must be one of tiny, small, medium, paper, edge",
        "__proto__: unknown key; known keys are vector, port, prefix, array, memory, envelope, numerics, timing, batcher, registerFile",
        "array.constructor: unknown key; known keys are columns, slices, lanesPerSlice, passes, pairedColumns",
      ]
    `);
  });

  it.each([
    ['a missing file', 'missing.json', undefined],
    ['another kind of file', 'config.yaml', 'array: {}'],
    ['broken JSON', 'broken.json', '{ "array": '],
    ['JSON that is no object', 'list.json', '[1]'],
    ['a module that does not parse', 'syntax.ts', 'export default {'],
    ['a module that throws', 'throws.ts', 'throw new Error("no licence");'],
    ['a module without a default export', 'named.ts', 'export const array = 3;'],
    ['a module that exports a number', 'number.ts', 'export default 3;'],
  ])('names the file and the cause for %s', async (_, name, text) => {
    const path = text === undefined ? join(folder, name) : file(name, text);
    expect((await shown({ config: path })).join('\n')).toMatchSnapshot();
  });
});
