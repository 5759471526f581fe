import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { makeParams } from '../../generator/params/params.js';
import { presetParams, presets } from '../../generator/params/presets.js';
import { configHash, designSources, topModule } from '../../generator/rtl/design.js';
import { renderDesign } from '../../generator/output/design-manifest.js';
import { randomParams } from '../support/random-params.js';

const configurations = [
  ...Object.keys(presets).map((name) => ({ name, params: presetParams(name) })),
  ...Array.from({ length: 12 }, (_, seed) => ({ name: `seed ${seed}`, params: randomParams(seed) })),
];

describe('the design as text', () => {
  it.each(configurations)('is the same to the byte when rendered again: $name', ({ params }) => {
    expect(renderDesign(params)).toEqual(renderDesign(structuredClone(params)));
  });

  it.each(configurations)('carries the prefix on every module it defines or uses: $name', ({ params }) => {
    const sources = designSources(params);
    const defined = sources.flatMap(({ text }) => [...text.matchAll(/^module (\w+)/gm)].map(([, name]) => name));
    expect(defined).toEqual(sources.map(({ name }) => name.replace(/\.v$/, '')));
    const used = sources.flatMap(({ text }) => [...text.matchAll(/^ *(\w+) (?:#\([\s\S]*?\) )?u_\w+ \($/gm)].map(([, name]) => name));
    expect(used.length).toBeGreaterThan(8);
    expect(used.filter((name) => !defined.includes(name))).toEqual([]);
    expect(defined).toContain(topModule(params));
  });

  it.each(configurations)(
    'ends each file in one newline, without blanks at line ends, tabs or characters outside ASCII: $name',
    ({ params }) => {
      for (const { name, text } of renderDesign(params).files) {
        const odd = text.split('\n').filter((line) => /[ \t]$|\t|[^\x20-\x7e]/.test(line));
        expect({ name, odd, end: text.slice(-2).replace(/[^\n]/, 'x') }).toEqual({ name, odd: [], end: 'x\n' });
      }
    },
  );

  it('is described by its manifest: parameters, top, and a hash of every other file', () => {
    const params = presetParams('tiny');
    const { manifest, files } = renderDesign(params);
    expect(manifest).toMatchObject({ generator: 'trexgen', configHash: configHash(params), topModule: topModule(params), params });
    expect(JSON.parse(files.at(-1)!.text)).toEqual(manifest);
    expect(manifest.files).toEqual(
      files
        .slice(0, -1)
        .map(({ name, text }) => ({ name, bytes: Buffer.byteLength(text), sha256: createHash('sha256').update(text).digest('hex') })),
    );
  });

  it('has another hash for every other configuration, whatever the order of its keys', () => {
    const hashes = configurations.map(({ params }) => configHash(params));
    expect(new Set(hashes).size).toBe(configurations.length);
    const turned = makeParams({ batcher: { passOver: 4, lookahead: 2 }, array: { passes: 2, columns: 4 } });
    expect(configHash(turned)).toBe(configHash(makeParams({ array: { columns: 4, passes: 2 }, batcher: { lookahead: 2, passOver: 4 } })));
  });
});
