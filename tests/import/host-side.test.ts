import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { lineShape, readExamples } from '../../generator/data/examples-file.js';
import { saveHostSide } from '../../generator/import/host-side.js';
import { loadAnyCheckpoint } from '../../generator/import/load-any.js';
import { importFolder } from '../../generator/import/read-folder.js';
import { saveImport } from '../../generator/import/save.js';
import { saveEncoder } from '../../generator/model/checkpoint.js';
import { hostValues } from '../../generator/model/host-steps.js';
import { bertModel, linearShapes, randomTensors, sentenceModel, vitModel, writeHubFolder, type HubModel } from '../support/hub-folder.js';

const folder = mkdtempSync(join(tmpdir(), 'trexgen-host-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);
const write = (name: string, model: HubModel): string => writeHubFolder(at(name), model, randomTensors(model.shapes, 1));

const classifier = write(
  'classifier',
  bertModel('BertForSequenceClassification', { prefix: 'bert.', pooler: true, head: linearShapes('classifier', 3, 16) }),
);

describe('what the host computes behind an imported model', () => {
  it('is the same from the source, from the checkpoint, and from a model that imitates it', () => {
    const { encoder } = loadAnyCheckpoint(classifier);
    expect(encoder.host).toMatchObject({ classes: 3, steps: [{ kind: 'row' }, { kind: 'tanh' }, { kind: 'dense', path: 'classifier' }] });
    const saved = at('saved');
    saveImport(saved, importFolder(classifier));
    expect(loadAnyCheckpoint(saved).encoder.host).toEqual(encoder.host);
    const imitating = at('imitating');
    writeFileSync(at('tokenizer.json'), '{}');
    const record = saveHostSide(imitating, encoder.host!, [at('tokenizer.json')]);
    expect(record.files).toEqual(['tokenizer.json', 'host.safetensors']);
    expect(readFileSync(join(imitating, 'tokenizer.json'), 'utf8')).toBe('{}');
    saveEncoder(imitating, encoder, { import: record });
    expect(loadAnyCheckpoint(imitating).encoder.host).toEqual(encoder.host);
    const outputs = Float64Array.from({ length: 32 }, (_, i) => Math.sin(i));
    const { weights, bias } = encoder.host!.layers.classifier!;
    const wanted = [...bias].map((start, j) =>
      outputs.slice(0, 16).reduce((sum, x, i) => sum + Math.tanh(x / 2) * weights[j * 16 + i]!, start),
    );
    expect([...hostValues(encoder.host!, outputs, 16, 0.5)]).toEqual(wanted);
  });

  it('says which outputs are classes, and how many tokens inputs have', () => {
    const host = (name: string, model: HubModel) => loadAnyCheckpoint(write(name, model)).encoder.host;
    const token = bertModel('BertForTokenClassification', { prefix: 'bert.', head: linearShapes('classifier', 5, 16) });
    expect(host('token', token)).toEqual({ steps: [], layers: {}, classes: 5 });
    expect(host('mean', sentenceModel(bertModel('BertModel')))).toEqual({ steps: [{ kind: 'normalise' }], layers: {}, classes: 0 });
    expect(host('bare', bertModel('BertModel'))).toEqual({ steps: [], layers: {}, classes: 0 });
    expect(host('vit', vitModel('ViTModel', 'vit', undefined))).toEqual({ steps: [], layers: {}, classes: 0, tokens: 5 });
  });

  it('bounds lengths and labels of the inputs', () => {
    const problems = (source: string, line: object): string => {
      writeFileSync(at('one.jsonl'), JSON.stringify(line));
      try {
        readExamples(at('one.jsonl'), lineShape(loadAnyCheckpoint(source).encoder));
        return '';
      } catch (error) {
        return (error as Error).message.replace(`${at('one.jsonl')}:1: `, '');
      }
    };
    expect(problems(classifier, { ids: [1, 2, 3], labels: [2] })).toBe('');
    expect(problems(classifier, { ids: [1, 2, 3], labels: [3] })).toBe('labels = 3: must be below 3 classes');
    expect(problems(classifier, { ids: [1, 2, 3], labels: [0, 1, 2] })).toBe('labels: has 3, must have 1');
    expect(problems(at('mean'), { ids: [1, 2, 3], labels: [9] })).toBe(
      'labels: outputs are features here, no classes; leave them out, or name classes in the task',
    );
    const rows = (count: number) => ({ features: Array.from({ length: count }, () => Array.from({ length: 48 }, () => 0)) });
    expect(problems(at('vit'), rows(5))).toBe('');
    expect(problems(at('vit'), rows(4))).toBe('length = 4 tokens: must be 5, the rows of every input of this model');
  });

  it('is missed by name where the checkpoint has lost it', () => {
    const lost = at('lost');
    saveImport(lost, importFolder(classifier));
    rmSync(join(lost, 'host.safetensors'));
    expect(() => loadAnyCheckpoint(lost)).toThrow(/host\.safetensors: cannot be read \(ENOENT\); copy it again$/);
    saveEncoder(lost, loadAnyCheckpoint(classifier).encoder, { import: { steps: [{ kind: 'row', row: -1 }] } });
    expect(() => loadAnyCheckpoint(lost)).toThrow(/config\.json: meta\.import\.steps\.0\.row = -1: /);
    expect(() => loadAnyCheckpoint(lost)).toThrow(/config\.json: meta\.import\.classes: is missing; must be an integer/);
    saveImport(lost, importFolder(classifier));
    const config = JSON.parse(readFileSync(join(lost, 'config.json'), 'utf8')) as { meta: { import: { steps: object[] } } };
    config.meta.import.steps[2] = { kind: 'dense', path: 'other' };
    writeFileSync(join(lost, 'config.json'), JSON.stringify(config));
    expect(() => loadAnyCheckpoint(lost)).toThrow(
      /host\.safetensors: other: must be a layer of 16 inputs, weight and bias; import the model again$/,
    );
  });
});
