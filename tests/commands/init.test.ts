import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fields } from '../../generator/params/fields.js';
import { loadParams } from '../../generator/params/load.js';
import { presetParams, presets } from '../../generator/params/presets.js';
import { paramsSchema } from '../../generator/params/schema.js';
import { trexgen } from '../support/cli.js';

let folder = '';
const before = process.cwd();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trexgen-init-'));
  process.chdir(folder);
});
afterEach(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

describe('init', () => {
  it.each(Object.keys(presets))('writes a TypeScript configuration that reads back as the preset %s', async (preset) => {
    expect(await trexgen('init', '--preset', preset)).toEqual({ exitCode: 0, stdout: 'trexgen.config.ts\n', stderr: '' });
    expect(await loadParams({ config: 'trexgen.config.ts' })).toEqual(presetParams(preset));
  });

  it('explains every field: meaning, range, unit and default', async () => {
    await trexgen('init', '--set', 'array.columns=4');
    const text = readFileSync('trexgen.config.ts', 'utf8');
    for (const members of Object.values(fields)) for (const { doc } of Object.values(members)) expect(text).toContain(`// ${doc} [`);
    expect(text).toContain(
      '    // output features computed at a time; also the number of P banks [powers of two, 2 to 32 columns; default 8]\n    columns: 4,\n',
    );
  });

  it('writes JSON with its schema beside it', async () => {
    expect(await trexgen('init', '--json-config', '--preset', 'tiny')).toEqual({
      exitCode: 0,
      stdout: 'trexgen.config.json\ntrexgen.config.schema.json\n',
      stderr: '',
    });
    expect(await loadParams({ config: 'trexgen.config.json' })).toEqual(presetParams('tiny'));
    expect((JSON.parse(readFileSync('trexgen.config.json', 'utf8')) as { $schema: string }).$schema).toBe('./trexgen.config.schema.json');
    expect(JSON.parse(readFileSync('trexgen.config.schema.json', 'utf8'))).toEqual(paramsSchema());
  });

  it('prints the same schema on request', async () => {
    const { exitCode, stdout } = await trexgen('schema');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual(paramsSchema());
  });

  it('overwrites nothing unless it is forced to', async () => {
    writeFileSync('chip.json', 'mine');
    writeFileSync('chip.schema.json', 'mine too');
    expect(await trexgen('init', '--out', 'chip.json')).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: ['chip.json', 'chip.schema.json']
        .map((name) => `out = ${name}: is there already; give another name, or --force to overwrite it\n`)
        .join(''),
    });
    expect(readFileSync('chip.json', 'utf8')).toBe('mine');
    expect((await trexgen('init', '--out', 'chip.json', '--force')).exitCode).toBe(0);
    expect(await loadParams({ config: 'chip.json' })).toEqual(presetParams('small'));
  });

  it('refuses a name of the wrong kind, and writes nothing for a wrong value', async () => {
    expect(await trexgen('init', '--out', 'chip.yaml')).toMatchObject({ exitCode: 2, stderr: 'out = chip.yaml: must end in .ts\n' });
    expect(await trexgen('init', '--json-config', '--out', 'chip.ts')).toMatchObject({
      exitCode: 2,
      stderr: 'out = chip.ts: must end in .json\n',
    });
    expect((await trexgen('init', '--set', 'array.columns=5')).exitCode).toBe(2);
    expect(readdirSync('.')).toEqual([]);
  });
});
