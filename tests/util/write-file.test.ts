import type * as Fs from 'node:fs';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { UserError, WriteError } from '../../generator/util/errors.js';
import { presetParams } from '../../generator/params/presets.js';
import { renderDesign } from '../../generator/output/design-manifest.js';
import { createFolders, makeFolder, openLog, replaceFile, requireWritable, writeScratch } from '../../generator/util/write-file.js';
import { trexgen } from '../support/cli.js';
import { problemsOf } from '../support/problems.js';
import { temporaryFolder } from '../support/temporary.js';

/** The disk: bytes that one write takes at most, bytes that are left, and what fsync says. */
const disk = vi.hoisted(() => ({ perWrite: Infinity, left: Infinity, syncFault: '' }));

function fault(code: string, syscall: string): Error {
  return Object.assign(new Error(`${code}: ${syscall}`), { code, syscall });
}

vi.mock('node:fs', async (original) => {
  const fs = await original<typeof Fs>();
  const writeSync = (file: number, bytes: Uint8Array, from: number, length: number): number => {
    const count = Math.min(length, disk.perWrite, disk.left);
    if (length > 0 && count === 0 && disk.perWrite > 0) throw fault('ENOSPC', 'write');
    disk.left -= count;
    return fs.writeSync(file, bytes, from, count);
  };
  const fsyncSync = (file: number): void => {
    if (disk.syncFault !== '') throw fault(disk.syncFault, 'fsync');
    fs.fsyncSync(file);
  };
  return { ...fs, writeSync, fsyncSync };
});

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trexgen-files-'));
  path = join(folder, 'file');
});
afterEach(() => {
  Object.assign(disk, { perWrite: Infinity, left: Infinity, syncFault: '' });
  rmSync(folder, { recursive: true });
});

const text = (): string => readFileSync(path, 'utf8');
/** The text of the WriteError that something ends in. */
function failure(run: () => void): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(WriteError);
    return (error as Error).message.replaceAll(folder, 'DIR');
  }
  return '';
}

describe('writing a file', () => {
  it('writes text, bytes, and parts one after the other', () => {
    replaceFile(path, 'ä\n');
    expect(text()).toBe('ä\n');
    replaceFile(path, Uint8Array.of(65, 66));
    expect(text()).toBe('AB');
    replaceFile(path, ['a', Uint8Array.of(66), '', 'c']);
    expect(text()).toBe('aBc');
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('goes on where a write has taken only some of the bytes', () => {
    disk.perWrite = 3;
    replaceFile(path, ['0123456789', Buffer.from('abcdefg')]);
    expect(text()).toBe('0123456789abcdefg');
    writeScratch(path, 'zyxwvutsrqp');
    expect(text()).toBe('zyxwvutsrqp');
  });

  it('keeps the rights of a file, and a link to it', () => {
    writeFileSync(path, 'old');
    chmodSync(path, 0o640);
    const link = join(folder, 'link');
    symlinkSync('file', link);
    replaceFile(link, 'new');
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect([text(), statSync(path).mode & 0o777]).toEqual(['new', 0o640]);
  });

  it('writes to a device and leaves it a device', () => {
    replaceFile('/dev/null', 'x');
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
    expect(failure(() => replaceFile('/dev/full', 'x'))).toBe(
      '/dev/full: cannot be written: no space is left on the disk (ENOSPC); make room or give another path, and run this again',
    );
  });

  it.each([
    ['a full disk', { left: 5 }, 'no space is left on the disk (ENOSPC)'],
    ['a disk that takes nothing and says nothing', { perWrite: 0 }, 'only 0 of 10 bytes were taken'],
    ['a quota that shows only at the end', { syncFault: 'EDQUOT' }, 'the disk quota is used up (EDQUOT)'],
  ])('keeps the old file and no draft on %s', (_, how, what) => {
    writeFileSync(path, 'old');
    Object.assign(disk, how);
    expect(failure(() => replaceFile(path, '0123456789'))).toBe(
      `DIR/file: cannot be written: ${what}; make room or give another path, and run this again`,
    );
    expect(text()).toBe('old');
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it("names a path that cannot be written as the user's to change", async () => {
    expect(await problemsOf(() => replaceFile(join(folder, 'no', 'file'), ''))).toEqual([
      `${join(folder, 'no', 'file')}: cannot be written (ENOENT); give another path, or check its permissions`,
    ]);
    mkdirSync(path);
    expect(await problemsOf(() => replaceFile(path, ''))).toEqual([
      `${path}: cannot be written (EISDIR); give another path, or check its permissions`,
    ]);
    expect(readdirSync(folder)).toEqual(['file']);
    expect(await problemsOf(() => openLog(path))).toEqual([
      `${path}: cannot be written (EISDIR); give another path, or check its permissions`,
    ]);
  });

  it('makes folders one by one, and comes back from a folder that takes none', async () => {
    await temporaryFolder(async (folder) => {
      expect(createFolders(join(folder, 'a', 'b'))).toBe(join(folder, 'a'));
      expect(createFolders(join(folder, 'a', 'b'))).toBeUndefined();
      writeFileSync(join(folder, 'file'), '');
      expect(() => makeFolder(join(folder, 'file'))).toThrow(UserError);
      expect(() => makeFolder(join(folder, 'file', 'x'))).toThrow(UserError);
      // Node's recursive mkdir tries this for ever.
      expect(() => makeFolder('/proc/trexgen-none/x')).toThrow(UserError);
    });
  });

  it('does not take an error of the content for one of the disk', () => {
    expect(() =>
      replaceFile(
        path,
        (function* () {
          yield 'x';
          throw new RangeError('of the content');
        })(),
      ),
    ).toThrow(new RangeError('of the content'));
    expect(readdirSync(folder)).toEqual([]);
  });

  it('says before the work whether a file can be written, makes its folders, and leaves it alone', async () => {
    requireWritable(join(folder, 'new', 'deep', 'file'));
    expect(readdirSync(join(folder, 'new', 'deep'))).toEqual([]);
    writeFileSync(path, 'old');
    requireWritable(path);
    expect(text()).toBe('old');
    expect(await problemsOf(() => requireWritable(join(path, 'x')))).toEqual([
      `${join(path, 'x')}: cannot be written (ENOTDIR); give another path, or check its permissions`,
    ]);
    expect(await problemsOf(() => requireWritable(folder))).toEqual([`${folder}: is a folder; give a file`]);
    disk.syncFault = 'ENOSPC';
    expect(failure(() => requireWritable(path))).toContain('no space is left on the disk');
  });
});

/** A disk of 64 KiB: a real one where it may be mounted, else writes that fail as there. */
describe('a full disk', () => {
  const small = mkdtempSync(join(tmpdir(), 'trexgen-disk-'));
  let mounted = false;
  beforeAll(() => {
    mounted = execaSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', small], { reject: false }).exitCode === 0;
  });
  afterAll(() => {
    if (mounted) execaSync('umount', [small]);
    rmSync(small, { recursive: true });
  });
  const fill = (): void => {
    if (!mounted) disk.left = 65_536;
  };

  it('keeps the file that was there', () => {
    const file = join(small, 'image');
    replaceFile(file, 'good');
    fill();
    expect(failure(() => replaceFile(file, Buffer.alloc(100_000)))).toMatch(
      /image: cannot be written: no space is left on the disk \(ENOSPC\); make room/,
    );
    expect(readFileSync(file, 'utf8')).toBe('good');
    expect(readdirSync(small)).toEqual(['image']);
  });

  it('ends generate with exit code 1, one line, and no folder', async () => {
    const size = renderDesign(presetParams('tiny')).files.reduce((sum, { text: one }) => sum + one.length, 0);
    expect(size).toBeGreaterThan(65_536);
    fill();
    const { exitCode, stdout, stderr } = await trexgen('generate', '--preset', 'tiny', '--out', join(small, 'rtl'));
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(
      /^\S+: cannot be written: no space is left on the disk \(ENOSPC\); make room or give another path, and run this again\n$/,
    );
    expect(existsSync(join(small, 'rtl'))).toBe(false);
    expect(readdirSync(small)).toEqual(['image']);
  });

  it('ends init with exit code 1 and keeps the file that was there', async () => {
    writeFileSync(path, 'mine');
    const config = `${path}.json`;
    writeFileSync(config, 'mine');
    disk.left = 100;
    const { exitCode, stdout, stderr } = await trexgen('init', '--force', '--out', config);
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `${config}: cannot be written: no space is left on the disk (ENOSPC); make room or give another path, and run this again\n`,
    });
    expect(readFileSync(config, 'utf8')).toBe('mine');
  });
});
