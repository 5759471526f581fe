import { chmodSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa, execaSync } from 'execa';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../generator/util/package.js';
import { temporaryFolder } from '../support/temporary.js';

/** Programs that the script itself is made of. */
const basics = ['bash', 'node', 'cut', 'grep', 'sort', 'tr', 'dirname'];

const pathOf = (name: string): string => execaSync('sh', ['-c', `command -v ${name}`]).stdout;

/** The script in a folder of its own, without a lock file and so without packages, on a machine that has only these tools and no apt-get. */
async function setUp(
  have: readonly string[],
  ...argv: readonly string[]
): Promise<{ readonly exitCode: number | undefined; readonly lines: readonly string[] }> {
  return temporaryFolder(async (folder) => {
    const bin = join(folder, 'bin');
    for (const name of ['bin', 'scripts']) mkdirSync(join(folder, name));
    for (const name of basics) symlinkSync(name === 'node' ? process.execPath : pathOf(name), join(bin, name));
    for (const name of ['npm', ...have]) {
      writeFileSync(join(bin, name), '');
      chmodSync(join(bin, name), 0o755);
    }
    const script = join(folder, 'scripts', 'setup.sh');
    copyFileSync(join(packageRoot(), 'scripts', 'setup.sh'), script);
    copyFileSync(join(packageRoot(), 'package.json'), join(folder, 'package.json'));
    const { exitCode, stdout, stderr } = await execa(join(bin, 'bash'), [script, ...argv], { env: { PATH: bin }, reject: false });
    return { exitCode, lines: `${stdout}${stderr}`.split('\n') };
  });
}

const started = ['verilator', 'g++'];
const tested = [...started, 'iverilog', 'yosys'];

describe('setup.sh', () => {
  it('is content with what npm start needs', async () => {
    expect(await setUp(started)).toEqual({ exitCode: 0, lines: [''] });
    expect(await setUp(['g++'])).toEqual({
      exitCode: 1,
      lines: [
        'setup: missing: verilator ',
        'setup:   Debian, Ubuntu:  sudo apt-get update && sudo apt-get install -y verilator ',
        'setup:   macOS:           brew install verilator ',
        'setup: install them, then run this again',
      ],
    });
  });

  it('with --all asks for the tools of the tests, and goes on without those of single commands', async () => {
    const { exitCode, lines } = await setUp(started, '--all');
    expect([exitCode, lines[0]]).toEqual([1, 'setup: missing: iverilog yosys ']);
    const all = await setUp(tested, '--all');
    expect(all.exitCode).toBe(0);
    expect(all.lines[0]).toMatch(/^setup: missing: nextpnr-ice40 sta berkeley-abc /);
    expect(all.lines.at(-1)).toBe('setup: synthesis, proofs and some checks go without them');
  });

  it('refuses other arguments', async () => {
    expect(await setUp(started, '--al')).toEqual({ exitCode: 2, lines: ['setup: unknown arguments: --al; usage: setup.sh [--all]'] });
  });
});
