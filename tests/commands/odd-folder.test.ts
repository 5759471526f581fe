import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { execaSync } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeProgram } from '../../generator/commands/program.js';
import { saveEncoder } from '../../generator/model/checkpoint.js';
import { writeImage } from '../../generator/program/image.js';
import { verilatorRuntime } from '../../generator/sim/build.js';
import { randomEncoder } from '../compress/random-encoder.js';
import { trexgen, type CommandResult } from '../support/cli.js';
import { withEnvironment, withTools } from '../support/fake-tools.js';
import { randomModel } from '../support/random-model.js';
import { testNeeding } from '../support/tools.js';

/** Folder in which every command runs, with relative names that need quotes as well. */
const root = mkdtempSync(join(tmpdir(), 'trexgen-odd-'));
const folder = join(root, 'pa th', 'wvö');
const home = process.cwd();
const liberty = '/usr/share/qflow/tech/osu018/osu018_stdcells.lib';
const image = "m'odel ä.tximg";
const small = [
  '--preset',
  'tiny',
  '--set',
  'envelope.width=12',
  '--set',
  'envelope.hidden=12',
  '--set',
  'envelope.rank=8',
  '--set',
  'array.passes=2',
];
const header = [0, 0, 0, 0, 0, 0, 0, 1, 0x49];
const encoder = {
  ...randomEncoder(1, {
    input: 'patches',
    vocabulary: 0,
    featureCount: 49,
    width: 16,
    heads: 2,
    hidden: 32,
    layers: 1,
    classes: 10,
    head: 'sequence',
  }),
  task: 'mnist',
};

const used = new Set<string>();
async function run(...argv: readonly string[]): Promise<CommandResult> {
  used.add(argv[0]!);
  const result = await trexgen(...argv);
  expect({ argv, exitCode: result.exitCode, stderr: result.exitCode === 0 ? '' : result.stderr }).toEqual({
    argv,
    exitCode: 0,
    stderr: '',
  });
  return result;
}

beforeAll(async () => {
  // Verilator's library is in the common cache; the chip is built in one of its own, below the odd folder.
  const {
    objects: [object = ''],
  } = await verilatorRuntime(false);
  mkdirSync(folder, { recursive: true });
  cpSync(dirname(object), join(folder, 'ca che', basename(dirname(object))), { recursive: true });
  process.chdir(folder);
  writeFileSync(
    image,
    writeImage(randomModel(5, { banks: 4, width: 8, heads: 1, headWidth: 4, hidden: 8, rank: 8, k: 3, inputWidth: 6 }), {
      columns: 4,
      busBytes: 8,
    }),
  );
  saveEncoder('de nse', encoder);
}, 300_000);

afterAll(() => {
  process.chdir(home);
  rmSync(root, { recursive: true });
});

describe('in a folder with a space and letters beyond ASCII', () => {
  it('a configuration is written, read and made hardware of', async () => {
    await run('init', '--preset', 'tiny', '--out', 'con fig.ts');
    await run('schema');
    await run('inspect', '--config', 'con fig.ts');
    await run('generate', '--config', 'con fig.ts', '--out', 'r tl');
    const icarus = execaSync('iverilog', ['-g2005', '-Wall', '-s', 'trex_smoke_tb', '-o', 'smoke.vvp', '-f', 'trex.f', 'trex_smoke_tb.v'], {
      cwd: 'r tl',
      all: true,
    });
    expect(icarus.all).toBe('');
    await run('diff', 'con fig.ts', 'tiny', '--tasks', 'none');
  });

  it('a model is trained, compressed, run and compared', async () => {
    writeFileSync('re cipe.json', JSON.stringify({ model: { width: 16, layers: 1, heads: 2, hidden: 24 } }));
    await run(
      'train',
      '--task',
      'mnist',
      '--stage',
      'dense',
      '--steps',
      '2',
      '--threads',
      '1',
      '--config',
      're cipe.json',
      '--out',
      'tr ain',
    );
    await run(
      'compress',
      '--checkpoint',
      'de nse',
      '--rank',
      '16',
      '--k',
      '4',
      '--calibration-inputs',
      '2',
      '--validation-inputs',
      '0',
      '--out',
      'com pressed.tximg',
    );
    await run('disasm', 'com pressed.tximg');
    await run('run', '--image', image, ...small, '--inputs', '1', '--dump', 'du mp');
    await run(
      'evaluate',
      '--task',
      'mnist',
      '--quick',
      '--dense',
      'de nse',
      '--checkpoint',
      'de nse',
      '--set',
      'envelope.rank=16',
      '--out',
      're port.json',
    );
  }, 300_000);

  it.each(['verilator', 'icarus'])(
    'the chip is built and simulated, by %s',
    async (simulator) => {
      await run(
        'simulate',
        '--image',
        image,
        ...small,
        '--inputs',
        '2',
        '--simulator',
        simulator,
        '--trace',
        '--cache',
        'ca che',
        '--out',
        `s im ${simulator}`,
      );
      expect(readdirSync('ca che').some((name) => name.startsWith(`chip_tb-${simulator}`))).toBe(true);
    },
    300_000,
  );

  it('signals are recorded where they are said to be, by a command that can be pasted', async () => {
    const { stdout } = await run(
      'simulate',
      '--image',
      image,
      ...small,
      '--inputs',
      '1',
      '--simulator',
      'icarus',
      '--waves',
      '--cache',
      'ca che',
      '--out',
      'w aves ö',
    );
    const [, command = ''] = /signals of window 0: (gtkwave .*)/.exec(stdout) ?? [];
    const words = execaSync('bash', ['-c', `gtkwave() { printf '%s\\n' "$@"; }; ${command}`]).stdout.split('\n');
    expect(words).toEqual(['window-0.fst', 'window-0.gtkw'].map((name) => join(folder, 'w aves ö', name)));
    expect([...readFileSync(words[0]!).subarray(0, 9)]).toEqual(header);
  }, 300_000);

  it('a failed tool is told with a command and a folder that can be pasted', async () => {
    const fails = { iverilog: 'if [ "$1" = -V ]; then echo "Icarus Verilog version 11.0"; else exit 9; fi' };
    const { exitCode, stderr } = await withTools(join(folder, 'to ols'), fails, () =>
      trexgen('simulate', '--image', image, ...small, '--simulator', 'icarus', '--cache', "c'ache"),
    );
    expect(exitCode).toBe(1);
    const [, quoted = ''] = /^ {2}folder: +(.*)$/m.exec(stderr) ?? [];
    expect(execaSync('bash', ['-c', `cd ${quoted} && ls trexgen_main.v`]).stdout).toBe('trexgen_main.v');
  });

  it('traces and sweeps are measured', async () => {
    writeFileSync('tra ce.csv', '2,0\n1,5\n2,9\n');
    await run('trace', '--image', image, ...small, '--trace', 'tra ce.csv', '--out', 'tra ce');
    writeFileSync('swe ep.json', JSON.stringify({ space: { 'array.columns': [4, 8], 'envelope.codeWords': 32768, 'run.task': 'mnist' } }));
    await run('sweep', 'swe ep.json', '--jobs', '1', '--out', 'swe ep');
    expect(existsSync(join('swe ep', 'report.html'))).toBe(true);
    await run('explain', '1', '--sweep', 'swe ep', '--no-check');
  }, 300_000);

  it('units are synthesised', async () => {
    await run('synth', '--preset', 'tiny', '--target', 'ecp5', '--unit', 'fifo', '--out', 'syn th');
    // What follows may be skipped, where its tools are missing.
    used.add('place');
  }, 300_000);

  testNeeding(
    ['nextpnr-ice40'],
    'units are placed and routed',
    async () => {
      await run('place', '--preset', 'tiny', '--tool', 'nextpnr-ice40', '--unit', 'fifo', '--out', 'pla ce');
    },
    300_000,
  );

  testNeeding(
    [liberty, 'sta'],
    'units are synthesised with a library of any name',
    async () => {
      writeFileSync("li b'.lib", readFileSync(liberty));
      await run('synth', '--preset', 'tiny', '--target', 'asic', '--unit', 'fifo', '--liberty', "li b'.lib", '--out', 'as ic');
    },
    300_000,
  );

  it('every other command is tried: tools are looked for, and what takes long is tried as far as its simulator', async () => {
    await run('doctor', '--cache', 'ca che', '--clean');
    for (const verb of ['start', 'reproduce']) {
      used.add(verb);
      const { exitCode, stderr } = await withEnvironment({ PATH: 'no where' }, () => trexgen(verb, '--out', `o ut ${verb}`));
      expect([exitCode, stderr.split(':')[0]]).toEqual([2, 'verilator']);
    }
    used.add('import');
    const refused = await trexgen('import', 'no whe re', '--out', 'o ut import');
    expect([refused.exitCode, refused.stderr.includes('no whe re'), existsSync('o ut import')]).toEqual([2, true, false]);
    expect([...used].sort()).toEqual(
      makeProgram()
        .commands.map((command) => command.name())
        .sort(),
    );
  });
});
