import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readExamples } from '../../generator/data/examples-file.js';
import { energyTable, readEnergyTable } from '../../generator/analytic/energy/table.js';
import { mostDepth, parseJson } from '../../generator/input/json.js';
import { loadEncoder, saveEncoder } from '../../generator/model/checkpoint.js';
import { loadParams } from '../../generator/params/load.js';
import { planSweep } from '../../generator/studies/sweep/plan.js';
import { readTrace } from '../../generator/studies/requests/trace-file.js';
import { readTrainConfig } from '../../generator/train/config-file.js';
import { randomEncoder } from '../compress/random-encoder.js';
import { problemsOf } from '../support/problems.js';

const folder = mkdtempSync(join(tmpdir(), 'trexgen-text-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

const encoder = randomEncoder(41);
saveEncoder(folder, encoder);
const config = readFileSync(join(folder, 'config.json'), 'utf8');

describe('a text file', () => {
  it.each<readonly [name: string, text: string, read: (path: string) => unknown]>([
    ['params.json', '{"array":{"columns":4}}', (path) => loadParams({ config: path })],
    ['params.ts', 'export default { array: { columns: 4 } };', (path) => loadParams({ config: path })],
    ['sweep.json', '{"space":{"array.columns":[4,8]}}', async (path) => (await planSweep(path, {})).space.axes],
    ['train.json', '{"dense":{"steps":3}}', readTrainConfig],
    ['energy.json', JSON.stringify(energyTable), readEnergyTable],
    ['inputs.jsonl', '{"ids":[1,2]}\n', (path) => readExamples(path, encoder.config)],
    ['trace.csv', 'length,arrival\n3,1\n', (path) => readTrace(path, { windowTokens: 4 })],
    ['config.json', config, () => loadEncoder(folder)],
  ])('may begin with a byte order mark: %s', async (name, text, read) => {
    const plain = await read(file(name, text));
    expect(await read(file(name, `\ufeff${text}`))).toEqual(plain);
  });

  it('is UTF-8 where every character counts', async () => {
    expect(await problemsOf(() => loadParams({ config: file('latin.json', Uint8Array.of(0x7b, 0x22, 0xe4, 0x22, 0x7d)) }))).toEqual([
      `config = ${join(folder, 'latin.json')}: is not UTF-8 text; save it as UTF-8`,
    ]);
  });

  it('has a size that its reader can use', async () => {
    expect(readTrainConfig(file('small.json', '{}'))).toEqual({});
    expect(await problemsOf(() => readTrainConfig('/dev/zero'))).toEqual([
      'config = /dev/zero: exceeds 16 MiB, the most that is read; give a JSON file with changes of the recipe',
    ]);
  });
});

describe('JSON', () => {
  it('is nested within bounds, whatever its strings hold', () => {
    expect(parseJson(`${'['.repeat(mostDepth)}${']'.repeat(mostDepth)}`)).toHaveLength(1);
    expect(parseJson(JSON.stringify(`"\\"${'['.repeat(100)}`))).toHaveLength(103);
    expect(() => parseJson('['.repeat(1e6))).toThrow('is nested deeper than 64 levels');
  });

  it.each([
    ['{"a":1,"b":{"a":2},"a":3}', 'a'],
    ['{"model":{"layers":[{"k":1},{"width":2,"k":3,"wi\\u0064th" :4}]}}', 'model.layers.width'],
    ['[{"x":"x","y":"y\\\\"},{"x":"\\":{","x":[]}]', 'x'],
  ])('names no key of an object twice: %s', (text, key) => {
    expect(JSON.parse(text)).toBeTypeOf('object');
    expect(() => parseJson(text)).toThrow(`has the key ${key} twice`);
  });

  it('may have one key in several objects, and texts that look like keys', () => {
    const text = '{"a":{"a":["a","a",{"a":1},{"a":"\\"a\\":1,"}]},"b":"a","c":"a"}';
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });

  it('is all that a .ts file may export', async () => {
    const problem = async (text: string): Promise<string> =>
      (await problemsOf(() => loadParams({ config: file('module.ts', `export default ${text};`) })))
        .join('\n')
        .replace(/.*module\.ts: /, '');
    expect(await problem('{ array: { columns: 8n } }')).toBe('array.columns is a bigint, not data; it must hold plain data, as JSON does');
    expect(await problem('{ array: { columns: NaN } }')).toBe(
      'array.columns is NaN, not a finite number; it must hold plain data, as JSON does',
    );
    expect(await problem('(() => { const a: Record<string, unknown> = {}; a.b = a; return a; })()')).toMatch(
      /^b\.b\.b.* is nested deeper than 64 levels; it must hold plain data/,
    );
  });
});
