import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { describe, expect, it } from 'vitest';
import { ownerName } from '../../generator/util/owned-folder.js';
import { trexgen, type CommandResult } from '../support/cli.js';
import { temporaryFolder } from '../support/temporary.js';

const ended = ownerName.replace(/^\d+/, String(execaSync('sh', ['-c', 'echo $$']).stdout));

/** Refused, because the folder holds what no synthesis has written, yet only after what killed runs have left has gone. */
async function refused(folder: string): Promise<CommandResult> {
  return trexgen('synth', '--preset', 'tiny', '--target', 'ecp5', '--unit', 'fifo', '--out', join(folder, 'o'));
}
const refusal = { exitCode: 2, stderr: expect.stringContaining('holds notes.txt, not written by trexgen synth') as string };

describe('place --out o', () => {
  it('calls itself by its own name where it refuses a folder', async () => {
    await temporaryFolder(async (folder) => {
      mkdirSync(join(folder, 'o'));
      writeFileSync(join(folder, 'o', 'notes.txt'), 'of the user');
      const out = join(folder, 'o');
      expect(await trexgen('place', '--tool', 'nextpnr-ice40', '--preset', 'tiny', '--unit', 'fifo', '--out', out)).toEqual({
        exitCode: 2,
        stdout: '',
        stderr: `out = ${out}: holds notes.txt, not written by trexgen place; give an empty or a new folder\n`,
      });
    });
  });
});

describe('synth --out o', () => {
  it('removes what a killed run has left beside the folder, and only that', async () => {
    await temporaryFolder(async (folder) => {
      const kept = [`.o-${ownerName}-abcdef`, '.o-mine', '.o-abcdef', `.other-${ended}-abcdef`];
      for (const name of [...kept, `.o-${ended}-abcdef`]) mkdirSync(join(folder, name, 'new'), { recursive: true });
      mkdirSync(join(folder, 'o'));
      writeFileSync(join(folder, 'o', 'notes.txt'), 'of the user');
      expect(await refused(folder)).toMatchObject(refusal);
      expect(readdirSync(folder).sort()).toEqual([...kept, 'o'].sort());
    });
  });

  it('gives back the folder that a run killed between its two renames had set aside, before anything else', async () => {
    await temporaryFolder(async (folder) => {
      const old = join(folder, `.o-${ended}-abcdef`, 'old');
      mkdirSync(old, { recursive: true });
      writeFileSync(join(old, 'notes.txt'), 'of the user');
      expect(await refused(folder)).toMatchObject(refusal);
      expect(readFileSync(join(folder, 'o', 'notes.txt'), 'utf8')).toBe('of the user');
      expect(existsSync(old)).toBe(false);
    });
  });
});
