import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockBeside, lockFolder, markerPattern } from '../../generator/util/lock.js';
import { sourceArguments } from '../../generator/util/own-program.js';
import { problemsOf } from '../support/problems.js';

let folder = '';
let out = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trexgen-lock-'));
  out = join(folder, 'a', 'out');
});
afterEach(() => rmSync(folder, { recursive: true }));

function program(how: string) {
  const file = join(dirname(fileURLToPath(import.meta.url)), '..', 'support', 'lock-program.ts');
  return execa(process.execPath, [...sourceArguments(file), out, how], { reject: false });
}

const problems = async (): Promise<readonly string[]> =>
  (await problemsOf(() => lockFolder(out, 'trace')())).map((line) => line.replaceAll(folder, 'DIR').replace(/process \d+/, 'process N'));
const minutesAgo = (minutes: number): Date => new Date(new Date().getTime() - 60_000 * minutes);
const markers = (): string[] => readdirSync(out).filter((name) => markerPattern.test(name));

describe('the lock of a folder', () => {
  it('is one at a time, and leaves nothing, not even the folder', async () => {
    const release = lockFolder(out, 'simulate');
    expect(await problems()).toEqual(['out = DIR/a/out: is in use by trexgen simulate, process N; wait for it, or give another --out']);
    release();
    expect(readdirSync(folder)).toEqual([]);
    const again = lockFolder(out, 'simulate');
    writeFileSync(join(out, 'result'), '');
    again();
    again();
    expect(readdirSync(out)).toEqual(['result']);
  });

  it('is not that of a folder beside it, nor of a file in it', () => {
    const releases = [lockFolder(out, 'x'), lockFolder(`${out}2`, 'x'), lockBeside(join(out, 'a'), 'x'), lockBeside(join(out, 'b'), 'x')];
    expect(() => lockBeside(join(out, 'a'), 'x')).toThrow('is in use by trexgen x');
    releases.reverse().forEach((release) => release());
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is that of a running process, until that is killed', async () => {
    const holder = program('hold');
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    expect(await problems()).toEqual(['out = DIR/a/out: is in use by trexgen simulate, process N; wait for it, or give another --out']);
    holder.kill('SIGKILL');
    await holder;
    expect(markers()).toHaveLength(1);
    expect(await problems()).toEqual([]);
    expect(markers()).toEqual([]);
  });

  it('never has two owners, however many processes want it at once', async () => {
    mkdirSync(out, { recursive: true });
    const ends = await Promise.all(Array.from({ length: 3 }, () => program('')));
    expect(ends.map(({ exitCode, stderr }) => ({ exitCode, stderr }))).toEqual(Array(3).fill({ exitCode: 0, stderr: '' }));
    expect(ends.reduce((sum, { stdout }) => sum + Number(stdout), 0)).toBeGreaterThan(10);
    expect(readdirSync(out)).toEqual([]);
  });

  /** A lock of this process as another one would find it. */
  function plant(change: (owner: Record<string, unknown>) => void, pid = process.pid): string {
    const release = lockFolder(out, 'simulate');
    const name = markers()[0]!;
    const owner = JSON.parse(readFileSync(join(out, name), 'utf8')) as Record<string, unknown>;
    renameSync(join(out, name), join(folder, 'kept'));
    mkdirSync(join(out, 'keep'));
    release();
    change(owner);
    const path = join(out, name.replace(/-\d+-/, `-${pid}-`));
    writeFileSync(path, JSON.stringify(owner));
    return path;
  }

  it('is taken over when the number of its process belongs to another one now', async () => {
    const path = plant((owner) => void (owner['started'] = '1'));
    expect(await problems()).toEqual([]);
    expect(existsSync(path)).toBe(false);
  });

  it('is respected while a process on another machine shows that it lives', async () => {
    const path = plant((owner) => void (owner['machine'] = 'elsewhere pid:[1]'), 999_999_999);
    expect(await problems()).toEqual([
      `out = DIR/a/out: is in use by trexgen simulate, process N on elsewhere; wait for it, give another --out, or delete ${path.replace(folder, 'DIR')} if that run has ended`,
    ]);
    const old = minutesAgo(31);
    utimesSync(path, old, old);
    expect(await problems()).toEqual([]);
    expect(existsSync(path)).toBe(false);
  });

  it('clears drafts of killed writers away, not those of living ones', () => {
    mkdirSync(out, { recursive: true });
    const old = minutesAgo(31);
    for (const name of [
      '.trexgen-999999999-00000000.draft',
      `.trexgen-${process.pid}-00000000.draft`,
      '.trexgen-x.draft',
      '.trexgen-999999998-00000000.draft',
    ]) {
      writeFileSync(join(out, name), '');
      if (!name.includes('998')) utimesSync(join(out, name), old, old);
    }
    lockFolder(out, 'x')();
    expect(readdirSync(out)).toEqual(
      ['.trexgen-999999998-00000000.draft', `.trexgen-${process.pid}-00000000.draft`, '.trexgen-x.draft'].sort(),
    );
  });

  it('cannot be had in a place that cannot be written', async () => {
    writeFileSync(join(folder, 'a'), '');
    expect(await problems()).toEqual(['out = DIR/a/out: cannot be written (ENOTDIR); give another path']);
  });
});
