import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const cli = fileURLToPath(new URL('../../dist/generator/cli.js', import.meta.url));

describe('trexgen train', () => {
  let folder = '';
  let config = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'trexgen-cli-'));
    config = join(folder, 'tiny.json');
    writeFileSync(config, JSON.stringify({ model: { width: 16, layers: 1, heads: 2, hidden: 24 } }));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const command = (out: string): string[] => [
    cli,
    'train',
    '--task',
    'mnist',
    '--stage',
    'dense',
    '--steps',
    '300',
    '--config',
    config,
    '--out',
    out,
  ];

  it('keeps its state on Ctrl-C, says how to go on, and ends with the bytes of an uninterrupted run', async () => {
    const stopped = join(folder, 'stopped');
    const child = spawn(process.execPath, command(stopped), { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    let asked = false;
    child.stderr.on('data', (text: Buffer) => {
      said += text.toString();
      if (!asked && said.includes('step 100/300')) asked = child.kill('SIGINT');
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code, said).toBe(130);
    expect(said).toMatch(/\ninterrupted at step 1\d\d of 300; run the same command again to continue from .*dense\.state\n$/);
    expect(existsSync(join(stopped, 'state', 'dense.state'))).toBe(true);
    expect(existsSync(join(stopped, 'model.safetensors'))).toBe(false);

    const run = promisify(execFile);
    const { stderr } = await run(process.execPath, command(stopped));
    expect(stderr).not.toContain('step 100/300');
    const { stdout } = await run(process.execPath, [...command(join(folder, 'whole')), '--json', '--threads', '1']);
    const report = JSON.parse(stdout) as { stages: { steps: number }[]; validation: { stored: number } };
    expect(report.stages[0]!.steps).toBe(300);
    // Ten digits: chance is 10 %.
    expect(report.validation.stored).toBeGreaterThan(30);
    expect(readFileSync(join(stopped, 'model.safetensors')).equals(readFileSync(join(folder, 'whole', 'model.safetensors')))).toBe(true);
  }, 400_000);

  it('refuses bad numbers with exit code 2', async () => {
    const child = spawn(process.execPath, [cli, 'train', '--task', 'mnist', '--out', folder, '--steps', 'many'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (text: Buffer) => (said += text.toString()));
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(2);
    expect(said).toContain("option '--steps <number>' argument 'many' is invalid. must be an integer in 0 .. 2147483647.");
  });
});
