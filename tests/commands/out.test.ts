import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockBeside, lockFolder } from '../../generator/util/lock.js';
import { makeProgram } from '../../generator/commands/program.js';
import { trexgen } from '../support/cli.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trexgen-out-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Every command that writes: how it is called, what it locks, its option. */
const commands = [
  { argv: ['generate', '--preset', 'tiny'], lock: lockFolder, field: 'out' },
  { argv: ['simulate', '--task', 'mnist', '--inputs', '1', '--simulator', 'icarus'], lock: lockFolder, field: 'out' },
  { argv: ['run', '--task', 'mnist', '--inputs', '1'], lock: lockFolder, field: 'dump' },
  { argv: ['start'], lock: lockFolder, field: 'out' },
  { argv: ['trace', '--task', 'mnist', '--requests', '4'], lock: lockFolder, field: 'out' },
  { argv: ['reproduce', '--quick'], lock: lockFolder, field: 'out' },
  { argv: ['sweep', '--set', 'array.columns=4'], lock: lockFolder, field: 'out' },
  { argv: ['train', '--task', 'mnist', '--stage', 'dense'], lock: lockFolder, field: 'out' },
  { argv: ['synth', '--target', 'ice40'], lock: lockBeside, field: 'out' },
  { argv: ['place', '--tool', 'nextpnr-ice40', '--preset', 'tiny', '--unit', 'fifo'], lock: lockBeside, field: 'out' },
  { argv: ['compress', '--task', 'mnist'], lock: lockBeside, field: 'out' },
  { argv: ['evaluate', '--task', 'mnist'], lock: lockBeside, field: 'out' },
  { argv: ['import', 'model.onnx'], lock: lockFolder, field: 'out' },
  { argv: ['init', '--json-config'], lock: lockBeside, field: 'out' },
] as const;

const nameOf = ({ argv: [verb] }: (typeof commands)[number]): string => (verb === 'init' ? 'x.json' : 'x');

describe('what commands write to', () => {
  it('is known of every command here', () => {
    const writing = makeProgram()
      .commands.filter(({ options }) => options.some(({ long }) => long === '--out' || long === '--dump'))
      .map((command) => command.name());
    expect(commands.map(({ argv: [verb] }) => verb).sort()).toEqual(writing.sort());
  });

  it.each(commands.map((command) => [command.argv[0], command] as const))(
    '%s: is not shared with another run, whose files stay as they are',
    async (verb, command) => {
      const { argv, lock, field } = command;
      const path = join(folder, nameOf(command));
      const release = lock(path, 'start');
      const { exitCode, stdout, stderr } = await trexgen(...argv, `--${field}`, path);
      expect({ exitCode, stdout, stderr }).toEqual({
        exitCode: 2,
        stdout: '',
        stderr: `${field} = ${path}: is in use by trexgen start, process ${process.pid}; wait for it, or give another --${field}\n`,
      });
      release();
      expect(readdirSync(folder), verb).toEqual([]);
    },
  );

  it.each(commands.map((command) => [command.argv[0], command] as const))(
    '%s: is found not to be writable before the work',
    async (_, command) => {
      const { argv, field } = command;
      writeFileSync(join(folder, 'file'), '');
      const path = join(folder, 'file', 'deep', nameOf(command));
      const { exitCode, stdout, stderr } = await trexgen(...argv, `--${field}`, path);
      expect({ exitCode, stdout, stderr }).toEqual({
        exitCode: 2,
        stdout: '',
        stderr: `${field} = ${path}: cannot be written (ENOTDIR); give another path\n`,
      });
      expect(readdirSync(folder)).toEqual(['file']);
    },
  );

  it.each([
    ['sweep', 'sweep.json', ['simulate', 'start', 'trace', 'reproduce']],
    ['reproduce', 'reproduce.json', ['simulate', 'start', 'trace', 'sweep']],
  ])('is not the folder of a %s, whose report would be replaced', async (owner, mark, others) => {
    writeFileSync(join(folder, mark), '{}');
    for (const { argv } of commands.filter(({ argv: [verb] }) => others.includes(verb))) {
      expect(await trexgen(...argv, '--out', folder)).toEqual({
        exitCode: 2,
        stdout: '',
        stderr: `out = ${folder}: holds the results of trexgen ${owner}, whose report would be lost; give another --out, or delete it\n`,
      });
    }
    expect(readdirSync(folder)).toEqual([mark]);
  });

  it('compress makes the folders of its image', async () => {
    const image = join(folder, 'new', 'deep', 'x.tximg');
    expect(await trexgen('compress', '--task', 'mnist', '--out', image, '--validation-inputs', '0')).toMatchObject({ exitCode: 0 });
    expect(readdirSync(join(folder, 'new', 'deep')).sort()).toEqual(['x.tximg', 'x.tximg.json']);
  });
});
