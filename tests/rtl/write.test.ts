import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { presetParams } from '../../generator/params/presets.js';
import { renderDesign } from '../../generator/rtl/manifest.js';
import { writeDesign } from '../../generator/rtl/write.js';
import { problemsOf } from '../support/problems.js';

const tiny = renderDesign(presetParams('tiny'));
const small = renderDesign(presetParams('small'));
let folder = '';
let out = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trexgen-write-'));
  out = join(folder, 'deep', 'rtl');
});
afterEach(() => rmSync(folder, { recursive: true }));

function contents(path: string): Record<string, string> {
  return Object.fromEntries(readdirSync(path).map((name) => [name, readFileSync(join(path, name), 'utf8')]));
}

const filesOf = (design: typeof tiny): Record<string, string> => Object.fromEntries(design.files.map(({ name, text }) => [name, text]));

async function problems(): Promise<readonly string[]> {
  return (await problemsOf(() => writeDesign(tiny, out))).map((line) => line.replaceAll(folder, 'DIR'));
}

describe('writing a design', () => {
  it('makes the folder with exactly the files of the design, and leaves nothing beside it', async () => {
    await writeDesign(tiny, out);
    expect(contents(out)).toEqual(filesOf(tiny));
    expect(readdirSync(join(out, '..'))).toEqual(['rtl']);
  });

  it('fills an empty folder, and replaces one that it made, whatever its configuration', async () => {
    mkdirSync(out, { recursive: true });
    await writeDesign(renderDesign(presetParams('paper')), out);
    await writeDesign(small, out);
    expect(contents(out)).toEqual(filesOf(small));
    expect(readdirSync(join(out, '..'))).toEqual(['rtl']);
  });

  it('writes behind a link to a folder and keeps the link', async () => {
    const real = join(folder, 'real');
    mkdirSync(real);
    mkdirSync(join(out, '..'));
    symlinkSync(real, out);
    await writeDesign(tiny, out);
    expect(contents(real)).toEqual(filesOf(tiny));
  });

  it('refuses a folder with files of others and leaves it as it is', async () => {
    mkdirSync(out, { recursive: true });
    for (const name of ['b.v', 'a.v', 'c', 'd', 'e', 'f', 'g']) writeFileSync(join(out, name), name);
    expect(await problems()).toMatchInlineSnapshot(`
      [
        "out = DIR/deep/rtl: holds a.v, b.v, c, d, e, 2 more, not written by trexgen generate; give an empty or a new folder",
      ]
    `);
    expect(Object.keys(contents(out))).toHaveLength(7);
  });

  it('refuses to lose a file that was put into a folder it made', async () => {
    await writeDesign(small, out);
    writeFileSync(join(out, 'notes.txt'), 'mine');
    expect(await problems()).toMatchInlineSnapshot(`
      [
        "out = DIR/deep/rtl: holds notes.txt, not written by trexgen generate; give an empty or a new folder",
      ]
    `);
    expect(contents(out)).toEqual({ ...filesOf(small), 'notes.txt': 'mine' });
  });

  it.each([['broken JSON', '{'], ['a manifest of another program', '{"generator":"other","files":[]}'], ['a manifest without files', '{"generator":"trexgen"}']])(
    'does not take a folder for its own that holds %s', async (_, manifest) => {
      mkdirSync(out, { recursive: true });
      writeFileSync(join(out, 'manifest.json'), manifest);
      expect(await problems()).toEqual(['out = DIR/deep/rtl: holds manifest.json, not written by trexgen generate; give an empty or a new folder']);
      expect(contents(out)).toEqual({ 'manifest.json': manifest });
    });

  it('refuses a file in the place of the folder', async () => {
    mkdirSync(join(out, '..'));
    writeFileSync(out, 'a file');
    expect(await problems()).toMatchInlineSnapshot(`
      [
        "out = DIR/deep/rtl: is a file; give a folder",
      ]
    `);
    expect(readFileSync(out, 'utf8')).toBe('a file');
  });

  it('leaves the old design whole and no draft behind when a file cannot be written', async () => {
    await writeDesign(small, out);
    const broken = { ...tiny, files: [...tiny.files, { name: join('no', 'such', 'folder.v'), text: '' }] };
    await expect(writeDesign(broken, out)).rejects.toThrow('ENOENT');
    expect(contents(out)).toEqual(filesOf(small));
    expect(readdirSync(join(out, '..'))).toEqual(['rtl']);
  });
});
