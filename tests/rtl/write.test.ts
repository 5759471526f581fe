import { createHash } from 'node:crypto';
import {
  appendFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeParams } from '../../generator/params/params.js';
import { presetParams } from '../../generator/params/presets.js';
import { renderDesign } from '../../generator/output/design-manifest.js';
import { writeDesign } from '../../generator/output/write-design.js';
import { problemsOf } from '../support/problems.js';

const tiny = renderDesign(presetParams('tiny'));
const small = renderDesign(presetParams('small'));
const macro = renderDesign(makeParams({ ...presetParams('tiny'), memory: { kind: 'macro' } }));
const ahead = renderDesign(makeParams({ ...presetParams('tiny'), batcher: { ...presetParams('tiny').batcher, windowBuffers: 2 } }));
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

async function problems(force = false): Promise<readonly string[]> {
  return (await problemsOf(() => writeDesign(tiny, out, { force }))).map((line) => line.replaceAll(folder, 'DIR'));
}

describe('writing a design', () => {
  it('makes the folder with exactly the files of the design, and leaves nothing beside it', () => {
    writeDesign(tiny, out);
    expect(contents(out)).toEqual(filesOf(tiny));
    expect(readdirSync(join(out, '..'))).toEqual(['rtl']);
  });

  it('fills an empty folder, and replaces one that it made, whatever its configuration', () => {
    mkdirSync(out, { recursive: true });
    writeDesign(renderDesign(presetParams('paper')), out);
    writeDesign(small, out);
    expect(contents(out)).toEqual(filesOf(small));
    expect(readdirSync(join(out, '..'))).toEqual(['rtl']);
  });

  it('writes behind a link to a folder and keeps the link', () => {
    const real = join(folder, 'real');
    mkdirSync(real);
    mkdirSync(join(out, '..'));
    symlinkSync(real, out);
    writeDesign(tiny, out);
    expect(contents(real)).toEqual(filesOf(tiny));
  });

  it('refuses a folder with files of others and leaves it as it is', async () => {
    mkdirSync(out, { recursive: true });
    for (const name of ['b.v', 'a.v', 'c', 'd', 'e', 'f', 'g']) writeFileSync(join(out, name), name);
    expect(await problems()).toMatchInlineSnapshot(`
      [
        "out = DIR/deep/rtl: holds a.v, b.v, c, d, e, 2 more, not written by trexgen generate; give an empty or a new folder, or --force to write beside that",
      ]
    `);
    expect(Object.keys(contents(out))).toHaveLength(7);
  });

  it('names every file of others that is in its way, and replaces only those by force', async () => {
    mkdirSync(out, { recursive: true });
    const mine = ['trex_top.v', 'trex.f', 'trex_regs.h', 'trex_core.v', 'trex_trf.v', 'trex.sdc', 'notes.txt'];
    for (const name of mine) writeFileSync(join(out, name), 'mine');
    expect(await problems()).toMatchInlineSnapshot(`
      [
        "out = DIR/deep/rtl: trex.f, trex.sdc, trex_core.v, trex_regs.h, trex_top.v, trex_trf.v: not written by trexgen generate; move it away, give another folder, or --force to replace it",
        "out = DIR/deep/rtl: holds notes.txt, not written by trexgen generate; give an empty or a new folder, or --force to write beside that",
      ]
    `);
    expect(contents(out)).toEqual(Object.fromEntries(mine.map((name) => [name, 'mine'])));
    writeDesign(tiny, out, { force: true });
    expect(contents(out)).toEqual({ ...filesOf(tiny), 'notes.txt': 'mine' });
  });

  it('leaves a file alone that was put into a folder it made', () => {
    writeDesign(small, out);
    writeFileSync(join(out, 'notes.txt'), 'mine');
    writeDesign(tiny, out);
    expect(contents(out)).toEqual({ ...filesOf(tiny), 'notes.txt': 'mine' });
  });

  it('does not replace a file that has changed since, but by force', async () => {
    writeDesign(small, out);
    appendFileSync(join(out, 'trex_top.v'), '// mine');
    appendFileSync(join(out, 'trex.sdc'), '# mine');
    const before = contents(out);
    expect(await problems()).toMatchInlineSnapshot(`
      [
        "out = DIR/deep/rtl: trex.sdc, trex_top.v: not as trexgen generate wrote it; move it away, give another folder, or --force to replace it",
      ]
    `);
    expect(contents(out)).toEqual(before);
    writeDesign(tiny, out, { force: true });
    expect(contents(out)).toEqual(filesOf(tiny));
  });

  it('does not delete a file of the old configuration that has changed since, and deletes the others', () => {
    writeDesign(ahead, out);
    const gone = Object.keys(filesOf(ahead)).filter((name) => !(name in filesOf(tiny)));
    expect(gone).toEqual(['trex_load_ahead.v']);
    writeDesign(tiny, out);
    expect(contents(out)).toEqual(filesOf(tiny));
    writeDesign(ahead, out);
    appendFileSync(join(out, 'trex_load_ahead.v'), '// mine');
    const mine = contents(out)['trex_load_ahead.v'];
    writeDesign(tiny, out, { force: true });
    expect(contents(out)).toEqual({ ...filesOf(tiny), 'trex_load_ahead.v': mine });
  });

  it('writes the file of the memory macro once, and says so when it is not what generate would write', () => {
    const file = join(out, 'trex_ram_macro.v');
    expect(writeDesign(macro, out)).toEqual({ kept: undefined });
    expect(writeDesign(macro, out, { force: true })).toEqual({ kept: undefined });
    writeFileSync(file, "the library's");
    for (const force of [false, true]) {
      expect(writeDesign(macro, out, { force })).toEqual({ kept: 'trex_ram_macro.v' });
      expect(contents(out)).toEqual({ ...filesOf(macro), 'trex_ram_macro.v': "the library's" });
    }
    // Neither a configuration without macros nor the way back takes it.
    writeDesign(tiny, out);
    expect(contents(out)).toEqual({ ...filesOf(tiny), 'trex_ram_macro.v': "the library's" });
    expect(writeDesign(macro, out)).toEqual({ kept: 'trex_ram_macro.v' });
    rmSync(file);
    expect(writeDesign(macro, out)).toEqual({ kept: undefined });
    expect(contents(out)).toEqual(filesOf(macro));
  });

  it('keeps a macro that the user had before the first generate', () => {
    mkdirSync(out, { recursive: true });
    writeFileSync(join(out, 'trex_ram_macro.v'), 'mine');
    expect(writeDesign(macro, out)).toEqual({ kept: 'trex_ram_macro.v' });
    expect(contents(out)).toEqual({ ...filesOf(macro), 'trex_ram_macro.v': 'mine' });
  });

  it('deletes nothing that a planted manifest names: outside the folder, of another name, behind a link', () => {
    writeDesign(ahead, out);
    const outside = join(folder, 'outside.v');
    writeFileSync(outside, 'x');
    writeFileSync(join(out, 'mine.v'), 'x');
    rmSync(join(out, 'trex_load_ahead.v'));
    symlinkSync(outside, join(out, 'trex_load_ahead.v'));
    const sha256 = createHash('sha256').update('x').digest('hex');
    const planted = ['../../outside.v', outside, 'mine.v', './mine.v', 'trex_load_ahead.v', '..', '.'].map((name) => ({ name, sha256 }));
    writeFileSync(join(out, 'manifest.json'), JSON.stringify({ ...ahead.manifest, files: [...ahead.manifest.files, ...planted] }));
    writeDesign(tiny, out, { force: true });
    expect(contents(out)).toEqual({ ...filesOf(tiny), 'mine.v': 'x', 'trex_load_ahead.v': 'x' });
    expect(lstatSync(join(out, 'trex_load_ahead.v')).isSymbolicLink()).toBe(true);
    expect(readFileSync(outside, 'utf8')).toBe('x');
  });

  it('replaces a link in the place of a file only by force, and never what it points to', async () => {
    writeDesign(tiny, out);
    const outside = join(folder, 'outside.v');
    writeFileSync(outside, 'x');
    rmSync(join(out, 'trex_top.v'));
    symlinkSync(outside, join(out, 'trex_top.v'));
    rmSync(join(out, 'trex_trf.v'));
    mkdirSync(join(out, 'trex_trf.v'));
    expect(await problems()).toMatchInlineSnapshot(`
      [
        "out = DIR/deep/rtl: trex_trf.v: a folder in the place of a file; move it away",
        "out = DIR/deep/rtl: trex_top.v: not as trexgen generate wrote it; move it away, give another folder, or --force to replace it",
      ]
    `);
    expect(await problems(true)).toMatchInlineSnapshot(`
      [
        "out = DIR/deep/rtl: trex_trf.v: a folder in the place of a file; move it away",
      ]
    `);
    rmdirSync(join(out, 'trex_trf.v'));
    writeDesign(tiny, out, { force: true });
    expect(contents(out)).toEqual(filesOf(tiny));
    expect(readFileSync(outside, 'utf8')).toBe('x');
  });

  it('goes on after a run that was killed between two files, and clears up after it', () => {
    writeDesign(small, out);
    // As killed: some files of the new design in place, the manifest still in the stage.
    const stage = join(out, '.trexgen-999999999-00000000.stage');
    mkdirSync(stage);
    const moved = tiny.files.slice(0, 20);
    for (const { name, text } of moved) writeFileSync(join(out, name), text);
    for (const { name, text } of tiny.files.slice(20)) writeFileSync(join(stage, name), text);
    writeDesign(macro, out);
    expect(contents(out)).toEqual(filesOf(macro));
  });

  it.each([
    ['broken JSON', '{'],
    ['a manifest of another program', '{"generator":"other","files":[]}'],
    ['a manifest without files', '{"generator":"trexgen"}'],
  ])('does not take a folder for its own that holds %s', async (_, manifest) => {
    mkdirSync(out, { recursive: true });
    writeFileSync(join(out, 'manifest.json'), manifest);
    expect(await problems()).toEqual([
      'out = DIR/deep/rtl: manifest.json: not written by trexgen generate; move it away, give another folder, or --force to replace it',
    ]);
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

  it('leaves the old design whole and no draft behind when a file cannot be written', () => {
    writeDesign(small, out);
    const broken = { ...tiny, files: [...tiny.files, { name: join('no', 'such', 'folder.v'), text: '' }] };
    expect(() => writeDesign(broken, out)).toThrow('no/such/folder.v: cannot be written (ENOENT)');
    expect(contents(out)).toEqual(filesOf(small));
    expect(readdirSync(join(out, '..'))).toEqual(['rtl']);
  });
});
