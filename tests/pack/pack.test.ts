import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { presetParams } from '../../generator/params/presets.js';
import { renderDesign } from '../../generator/output/design-manifest.js';
import { packageRoot, packageVersion } from '../../generator/util/package.js';

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
}

/** A stranger's folder, and the package as npm would publish it: made from dist/, which npm test has just built. */
const folder = mkdtempSync(join(tmpdir(), 'trexgen-pack-'));
const installed = join(folder, 'node_modules', 'trexgen');
afterAll(() => rmSync(folder, { recursive: true }));

const json = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

async function run(command: string, ...argv: readonly string[]): Promise<string> {
  return (await execa(command, argv, { cwd: folder })).stdout;
}

/** Our own lock file with the package put in: npm then takes the very files that it fetched for us, from its cache. */
function lockFor(tarball: string): unknown {
  const { name, version, dependencies, bin, engines } = json(join(packageRoot(), 'package.json')) as Record<string, unknown>;
  const { packages } = json(join(packageRoot(), 'package-lock.json')) as Lock;
  const needed = Object.entries(packages).filter(([path, { dev }]) => path !== '' && dev !== true);
  return {
    name: 'stranger', lockfileVersion: 3, requires: true,
    packages: {
      '': { name: 'stranger', dependencies: { [name as string]: `file:${tarball}` } },
      [`node_modules/${name as string}`]: { version, resolved: `file:${tarball}`, dependencies, bin, engines },
      ...Object.fromEntries(needed),
    },
  };
}

beforeAll(async () => {
  if (!existsSync(join(packageRoot(), 'dist', 'generator', 'cli.js'))) throw new Error('dist/ is missing: npm run build');
  const { stdout } = await execa('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], { cwd: packageRoot() });
  const tarball = stdout.trim();
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'stranger', dependencies: { trexgen: `file:${tarball}` } }));
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lockFor(tarball)));
  await run('npm', 'ci', '--prefer-offline', '--no-audit', '--no-fund');
}, 300_000);

describe('the package, installed in an empty folder', () => {
  it('runs as npx trexgen', async () => {
    expect(await run('npx', 'trexgen', '--version')).toBe(packageVersion());
  });

  it('generates the same files from a configuration that it wrote itself', async () => {
    const trexgen = join(folder, 'node_modules', '.bin', 'trexgen');
    await run(trexgen, 'init', '--preset', 'tiny');
    const manifest: unknown = JSON.parse(await run(trexgen, 'generate', '--config', 'trexgen.config.ts', '--out', 'rtl', '--json'));
    const design = renderDesign(presetParams('tiny'));
    expect(manifest).toEqual(design.manifest);
    const written = Object.fromEntries(readdirSync(join(folder, 'rtl')).map((name) => [name, readFileSync(join(folder, 'rtl', name), 'utf8')]));
    expect(written).toEqual(Object.fromEntries(design.files.map(({ name, text }) => [name, text])));
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

  it('holds all that its commands read at run time, and no sources or tests', () => {
    const { files } = json(join(packageRoot(), 'package.json')) as { files: readonly string[] };
    for (const name of files) expect({ name, there: existsSync(join(installed, name)) }).toEqual({ name, there: existsSync(join(packageRoot(), name)) });
    for (const name of ['templates', 'testbench']) expect(readdirSync(join(installed, name))).toEqual(readdirSync(join(packageRoot(), name)));
    expect(existsSync(join(installed, 'dist', 'generator', 'train', 'kernels.wasm'))).toBe(true);
    expect(readdirSync(installed).filter((name) => ['generator', 'tests', 'rtl-out', 'build', 'runs'].includes(name))).toEqual([]);
  });
});
