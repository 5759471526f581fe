import { mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sentenceModel } from '../../generator/data/use/sentence-encoder.js';
import { textEncoder } from '../../generator/data/tokenizer.js';
import { importModel } from '../../generator/import/import-model.js';
import { loadAnyCheckpoint } from '../../generator/import/load-any.js';
import { importTfjs } from '../../generator/import/read-tfjs.js';
import { verifyTfjs } from '../../generator/import/verify-tfjs.js';

const root = mkdtempSync(join(tmpdir(), 'trexgen-tfjs-'));
afterAll(() => rmSync(root, { recursive: true }));

interface GraphNode {
  readonly name: string;
  op: string;
  input?: string[];
}
interface Weights {
  readonly paths: string[];
  readonly weights: { readonly name: string; readonly shape: number[]; dtype: string; quantization?: unknown }[];
}
interface GraphModel {
  format?: string;
  readonly modelTopology: { readonly node: GraphNode[] };
  readonly weightsManifest: [Weights];
}

/** The folder of the model with another model.json. */
function changed(change: (model: GraphModel) => void): string {
  const folder = mkdtempSync(join(root, 'model-'));
  const model = JSON.parse(readFileSync(join(sentenceModel(), 'model.json'), 'utf8')) as GraphModel;
  change(model);
  writeFileSync(join(folder, 'model.json'), JSON.stringify(model));
  for (const name of readdirSync(sentenceModel()).filter((one) => one.startsWith('group1')))
    symlinkSync(join(sentenceModel(), name), join(folder, name));
  return folder;
}

const node = ({ modelTopology }: GraphModel, end: string): GraphNode => modelTopology.node.find(({ name }) => name.endsWith(end))!;

describe('graph models of TensorFlow.js', () => {
  it('Universal Sentence Encoder lite comes in with its narrow first block, and computes what TensorFlow.js computes', async () => {
    const imported = await importModel(sentenceModel());
    expect(imported.report.unsupported).toEqual([]);
    expect(imported.encoder!.config).toEqual({
      input: 'ids',
      vocabulary: 8002,
      featureCount: 0,
      width: 512,
      inputWidth: 256,
      layers: 2,
      heads: 4,
      hidden: 1536,
      maxLength: 128,
      classes: 512,
      head: 'sequence',
      norm: 'pre',
      finalNorm: false,
      activation: 'relu',
      causal: false,
      normEpsilon: Math.fround(1e-6),
      columnScales: true,
    });
    expect(imported.steps).toEqual([{ kind: 'tanh' }, { kind: 'normalise' }]);
    expect(
      imported.report.mapped[
        'module/Encoder_en/KonaTransformer/Encode/Layer_0/TransformerLayer/MultiheadAttention/qkv_transform_single/kernel/part_0'
      ],
    ).toBe('layers.0.query.weight, layers.0.key.weight, layers.0.value.weight');
    const { largestDifference, equal } = await verifyTfjs(sentenceModel(), imported);
    expect(equal).toBe(true);
    expect(largestDifference).toBeLessThan(1e-5);
    const { encoder } = loadAnyCheckpoint(sentenceModel());
    expect(Buffer.from(encoder.embedding.buffer).equals(Buffer.from(imported.encoder!.embedding.buffer))).toBe(true);
  });

  it('a comparison with other weights differs', async () => {
    const imported = importTfjs(sentenceModel());
    imported.encoder!.positions.fill(0);
    expect((await verifyTfjs(sentenceModel(), imported)).equal).toBe(false);
  });

  it('text becomes ids by vocab.json beside the model', () => {
    const encode = textEncoder(sentenceModel())!;
    const ids = encode('The cat sat.');
    expect([ids.length > 2, ids.every((id) => id < 8002)]).toEqual([true, true]);
    expect(encode('The cat sat.')).toEqual(ids);
  });

  it.each([
    ['Layer_1/TransformerLayer/FFN/conv1/Relu', 'Elu', 'is not understood'],
    ['Layer_0/TransformerLayer/MultiheadAttention/DotProductAttention/BaseDotProductAttention/Softmax', 'Sigmoid', 'is not understood'],
    ['Layer_0/AddTimingSignal/TimingSignal/Sin', 'Atan', 'is not understood'],
    ['FFN/layer_prepostprocess/layer_norm/Rsqrt', 'Sqrt', 'is not understood'],
    ['Encoder_en/hidden_layers/tanh_layer_0/Tanh', 'Sigmoid', 'is not understood'],
  ])('a graph with another operator at %s is refused by that node', (end, op, why) => {
    let name = '';
    const folder = changed((model) => {
      const found = node(model, end);
      found.op = op;
      name = found.name;
    });
    expect(importTfjs(folder).report.unsupported).toEqual([
      expect.stringContaining(`${join(folder, 'model.json')}: node ${name} (${op}): ${why}; the encoder that is known has`),
    ]);
  });

  it('a residual that is not the one of the block is refused', () => {
    const folder = changed((model) => {
      const sum = node(model, 'Layer_1/TransformerLayer/layer_postprocess/add');
      sum.input = [sum.input![0]!, node(model, 'Layer_0/TransformerLayer/layer_postprocess/add').name];
    });
    expect(importTfjs(folder).report.unsupported[0]).toContain('is not the sum of attention and what it reads');
  });

  it('weights that are missing, quantised or of another type are named', () => {
    const refusal =
      (change: (model: GraphModel) => void): (() => unknown) =>
      () =>
        importTfjs(changed(change));
    expect(refusal(({ weightsManifest: [{ paths }] }) => void paths.pop())).toThrow(
      'hold 25165824 bytes; the weights that are listed need 27903656',
    );
    expect(refusal(({ weightsManifest: [{ paths }] }) => void (paths[0] = 'none'))).toThrow('none: cannot be read (ENOENT)');
    expect(refusal(({ weightsManifest: [{ paths }] }) => void (paths[0] = '../x'))).toThrow(
      'must be the name of a file in the same folder',
    );
    expect(refusal(({ weightsManifest: [{ weights }] }) => void (weights[0]!.dtype = 'complex64'))).toThrow(
      '.dtype = complex64: must be one of float32, int32, bool',
    );
    expect(refusal(({ weightsManifest: [{ weights }] }) => void (weights[0]!.quantization = {}))).toThrow('has quantised weights');
    expect(refusal((model) => void (model.format = 'layers-model'))).toThrow('format = layers-model: is not read');
  });

  it('tensors of ONNX files cannot be named', async () => {
    await expect(importModel(sentenceModel(), { from: 'x' })).rejects.toThrow('from = x: tensors of an ONNX file are named so');
  });
});
