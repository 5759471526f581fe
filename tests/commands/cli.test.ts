import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { execa } from 'execa';
import { afterAll, describe, expect, it } from 'vitest';
import { reportError } from '../../generator/commands/report-error.js';
import { makeProgram } from '../../generator/commands/program.js';
import { ToolError, UserError } from '../../generator/util/errors.js';
import { sourceArguments } from '../../generator/util/own-program.js';
import { packageRoot, packageVersion } from '../../generator/util/package.js';
import { runProgram, trexgen } from '../support/cli.js';

const folder = mkdtempSync(join(tmpdir(), 'trexgen-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the command line', () => {
  it('prints the version of package.json', async () => {
    const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string };
    expect(await trexgen('--version')).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' });
    expect(packageVersion()).toBe(version);
  });

  it('describes every command and every option', () => {
    for (const command of makeProgram().commands) {
      expect(command.description()).toMatch(/^[a-z].*[^.]$/);
      for (const option of command.options) expect(`${command.name()} ${option.flags}: ${option.description}`).toMatch(/: ./);
    }
  });

  it('prints help and succeeds when asked, and fails when nothing is asked', async () => {
    expect(await trexgen('--help')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await trexgen('generate', '--help')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await trexgen()).toMatchObject({ exitCode: 2, stdout: '' });
  });

  it.each([
    [['frobnicate'], "error: unknown command 'frobnicate'"],
    [['generat', '--out', 'x'], "error: unknown command 'generat'\n(Did you mean generate?)"],
    [['generate'], "error: required option '--out <folder>' not specified"],
    [['generate', '--out'], "error: option '--out <folder>' argument missing"],
    [['generate', '--out', 'x', '--colour'], "error: unknown option '--colour'"],
    [
      ['compress', '--task', 'mnist', '--seed', '1.5'],
      "error: option '--seed <number>' argument '1.5' is invalid. must be an integer in 0 .. 2147483647.",
    ],
    [
      ['evaluate', '--task', 'mnist', '--seed', 'Infinity'],
      "error: option '--seed <number>' argument 'Infinity' is invalid. must be an integer in 0 .. 2147483647.",
    ],
    [
      ['train', '--task', 'mnist', '--out', 'x', '--seed', '2147483648'],
      "error: option '--seed <number>' argument '2147483648' is invalid. must be an integer in 0 .. 2147483647.",
    ],
    [['generate', '--out', 'x', 'y'], "error: too many arguments for 'generate'. Expected 0 arguments but got 1."],
  ])('answers %j with exit code 2 and what is wrong', async (argv, line) => {
    const { exitCode, stdout, stderr } = await trexgen(...argv);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(line);
  });

  it('shows the user one line a problem and no stack', async () => {
    expect(await trexgen('generate', '--out', join(folder, 'bad'), '--set', 'array.columns=7', '--set', 'port.busByte=4')).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        'array.columns = 7 columns: must be a power of two from 2 to 32\nport.busByte: unknown key; known keys are busBytes, burstBeats, reset, rowCrc, addressBits, prefetchBeats, outstandingReads\n',
    });
  });

  it('gives each kind of error its exit code', () => {
    expect(reportError(new UserError(['a = 1: wrong', 'b = 2: wrong']), false)).toEqual({
      exitCode: 2,
      text: 'a = 1: wrong\nb = 2: wrong',
    });
    expect(reportError(new ToolError('verilator ended'), false)).toEqual({ exitCode: 1, text: 'verilator ended' });
    expect(reportError(new CommanderError(1, 'commander.unknownOption', 'said already'), false)).toEqual({ exitCode: 2, text: '' });
    expect(reportError(new CommanderError(0, 'commander.version', ''), false)).toEqual({ exitCode: 0, text: '' });
    expect(reportError(Object.assign(new Error('EACCES: no'), { code: 'EACCES', syscall: 'mkdir', path: '/x' }), false)).toEqual({
      exitCode: 2,
      text: '/x: mkdir failed (EACCES); check the path, its permissions and the space left',
    });
  });

  it('calls all else a fault of its own, with the stack only on request', () => {
    const fault = new TypeError('x is undefined');
    expect(reportError(fault, false)).toEqual({
      exitCode: 70,
      text: 'unexpected error: x is undefined\nThis is a fault of trexgen, not of your input. Run it again with TREXGEN_DEBUG=1 to see where, and report it.',
    });
    expect(reportError(fault, true).text).toContain('cli.test.ts');
    expect(reportError('just text', true).text).toContain('unexpected error: just text');
  });

  it('ends as a process with the exit codes it reports, and quietly when nobody reads on', async () => {
    expect(await runProgram('cli.ts', ['--version'])).toEqual({ exitCode: 0, stdout: `${packageVersion()}\n`, stderr: '' });
    const out = join(folder, 'rtl');
    expect(await runProgram('cli.ts', ['generate', '--preset', 'none', '--out', out])).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: 'preset = "none": must be one of tiny, edge, paper, small, medium\n',
    });
    const program = sourceArguments(join(packageRoot(), 'generator', 'cli.ts'));
    const argv = [...program, 'generate', '--preset', 'tiny', '--out', out, '--json'];
    const child = execa(process.execPath, argv, { reject: false, buffer: false });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    expect({ exitCode: (await child).exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });
});

describe('generate', () => {
  it('writes what it prints as JSON', async () => {
    const out = join(folder, 'json');
    const { exitCode, stdout, stderr } = await trexgen('generate', '--preset', 'tiny', '--out', out, '--json');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toBe(readFileSync(join(out, 'manifest.json'), 'utf8'));
  });

  it('says what it has written where', async () => {
    const out = join(folder, 'text');
    const { exitCode, stdout } = await trexgen('generate', '--preset', 'tiny', '--set', 'prefix=chip', '--out', out);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^.*\/text: chip_\w+, \d+ files, \d+ bytes, configuration [0-9a-f]{16}\n$/);
    expect(readFileSync(join(out, 'chip.f'), 'utf8').split('\n')[0]).toMatch(/^chip_\w+\.v$/);
  });
});
