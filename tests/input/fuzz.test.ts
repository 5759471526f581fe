import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import crc32 from 'crc-32';
import { afterAll, describe, expect, it } from 'vitest';
import { reportError } from '../../generator/commands/report-error.js';
import { randomFrom } from '../../generator/util/random.js';
import { factorizeEncoder } from '../../generator/compress/factorize-encoder.js';
import { readExamples } from '../../generator/data/examples-file.js';
import { energyTable, readEnergyTable } from '../../generator/analytic/energy/table.js';
import { ToolError, UserError } from '../../generator/util/errors.js';
import { loadCheckpoint, saveEncoder } from '../../generator/model/checkpoint.js';
import { loadParams } from '../../generator/params/load.js';
import { importOnnx } from '../../generator/import/read-onnx.js';
import { importFolder } from '../../generator/import/read-folder.js';
import { makeParams } from '../../generator/params/params.js';
import { disassemble } from '../../generator/program/disassemble.js';
import { readImage, writeImage } from '../../generator/program/image.js';
import { renderDesign } from '../../generator/output/design-manifest.js';
import { ownNames, readManifest } from '../../generator/output/owned.js';
import { parseMemory } from '../../generator/sim/memory-file.js';
import { parseProfile } from '../../generator/sim/profile-file.js';
import { readStoredUnit, storedUnitText } from '../../generator/sim/stored-unit.js';
import { elementOf, readTrace as readStoredWords } from '../../generator/sim/trace-file.js';
import type { UnitResult } from '../../generator/sim/unit.js';
import { readRequests } from '../../generator/subject/requests-file.js';
import { planSweep } from '../../generator/studies/sweep/plan.js';
import { parseLiberty } from '../../generator/synth/liberty.js';
import { readTrace } from '../../generator/studies/requests/trace-file.js';
import { readTrainConfig } from '../../generator/train/config-file.js';
import { Network } from '../../generator/train/network.js';
import { readState, writeState } from '../../generator/train/state.js';
import { Engine } from '../../generator/train/wasm.js';
import { buildWorkload } from '../../generator/subject/workload/build.js';
import { scaledDown, workloads } from '../../generator/subject/workload/shapes.js';
import { randomEncoder } from '../compress/random-encoder.js';
import { bertModel, sentenceModel, writeHubFolder } from '../support/hub-folder.js';
import { exportEncoder, styles } from '../support/onnx-graph.js';
import { mutateBytes, mutateJson } from '../support/mutate.js';

const folder = mkdtempSync(join(tmpdir(), 'trexgen-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

const seed = 1 + Math.floor(Math.random() * 1e6);

interface Reader {
  readonly name: string;
  /** A good file. */
  readonly good: Uint8Array;
  readonly read: (bytes: Buffer) => unknown;
  /** Mutations that keep the file's frame and change what is inside. */
  readonly inside?: (random: () => number) => Uint8Array;
  readonly count?: number;
}

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

/** A reader of a path. */
function onFile(name: string, good: Uint8Array, read: (path: string) => unknown, rest: Partial<Reader> = {}): Reader {
  return {
    name,
    good,
    ...rest,
    read: (bytes) => {
      writeFileSync(at(name), bytes);
      return read(at(name));
    },
  };
}

/** A reader of a JSON file, whose values are mutated as well. */
function onJson(name: string, value: unknown, read: (path: string) => unknown): Reader {
  return onFile(name, json(value), read, { inside: (random) => Buffer.from(mutateJson(JSON.stringify(value), random)) });
}

const size = { width: 8, heads: 2, hidden: 8, layers: 1, vocabulary: 6, maxLength: 4, classes: 3 };
const encoder = randomEncoder(31, size);
for (const name of ['dense', 'parts']) saveEncoder(at(name), encoder);
saveEncoder(at('factorized'), factorizeEncoder(encoder, { rank: 8, k: 4, banks: 4, seed: 1, iterations: 1 }));
const tensors = readFileSync(at('dense/model.safetensors'));
const shard = 'model-00001-of-00001.safetensors';
writeFileSync(at(`parts/${shard}`), tensors);
rmSync(at('parts/model.safetensors'));
const headerEnd = 8 + Number(tensors.readBigUInt64LE(0));
const names = Object.keys(JSON.parse(tensors.toString('utf8', 8, headerEnd)) as object).filter((name) => name !== '__metadata__');

/** A header of any length before data. */
function framed(lengthBytes: 4 | 8, header: Uint8Array, data: Uint8Array): Buffer {
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt32LE(header.length);
  return Buffer.concat([length, header, data]);
}

const model = buildWorkload(scaledDown(workloads.bertBase, 64, 1), { coding: 'factorized', banks: 4, seed: 1 });
const image = Buffer.from(writeImage(model, { columns: 4, busBytes: 8 }));
const found = readImage(image);

/** Damage behind good checksums: in the header's JSON, or in one of the regions. */
function sealedImage(random: () => number): Buffer {
  const headerBytes = image.length - found.cold.length - found.pass.length;
  const crc = (bytes: Uint8Array): number => crc32.buf(bytes) >>> 0;
  const region = (bytes: Uint8Array, change: boolean): Buffer => {
    const content = change ? mutateBytes(bytes.subarray(0, -8), random) : Buffer.from(bytes.subarray(0, -8));
    const padded = Buffer.alloc(change && random() < 0.5 ? bytes.length - 8 : Math.ceil(content.length / 8) * 8);
    content.copy(padded);
    const beat = Buffer.alloc(8);
    beat.writeUInt32LE(crc(padded));
    return Buffer.concat([padded, beat]);
  };
  const which = random();
  const [cold, pass] = [region(found.cold, which < 0.4), region(found.pass, which >= 0.4 && which < 0.6)];
  const text = image.toString('utf8', 16, 16 + image.readUInt32LE(8));
  const regions = { cold: { offset: 0, length: cold.length }, pass: { offset: cold.length, length: pass.length } };
  const written = which < 0.6 ? json({ ...(JSON.parse(text) as object), regions }) : Buffer.from(mutateJson(text, random));
  const header = Buffer.alloc(Math.max(headerBytes, Math.ceil((16 + written.length) / 8) * 8));
  image.copy(header, 0, 0, 8);
  written.copy(header, 16);
  header.writeUInt32LE(written.length, 8);
  header.writeUInt32LE(crc(written), 12);
  return Buffer.concat([header.subarray(0, Math.ceil((16 + written.length) / 8) * 8), cold, pass]);
}

const state = at('run.state');
const { parameters } = new Network(new Engine(), encoder);
const progress = { step: 3, loss: 1.5, right: 2, labels: 4, seconds: 0.5, log: ['a line'] };
writeState(state, parameters, progress, 'fingerprint');
const stateBytes = readFileSync(state);
const stateHeaderEnd = 4 + stateBytes.readUInt32LE(0);

const unit = {
  inputs: 2,
  tokens: 9,
  lengths: [4, 5],
  differences: [],
  counters: { cycles: 77 },
  outputs: [[1, -2], [3]],
} as unknown as UnitResult;

const params = makeParams({ array: { columns: 4 } });
const design = renderDesign(params);
mkdirSync(at('design'));

const liberty = `library ("demo") { /* { */
  cell (NAND2) { area : 30; pin (A) { direction : input; } pin (B) { direction : input; } pin (Y) { direction : output; function : "(A B)'"; timing () { related_pin : "A"; values ( "1, 2", \\
  "3, 4" ); } } }
  cell (INV) { area : 10; pin (A) { direction : input; } pin (Y) { direction : output; max_capacitance : 0.5; function : "(!A)"; } }
  cell (DFF) { ff (Q1, QN1) { next_state : "D"; clocked_on : "CLK"; } pin (D) { direction : input; } pin (CLK) { direction : input; } pin (Q) { function : "Q1"; } } }`;

const hub = sentenceModel(bertModel('BertModel', { pooler: true }, { width: 8, hidden: 8, heads: 2, layers: 1 }));
writeHubFolder(at('hub'), hub);
const goodHub: Readonly<Record<string, string>> = Object.fromEntries(
  ['config.json', 'modules.json', '1_Pooling/config.json', 'tokenizer.json'].map((name) => [name, readFileSync(at(`hub/${name}`), 'utf8')]),
);
const graph = exportEncoder(encoder, styles.split);

const examples = ['{"ids":[1,2,3],"labels":[0,1,-1]}', '{"ids":[[1,2],[3,4]]}', ''].join('\n');
const rows = [JSON.stringify({ rows: [Array.from({ length: 12 }, (_, i) => i)], labels: [0] }), ''].join('\n');

const readers: readonly Reader[] = [
  { name: 'image', good: image, inside: sealedImage, count: 400, read: (bytes) => disassemble(readImage(bytes)) },
  onJson('dense/config.json', { task: 'x', model: encoder.config }, () => loadCheckpoint(at('dense'))),
  onJson('factorized/config.json', JSON.parse(readFileSync(at('factorized/config.json'), 'utf8')), () => loadCheckpoint(at('factorized'))),
  onFile(
    'dense/model.safetensors',
    tensors,
    () => {
      writeFileSync(at('dense/config.json'), json({ task: 'x', model: encoder.config }));
      return loadCheckpoint(at('dense'));
    },
    {
      count: 300,
      inside: (random) => framed(8, Buffer.from(mutateJson(tensors.toString('utf8', 8, headerEnd), random)), tensors.subarray(headerEnd)),
    },
  ),
  onJson(
    'parts/model.safetensors.index.json',
    { metadata: { total_size: 1 }, weight_map: Object.fromEntries(names.map((name) => [name, shard])) },
    () => loadCheckpoint(at('parts')),
  ),
  ...['config.json', 'modules.json', '1_Pooling/config.json', 'tokenizer.json'].map((name) =>
    onFile(
      `hub/${name}`,
      readFileSync(at(`hub/${name}`)),
      (path) => {
        try {
          return importFolder(at('hub'));
        } finally {
          writeFileSync(path, goodHub[name]!);
        }
      },
      { count: 60, inside: (random) => Buffer.from(mutateJson(goodHub[name]!, random)) },
    ),
  ),
  onFile('model.onnx', graph, (path) => importOnnx(path), { count: 150 }),
  onJson('config.json', { prefix: 'my', array: { columns: 8, slices: 2 }, registerFile: { kind: 'sync' } }, (config) =>
    loadParams({ config }),
  ),
  onJson(
    'sweep.json',
    {
      preset: 'tiny',
      space: { 'array.columns': [4, 8], 'array.passes': '4..8:2', 'run.task': 'mnist' },
      constraints: ['array.columns * array.slices < 32 && ema < 1e6', { accuracy: { '>=': 90 } }],
      search: 'random',
      samples: 9,
      seed: 3,
      objectives: ['ema', 'cycles'],
      fidelity: 'golden',
      promote: 2,
    },
    (path) => planSweep(path, {}),
  ),
  onJson(
    'train.json',
    { model: { width: 64, layers: 2 }, factor: { rank: 8 }, dense: { steps: 10, rate: 0.001 }, percentile: 0.99 },
    readTrainConfig,
  ),
  onJson('energy.json', energyTable, readEnergyTable),
  onFile('run.state', stateBytes, () => readState(state, parameters, 'fingerprint'), {
    inside: (random) =>
      framed(4, Buffer.from(mutateJson(stateBytes.toString('utf8', 4, stateHeaderEnd), random)), stateBytes.subarray(stateHeaderEnd)),
  }),
  onFile('inputs.jsonl', Buffer.from(examples), (path) => readExamples(path, encoder.config), {
    inside: (random) =>
      Buffer.from(
        examples
          .split('\n')
          .map((line) => (line === '' ? '' : mutateJson(line, random)))
          .join('\n'),
      ),
  }),
  onFile('rows.jsonl', Buffer.from(rows), (path) => readRequests(path, found, undefined), {
    inside: (random) => Buffer.from(mutateJson(rows.trim(), random)),
  }),
  onFile('trace.csv', Buffer.from('length,arrival\n# morning\n3, 20.5\n16,1e2\n1,0\n'), (path) => {
    const requests = readTrace(path, { windowTokens: 16, positions: 16 });
    if (!requests.every(({ arrival }) => Number.isFinite(arrival))) throw new TypeError('an arrival at no time');
  }),
  { name: 'Liberty', good: Buffer.from(liberty), count: 400, read: (bytes) => parseLiberty('demo.lib', bytes.toString()) },
  { name: 'profile', good: Buffer.from('0 0 4 8 16 0 1 2 3 4\n0 1 4 8 16 0 1 2 3 4\n'), read: (bytes) => parseProfile(bytes.toString()) },
  { name: 'memory', good: Buffer.from('// 0x0\n@0\n00ff00ff\nxx00zz11\n'), read: (bytes) => parseMemory(bytes, 4, 4) },
  onFile(
    'trace.txt',
    Buffer.from('W\nI 0 a\nP 0004 1 80ff7f00 9\nA\nL 002 0 xx11 ff 3\n'),
    async (path) =>
      readStoredWords(path, {
        instruction: () => undefined,
        windowBegins: () => undefined,
        aborted: () => undefined,
        end: () => undefined,
        word: (word) => void elementOf(word, 0, 2),
      }),
    { count: 100 },
  ),
  onFile(
    'unit-0.json',
    Buffer.from(storedUnitText('key', unit)),
    (path) => {
      const result = readStoredUnit(path, 'key');
      // A damaged result is run again: what is read is the one that was written.
      if (result !== undefined && JSON.stringify(result) !== JSON.stringify(unit)) throw new TypeError('a damaged result was believed');
    },
    { inside: (random) => Buffer.from(mutateJson(storedUnitText('key', unit), random)) },
  ),
  onFile(
    'design/manifest.json',
    json(design.manifest),
    () => {
      const manifest = readManifest(at('design'));
      return manifest === undefined ? [] : ownNames(manifest);
    },
    { count: 40, inside: (random) => Buffer.from(mutateJson(JSON.stringify(design.manifest), random)) },
  ),
];

const escapes = /[^\P{Cc}\n]/u;
const mostBytes = 2 ** 29;

describe(`damaged files (seed ${seed})`, () => {
  it.each(readers)('$name: read or refused in words, in bounded memory', async ({ good, read, inside, count = 200 }) => {
    const random = randomFrom(seed);
    expect(await read(Buffer.from(good))).not.toEqual([]);
    for (let i = 0; i < count; i++) {
      const bytes = Buffer.from(inside !== undefined && i % 2 === 0 ? inside(random) : mutateBytes(good, random));
      try {
        await read(bytes);
      } catch (error) {
        const { text } = reportError(error, true);
        const what = `mutation ${i}: ${text.slice(0, 300)}\n${bytes.subarray(0, 500).toString()}`;
        expect(error instanceof UserError || error instanceof ToolError, what).toBe(true);
        expect(escapes.test(text), what).toBe(false);
        expect(
          text.split('\n').every((line) => line.length <= 5000),
          what,
        ).toBe(true);
      }
      if (i % 20 === 0) {
        const { heapUsed, arrayBuffers } = process.memoryUsage();
        expect(heapUsed + arrayBuffers).toBeLessThan(mostBytes);
      }
    }
  });
});
