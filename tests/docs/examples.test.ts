import { copyFileSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { packageRoot } from '../../generator/util/package.js';
import { temporaryFolder } from '../support/temporary.js';

const root = packageRoot();
const jiti = join(root, 'node_modules', 'jiti', 'lib', 'jiti-cli.mjs');

/** Runs in a folder of a user's own, with the package that `npm run build` has made. */
async function example(name: string, folder: string, ...argv: readonly string[]): Promise<string> {
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  symlinkSync(root, join(folder, 'node_modules', 'trexgen'));
  copyFileSync(join(root, 'examples', name), join(folder, name));
  return (await execa(process.execPath, [jiti, name, ...argv], { cwd: folder, env: { JITI_FS_CACHE: 'false' } })).stdout;
}

it('Verilog of a configuration of its own is generated', async () => {
  await temporaryFolder(async (folder) => {
    const printed = await example('generate-verilog.ts', folder, 'rtl');
    const files = readdirSync(join(folder, 'rtl'));
    expect(printed).toMatch(/^mine_\w+: \d+ files in rtl\n\d+ multipliers, \d+ bits of memory$/);
    expect(files.filter((name) => name.startsWith('mine_') && name.endsWith('.v')).length).toBeGreaterThan(20);
  });
}, 120_000);

it('a model of its own goes through the Verilog, and every bit agrees', async () => {
  await temporaryFolder(async (folder) => {
    await execa(process.execPath, [join(root, 'examples', 'tutorial', 'make-model.mjs'), join(folder, 'model')]);
    const printed = await example('simulate-own-model.ts', folder, 'model');
    expect(printed).toMatch(/^model\/model.tximg: \d+ bytes, read in beats of \d+\n/);
    expect(printed).toMatch(
      /verilator, policy tokens: 2 inputs, \d+ tokens in 1 window, 2\.0 inputs per window and 2 at most\n\d+ values compared, 0 differ;/,
    );
    expect(printed).toMatch(/\ninput 0: \d+ numbers\ninput 1: \d+ numbers$/);
  });
}, 120_000);

it('a space of its own is swept, and its front named', async () => {
  await temporaryFolder(async (folder) => {
    const lines = (await example('sweep.ts', folder)).split('\n');
    expect(lines.map((line) => /^(\d+) columns, (\d+) passes: /.exec(line)?.slice(1).join())).toEqual(['8,2', '8,4', '16,2', '16,4']);
    expect(lines.filter((line) => /: cycles \d+, area \d+ <- on the front$/.test(line)).length).toBeGreaterThan(0);
  });
}, 120_000);
