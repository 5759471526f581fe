import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { writeImage } from '../../generator/program/image.js';
import { packageRoot } from '../../generator/util/package.js';
import { trexgen, type CommandResult } from '../support/cli.js';
import { withEnvironment, withTools } from '../support/fake-tools.js';
import { randomModel } from '../support/random-model.js';
import { temporaryFolder } from '../support/temporary.js';

const image = writeImage(randomModel(5, { banks: 4, width: 8, heads: 1, headWidth: 4, hidden: 8, rank: 8, k: 3, inputWidth: 6 }), {
  columns: 4,
  busBytes: 8,
});

async function simulate(folder: string): Promise<CommandResult> {
  const path = join(folder, 'model.tximg');
  writeFileSync(path, image);
  return trexgen(
    'simulate',
    '--image',
    path,
    '--preset',
    'tiny',
    '--set',
    'envelope.width=12',
    '--set',
    'envelope.hidden=12',
    '--set',
    'envelope.rank=8',
    '--inputs',
    '1',
    '--simulator',
    'icarus',
    '--out',
    join(folder, 'out'),
  );
}

/** What no terminal should get: escape sequences, zeros, bytes that are no UTF-8, lines without end. */
const garbage = "printf '\\033[2J\\377\\200\\000\\233x\\n%5000s\\n\\033c\\300' x";
/** Text that no terminal obeys, with exit code 1, and no word about a path of the user's. */
const toolFault = (message: RegExp) => ({ exitCode: 1, stdout: '', stderr: expect.stringMatching(message) as string });

describe('a tool that does not do what it should', () => {
  it.each([
    ['prints garbage', garbage, /^simulation in .* did not finish: /],
    [
      'writes no files',
      'echo "cycles 1"; echo "errors 0"',
      /^icarus ended well, yet has not written result\.txt in .*unit-0; see its log there/,
    ],
    [
      'writes garbage',
      `${garbage} > result.txt; echo "cycles 1"; echo "errors 0"`,
      /^icarus: result\.txt in .* is not complete; see whether trexgen doctor finds the right program\n$/,
    ],
  ])('is named as the fault: vvp %s', async (_, script, message) => {
    await temporaryFolder(async (folder) => {
      const result = await withTools(join(folder, 'bin'), { vvp: script }, () => simulate(folder));
      expect(result).toEqual(toolFault(message));
      expect(result.stderr).toMatch(/^[^\p{Cc}\uFFFD]{1,2000}\n$/u);
    });
  });

  it.each([
    ['prints garbage', garbage, /yosys ended well, yet has not written map\.stat in /],
    ['writes garbage', `${garbage} > map.stat`, /yosys: no module trex_fifo in its statistics; see whether/],
  ])('is named as the fault: yosys %s', async (_, script, message) => {
    await temporaryFolder(async (folder) => {
      const result = await withTools(folder, { yosys: `[ "$1" = -V ] && echo "Yosys 0.23" && exit\n${script}` }, () =>
        trexgen('synth', '--preset', 'tiny', '--target', 'ecp5', '--unit', 'fifo'),
      );
      expect(result).toEqual(toolFault(message));
    });
  });

  it('is as good as missing when it prints garbage for its version', async () => {
    await temporaryFolder(async (folder) => {
      expect(await withTools(join(folder, 'bin'), { iverilog: garbage }, () => simulate(folder))).toMatchObject({
        exitCode: 2,
        stderr: expect.stringMatching(/^iverilog: prints no version that can be read/) as string,
      });
    });
  });
});

describe('a tool that is missing', () => {
  it.each([
    [['simulate', '--task', 'g2p', '--simulator', 'icarus'], 'iverilog'],
    [['simulate', '--task', 'g2p'], 'verilator'],
    [['start'], 'verilator'],
    [['synth', '--target', 'ecp5'], 'yosys'],
    [['trace', '--task', 'g2p', '--check', '1'], 'verilator'],
    [['doctor'], 'verilator'],
  ] as const)('ends with exit code 2 and what to type: %j', async (argv, tool) => {
    await temporaryFolder(async (folder) => {
      symlinkSync(process.execPath, join(folder, 'node'));
      const { exitCode, stdout, stderr } = await withEnvironment({ PATH: folder }, () => trexgen(...argv));
      expect(exitCode).toBe(2);
      expect(stdout + stderr).toMatch(new RegExp(`^${tool}: not found \\(.*\\); install it$[^]*apt-get install -y `, 'm'));
    });
  });
});

describe('an output that cannot be written', () => {
  const cli = join(packageRoot(), 'dist', 'generator', 'cli.js');
  const shell = (script: string) => execa('bash', ['-o', 'pipefail', '-c', script, 'bash', process.execPath, cli], { reject: false });

  it('ends with exit code 1 and one line on a full disk, silently when nobody can be told', async () => {
    expect(await shell('"$1" "$2" inspect --preset tiny > /dev/full')).toMatchObject({
      exitCode: 1,
      stderr: 'stdout: cannot be written (ENOSPC); check where the output goes and the space left there',
    });
    expect(await shell('"$1" "$2" inspect --preset none 2> /dev/full')).toMatchObject({ exitCode: 1, stderr: '', stdout: '' });
  });

  it('ends silently and well when the reader has gone', async () => {
    expect(await shell('"$1" "$2" inspect --preset tiny --json | true')).toMatchObject({ exitCode: 0, stderr: '' });
  });
});
