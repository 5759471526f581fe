import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { forward } from '../../generator/compress/forward.js';
import { runHostSteps } from '../../generator/model/host-steps.js';
import type { Imported, ImportOptions } from '../../generator/import/imported.js';
import { importFolder } from '../../generator/import/read-folder.js';
import { saveImport } from '../../generator/import/save.js';
import { loadEncoder } from '../../generator/model/checkpoint.js';
import { writeSafetensors } from '../../generator/model/safetensors.js';
import { readSafetensors } from '../support/read-safetensors.js';
import { tensorOf } from '../../generator/model/tensor-values.js';
import { randomFrom } from '../../generator/util/random.js';
import {
  bertModel,
  distilbertModel,
  linearShapes,
  randomTensors,
  robertaModel,
  sentenceModel,
  vitModel,
  wordPiece,
  writeHubFolder,
  type HubModel,
} from '../support/hub-folder.js';
import { bertStates, distilbertStates, Parts, vitStates, type Reference, type Row, type Rows } from './reference.js';

const folder = mkdtempSync(join(tmpdir(), 'trexgen-import-'));
afterAll(() => rmSync(folder, { recursive: true }));
let made = 0;

interface Written extends Reference {
  readonly path: string;
}

function write(model: HubModel, seed = 1, dtype: 'F32' | 'F16' | 'BF16' = 'F32'): Written {
  const tensors = randomTensors(model.shapes, seed, dtype);
  return { path: writeHubFolder(join(folder, `m${made++}`), model, tensors), config: model.config, tensors };
}

const width = 16;
const ids = [3, 17, 39, 0, 8];
const noTypes = ids.map(() => 0);

/** Largest difference of the import's outputs, host included, to those of the reference. */
function difference(
  path: string,
  example: { readonly ids?: Row; readonly features?: Rows },
  wanted: Rows,
  options: ImportOptions = {},
): number {
  const imported = importFolder(path, options);
  expect(imported.report.unsupported).toEqual([]);
  return largest(outputsOf(imported, example), wanted.flat());
}

function outputsOf(imported: Imported, { ids, features }: { readonly ids?: Row; readonly features?: Rows }): Float64Array {
  const encoder = imported.encoder!;
  const length = ids?.length ?? features!.length;
  const labels = new Int32Array(encoder.config.head === 'sequence' ? 1 : length);
  const outputs = forward(encoder, {
    length,
    labels,
    ...(ids && { ids: Int32Array.from(ids) }),
    ...(features && { features: Float32Array.from(features.flat()) }),
  });
  return runHostSteps(imported.steps, outputs, encoder.config.classes, (name) => ({
    weights: imported.hostTensors.get(`${name}.weight`)!.values,
    bias: imported.hostTensors.get(`${name}.bias`)!.values,
  }));
}

function largest(found: ArrayLike<number>, wanted: Row): number {
  expect(found.length).toBe(wanted.length);
  return Math.max(...wanted.map((value, i) => Math.abs(value - found[i]!)));
}

const mean = (rows: Rows): Row => rows[0]!.map((_, f) => rows.reduce((sum, row) => sum + row[f]! / rows.length, 0));
const unit = (row: Row): Row => row.map((value) => value / Math.hypot(...row));

describe('Hugging Face folders come in as the source computes them', () => {
  it('BertModel: hidden states; its pooler is kept for the host', () => {
    const model = write(bertModel('BertModel', { pooler: true }));
    expect(difference(model.path, { ids }, bertStates(model, '', ids, noTypes))).toBeLessThan(1e-4);
    const { report, hostTensors } = importFolder(model.path);
    expect({ ...report, mapped: Object.keys(report.mapped).length }).toEqual({
      architecture: 'BertModel',
      layers: 2,
      width,
      mapped: model.tensors.size,
      host: [
        'tokenizer: the folder has no tokenizer.json; inputs are ids',
        'embeddings: rows of the table and of positions are added, and rounded to 8 bits',
        'token types: type t of a token is row 40 + t of the table beside its own, as in {"ids": [[17, 40], [4, 41]]}; without it a token has type 0',
        'outputs: those of the encoder, for every token',
        'pooler: tanh of pooler.dense of the first row of outputs, where it is wanted',
      ],
      unsupported: [],
    });
    expect(report.mapped['encoder.layer.1.attention.self.key.weight']).toBe('layers.1.key.weight');
    expect([...hostTensors.keys()]).toEqual(['pooler.dense.weight', 'pooler.dense.bias']);
  });

  it('token types other than the first: a row of the table beside the word', () => {
    const model = write(bertModel('BertModel'));
    const types = [0, 0, 1, 1, 1];
    const { encoder } = importFolder(model.path);
    const both = Int32Array.from(ids.flatMap((id, t) => [id, 40 + types[t]!]));
    const found = forward(encoder!, { length: ids.length, ids: both, labels: new Int32Array(ids.length) });
    expect(largest(found, bertStates(model, '', ids, types).flat())).toBeLessThan(1e-4);
  });

  it.each(['F32', 'F16', 'BF16'] as const)('BertForTokenClassification in %s, with and without the old names of LayerNorm', (dtype) => {
    const model = write(
      bertModel('BertForTokenClassification', { prefix: 'bert.', pooler: true, head: linearShapes('classifier', 7, width) }),
      2,
      dtype,
    );
    const wanted = new Parts(model.tensors, '').linear('classifier', bertStates(model, 'bert.', ids, noTypes));
    expect(difference(model.path, { ids }, wanted)).toBeLessThan(1e-4);
    const old = new Map(
      [...model.tensors].map(([name, tensor]) => [
        name.replace('LayerNorm.weight', 'LayerNorm.gamma').replace('LayerNorm.bias', 'LayerNorm.beta'),
        tensor,
      ]),
    );
    writeFileSync(join(model.path, 'model.safetensors'), writeSafetensors(old));
    expect(difference(model.path, { ids }, wanted)).toBeLessThan(1e-4);
  });

  it('BertForSequenceClassification: pooler on the chip, tanh and classes on the host; one class is enough', () => {
    for (const classes of [1, 3]) {
      const model = write(
        bertModel('BertForSequenceClassification', { prefix: 'bert.', pooler: true, head: linearShapes('classifier', classes, width) }),
      );
      const pooled = new Parts(model.tensors, 'bert.').linear('pooler.dense', bertStates(model, 'bert.', ids, noTypes).slice(0, 1));
      const wanted = new Parts(model.tensors, '').linear(
        'classifier',
        pooled.map((row) => row.map(Math.tanh)),
      );
      expect(difference(model.path, { ids }, wanted)).toBeLessThan(1e-4);
    }
  });

  it('BertForMaskedLM: its head is refused by name, and left out by --head none', () => {
    const model = write(bertModel('BertForMaskedLM', { prefix: 'bert.', head: { 'cls.predictions.bias': [40] } }));
    expect(importFolder(model.path).report.unsupported).toEqual([
      'architectures = BertForMaskedLM: its head is not computed; import the encoder alone with --head none, or needs a head of sequences or tokens',
      `${join(model.path, 'model.safetensors')}: cls.predictions.bias: is not known of bert; needs a layer that config.json describes, or to be removed`,
    ]);
    expect(difference(model.path, { ids }, bertStates(model, 'bert.', ids, noTypes), { head: 'none' })).toBeLessThan(1e-4);
    expect(importFolder(model.path, { head: 'none' }).report.host).toContain('left out by --head none: cls.predictions.bias');
  });

  it('roberta: positions begin behind the padding; heads of sequences and tokens', () => {
    const sequence = { ...linearShapes('classifier.dense', width, width), ...linearShapes('classifier.out_proj', 3, width) };
    const model = write(robertaModel('RobertaForSequenceClassification', { prefix: 'roberta.', head: sequence }));
    const parts = new Parts(model.tensors, '');
    const dense = parts.linear('classifier.dense', bertStates(model, 'roberta.', ids, noTypes, 2).slice(0, 1));
    const wanted = parts.linear(
      'classifier.out_proj',
      dense.map((row) => row.map(Math.tanh)),
    );
    expect(difference(model.path, { ids }, wanted)).toBeLessThan(1e-4);
    expect(importFolder(model.path).encoder!.config.maxLength).toBe(10);
  });

  it('distilbert, with its own names of fields', () => {
    const head = { ...linearShapes('pre_classifier', width, width), ...linearShapes('classifier', 2, width) };
    const model = write(distilbertModel('DistilBertForSequenceClassification', 'distilbert.', head));
    const parts = new Parts(model.tensors, '');
    const dense = parts.linear('pre_classifier', distilbertStates(model, 'distilbert.', ids).slice(0, 1));
    const wanted = parts.linear(
      'classifier',
      dense.map((row) => row.map((value) => Math.max(0, value))),
    );
    expect(difference(model.path, { ids }, wanted)).toBeLessThan(1e-4);
  });

  it('sentence-transformers: the mean on the chip or the first row on the host, then length 1', () => {
    const encoder = bertModel('BertModel', { pooler: true });
    const model = write(sentenceModel(encoder));
    const states = bertStates(model, '', ids, noTypes);
    expect(difference(model.path, { ids }, [unit(mean(states))])).toBeLessThan(1e-5);
    expect(importFolder(model.path).encoder!.config).toMatchObject({ head: 'sequence', classes: width });
    const first = write(sentenceModel(encoder, 'pooling_mode_cls_token'));
    expect(difference(first.path, { ids }, [unit(states[0]!)])).toBeLessThan(1e-5);
    const most = write(sentenceModel(encoder, 'pooling_mode_max_tokens'));
    expect(importFolder(most.path).report.unsupported).toEqual([
      `${join(most.path, '1_Pooling', 'config.json')}: pooling_mode_max_tokens = true: is not computed; needs pooling_mode_mean_tokens or pooling_mode_cls_token alone`,
    ]);
    // Without its head any of them is the encoder alone.
    for (const { path } of [model, most]) {
      expect(difference(path, { ids }, states, { head: 'none' })).toBeLessThan(1e-4);
      expect(importFolder(path, { head: 'none' }).report.host.slice(-3)).toEqual([
        'outputs: those of the encoder, for every token',
        'pooler: tanh of pooler.dense of the first row of outputs, where it is wanted',
        'Pooling and Normalize of modules.json: left out by --head none',
      ]);
    }
  });

  it('sentence-transformers: no longer texts than the source reads; what it does to texts before is told', () => {
    const encoder = bertModel('BertModel');
    const model = sentenceModel(encoder);
    const withFiles = (files: object): string => write({ ...model, files: { ...model.files, ...files } }).path;
    const path = withFiles({
      'sentence_bert_config.json': { max_seq_length: 5, do_lower_case: true },
      'config_sentence_transformers.json': { prompts: { query: 'query: ', passage: '' }, default_prompt_name: 'query' },
      '1_Pooling/config.json': { pooling_mode_mean_tokens: true, include_prompt: false },
    });
    const states = bertStates(write(encoder), '', ids, noTypes);
    expect(difference(path, { ids }, [unit(mean(states))])).toBeLessThan(1e-5);
    const { encoder: cut, report } = importFolder(path);
    expect(cut!.config.maxLength).toBe(5);
    const out = join(folder, 'cut');
    saveImport(out, importFolder(path));
    expect(readSafetensors(readFileSync(join(out, 'model.safetensors')), out).get('positions.weight')!.shape).toEqual([5, width]);
    expect(report.host).toEqual(
      expect.arrayContaining([
        'length: at most 5 tokens (max_seq_length of sentence_bert_config.json), of 12 positions; the source cuts longer texts, here they are refused',
        'lower case: the source turns every text into it (do_lower_case of sentence_bert_config.json); give texts in lower case',
        'pooling: the mean is of all tokens; the source leaves those of a prompt out of it (include_prompt = false of 1_Pooling/config.json), so give texts without one',
        'prompt: the source puts "query: " before every text (prompts.query); begin texts with it',
      ]),
    );
    // More than the positions, or null: they are the limit; an empty prompt changes nothing.
    for (const tokens of [256, null]) {
      const whole = importFolder(
        withFiles({
          'sentence_bert_config.json': { max_seq_length: tokens },
          'config_sentence_transformers.json': { prompts: { query: 'query: ', passage: '' }, default_prompt_name: 'passage' },
        }),
      );
      expect(whole.encoder!.config.maxLength).toBe(12);
      expect(whole.report.host.join()).not.toMatch(/length: at most|lower case|prompt/);
    }
    const roberta = sentenceModel(robertaModel('RobertaModel'));
    const { 'sentence_bert_config.json': texts, ...files } = roberta.files as Record<string, object>;
    const named = { ...files, 'sentence_roberta_config.json': { ...texts, max_seq_length: 4 } };
    expect(importFolder(write({ ...roberta, files: named }).path).encoder!.config.maxLength).toBe(4);
  });

  it.each([
    ['ViTForImageClassification', 'vit'],
    ['DeiTForImageClassification', 'deit'],
  ] as const)('%s: rows of zeros stand for the tokens before the patches', (architecture, type) => {
    const model = write(vitModel(architecture, type, linearShapes('classifier', 4, width)));
    const random = randomFrom(7);
    const pixels = Array.from({ length: 3 }, () => Array.from({ length: 8 }, () => Array.from({ length: 8 }, () => 2 * random() - 1)));
    const states = vitStates(model, `${type}.`, pixels);
    const wanted = new Parts(model.tensors, '').linear('classifier', states.slice(0, 1));
    const patches = [0, 1, 2, 3].map((p) =>
      pixels.flatMap((rows) => rows.slice(4 * (p >> 1), 4 * (p >> 1) + 4).flatMap((row) => row.slice(4 * (p % 2), 4 * (p % 2) + 4))),
    );
    const before = Array.from({ length: type === 'deit' ? 2 : 1 }, () => Array.from({ length: 48 }, () => 0));
    expect(difference(model.path, { features: [...before, ...patches] }, wanted)).toBeLessThan(1e-4);
  });

  it('shards with an index, and a checkpoint that compress reads to the bit, with what the host needs beside it', () => {
    const model = write(sentenceModel(bertModel('BertModel', { pooler: true })));
    const single = join(model.path, 'model.safetensors');
    const all = [...readSafetensors(readFileSync(single), single)];
    const parts = [all.slice(0, 9), all.slice(9)];
    parts.forEach((part, i) => writeFileSync(join(model.path, `model-0000${i + 1}-of-00002.safetensors`), writeSafetensors(new Map(part))));
    renameSync(single, join(folder, 'moved'));
    const map = Object.fromEntries(parts.flatMap((part, i) => part.map(([name]) => [name, `model-0000${i + 1}-of-00002.safetensors`])));
    writeFileSync(join(model.path, 'model.safetensors.index.json'), JSON.stringify({ weight_map: map }));
    const imported = importFolder(model.path);
    const out = join(folder, 'saved');
    saveImport(out, imported);
    expect(loadEncoder(out)).toEqual(imported.encoder);
    expect(['tokenizer.json', 'host.safetensors'].every((name) => existsSync(join(out, name)))).toBe(true);
    expect(imported.encoder!.task).toBe(model.path.split('/').at(-1));

    // Another model into the same folder: what the first one had beside it goes, what it did not write stays.
    writeFileSync(join(out, 'notes.txt'), 'mine');
    const bare = importFolder(write(bertModel('BertModel')).path);
    saveImport(out, { ...bare, hostFiles: [] });
    expect(readdirSync(out).sort()).toEqual(['config.json', 'model.safetensors', 'notes.txt']);
    expect(loadEncoder(out)).toEqual(bare.encoder);
    // One that cannot be written whole leaves no checkpoint of two models.
    mkdirSync(join(out, 'host.safetensors'));
    expect(() => saveImport(out, imported)).toThrow(/host\.safetensors: /);
    expect(existsSync(join(out, 'config.json'))).toBe(false);
  });
});

describe('bad folders are refused at once, by what is wrong', () => {
  const problemsOf = (model: HubModel, change: (path: string) => void = () => undefined): readonly string[] => {
    const { path } = write(model);
    change(path);
    try {
      return importFolder(path).report.unsupported.map((problem) => problem.replaceAll(`${path}/`, ''));
    } catch (error) {
      return (error as { problems: readonly string[] }).problems.map((problem) => problem.replaceAll(`${path}/`, ''));
    }
  };
  const withConfig = (fields: Readonly<Record<string, unknown>>): HubModel => {
    const model = bertModel('BertModel');
    return { ...model, config: { ...model.config, ...fields } };
  };

  it('names what the model or the hardware cannot hold', () => {
    expect(
      problemsOf(withConfig({ hidden_act: 'mish', position_embedding_type: 'relative_key', is_decoder: true, pruned_heads: { 0: [1] } })),
    ).toEqual([
      'config.json: hidden_act = mish: is not computed; needs gelu, gelu_python, relu, gelu_new, gelu_fast, gelu_pytorch_tanh, gelu_accurate, gelu_python_tanh, quick_gelu, silu, swish',
      'config.json: position_embedding_type = relative_key: a relative position bias is not computed; needs absolute positions',
      'config.json: is_decoder = true: decoders are not supported; needs an encoder',
      'config.json: pruned_heads: blocks of different numbers of heads are not supported',
    ]);
    expect(problemsOf(withConfig({ model_type: 'mpnet' }))).toEqual([
      'config.json: model_type = mpnet: it has a relative position bias, which the hardware does not compute; known are bert, roberta, xlm-roberta, camembert, distilbert, vit, deit',
    ]);
    expect(problemsOf(withConfig({ model_type: 'unheard-of' }))[0]).toMatch(
      /^config\.json: model_type = unheard-of: is not a known family; /,
    );
    expect(problemsOf(withConfig({ num_attention_heads: 3 }))).toEqual(['config.json: width = 16: must be a multiple of heads = 3']);
    const token = bertModel('BertForTokenClassification', { prefix: 'bert.', head: linearShapes('classifier', 1, width) });
    expect(problemsOf(token)).toEqual([
      'model.safetensors: classifier.weight.shape = [1, 16]: must have 2 rows or more, one a class; import the encoder alone with --head none',
    ]);
  });

  it('names a class of another family, and padding that is no row; custom classes are left alone', () => {
    expect(problemsOf(withConfig({ architectures: ['RobertaModel'] }))).toEqual([
      'config.json: architectures = RobertaModel: is a class of roberta, not of model_type = bert; give both as the source of the weights has them',
    ]);
    for (const name of ['MyModel', 'ViTMAEModel', 'Roberta']) expect(problemsOf(withConfig({ architectures: [name] }))).toEqual([]);
    const roberta = robertaModel('XLMRobertaModel');
    const padded = (value: unknown): readonly string[] => problemsOf({ ...roberta, config: { ...roberta.config, pad_token_id: value } });
    for (const value of [-5, -1, 1.5])
      expect(padded(value)).toEqual([`config.json: pad_token_id = ${value}: must be an integer of at least 0, or null`]);
    expect(padded(null)).toEqual([]);
  });

  it('names biases of Q, K and V that config.json says are absent', () => {
    const { config, shapes } = vitModel('ViTModel', 'vit', undefined, { layers: 1 });
    const named = ['query', 'key', 'value'].map((part) => `encoder.layer.0.attention.attention.${part}.bias`);
    expect([...problemsOf({ config: { ...config, qkv_bias: false }, shapes })].sort()).toEqual(
      named
        .map((name) => `model.safetensors: ${name}: is not known of vit; needs a layer that config.json describes, or to be removed`)
        .sort(),
    );
    const without = Object.fromEntries(Object.entries(shapes).filter(([name]) => !named.includes(name)));
    expect(problemsOf({ config: { ...config, qkv_bias: false }, shapes: without })).toEqual([]);
    // A field that bert does not have.
    expect(problemsOf(withConfig({ qkv_bias: false }))).toEqual([]);
  });

  it('names wrong, missing and unknown tensors together', () => {
    const { config, shapes } = bertModel('BertModel');
    const changed: Record<string, readonly number[]> = { ...shapes, 'embeddings.position_embeddings.weight': [12, 8] };
    delete changed['encoder.layer.1.output.dense.bias'];
    expect(problemsOf({ config: { ...config, vocab_size: 50 }, shapes: changed })).toEqual([
      'model.safetensors: embeddings.word_embeddings.weight.shape = [40, 16]: must be [50, 16]; config.json and the weights are of different models',
      'model.safetensors: embeddings.position_embeddings.weight.shape = [12, 8]: must be [12, 16]; config.json and the weights are of different models',
      'model.safetensors: encoder.layer.1.output.dense.bias: is missing; needs [16] of F64, F32, F16, BF16',
    ]);
    expect(problemsOf({ config, shapes: { ...shapes, 'encoder.relative_attention_bias.weight': [32, 4] } })).toEqual([
      'model.safetensors: encoder.relative_attention_bias.weight: is not known of bert; needs a layer that config.json describes, or to be removed',
    ]);
  });

  it('names values, kinds of numbers, files', () => {
    const model = bertModel('BertModel');
    const save = (name: string, dtype: 'F32' | 'I32', value: number) => (path: string) => {
      const tensors = randomTensors(model.shapes, 1);
      const { shape } = tensors.get(name)!;
      tensors.set(name, tensorOf(dtype, shape, new Float64Array(shape.reduce((a, b) => a * b)).fill(value)));
      writeFileSync(join(path, 'model.safetensors'), writeSafetensors(tensors));
    };
    expect(problemsOf(model, save('encoder.layer.0.output.dense.bias', 'F32', NaN))).toEqual([
      'model.safetensors: encoder.layer.0.output.dense.bias[0] = NaN: must be a finite number; take a checkpoint from before it diverged',
    ]);
    expect(problemsOf(model, save('encoder.layer.0.output.dense.bias', 'I32', 1))).toEqual([
      'model.safetensors: encoder.layer.0.output.dense.bias.dtype = I32: must be one of F64, F32, F16, BF16',
    ]);
    expect(problemsOf(model, (path) => renameSync(join(path, 'model.safetensors'), join(path, 'pytorch_model.bin')))).toEqual([
      'pytorch_model.bin: pickled weights are programs and are not read; store them as model.safetensors with save_pretrained',
    ]);
    expect(problemsOf(model, (path) => rmSync(join(path, 'model.safetensors')))[0]).toMatch(
      /^model\.safetensors: cannot be read \(ENOENT\)/,
    );
    const range = 'must be an integer in 1 .. 16777216';
    expect(problemsOf(withConfig({ hidden_size: 'wide' }))).toEqual([`config.json: hidden_size = "wide": ${range}`]);
    expect(problemsOf(withConfig({ num_attention_heads: 2.5 }))).toEqual([`config.json: num_attention_heads = 2.5: ${range}`]);
    expect(problemsOf(withConfig({ vocab_size: 1e12 }))).toEqual([`config.json: vocab_size = 1000000000000: ${range}`]);
    expect(problemsOf(withConfig({ hidden_size: undefined }))).toEqual([`config.json: hidden_size: is missing; ${range}`]);
  });

  it('names what a tokenizer cannot be read by, before its files are copied', () => {
    const model = sentenceModel(bertModel('BertModel'));
    const made = wordPiece(40) as { model: { vocab: Record<string, number> }; added_tokens: { content: string }[] };
    const of = (changes: object, inModel: object = {}, files: object = {}): readonly string[] =>
      problemsOf({
        ...model,
        files: { ...model.files, 'tokenizer.json': { ...made, ...changes, model: { ...made.model, ...inModel } }, ...files },
      });
    const id = 'must be an integer in 0 .. 39';
    expect(of({}, { vocab: { ...made.model.vocab, a: -1, b: 2.5 } })).toEqual([
      `tokenizer.json: model.vocab.a = -1: ${id}`,
      `tokenizer.json: model.vocab.b = 2.5: ${id}`,
    ]);
    expect(of({ added_tokens: [{ content: '[PAD]', id: '0' }] })).toEqual([`tokenizer.json: added_tokens.0.id = "0": ${id}`]);
    expect(of({}, { vocab: [['a', 0], 'b'] })[0]).toMatch(/^tokenizer\.json: model\.vocab\.1 = "b": must be a list of 2 entries/);
    expect(of({}, { vocab: [['a', 0]], type: 'Unigram', unk_id: 1, unk_token: undefined })).toEqual([
      'tokenizer.json: model.unk_id = 1: must be an integer in 0 .. 0, a token of the vocabulary',
    ]);
    expect(of({}, { type: 'Patches' })[0]).toMatch(
      /^tokenizer\.json: model\.type = "Patches": must be one of BPE, Unigram, WordLevel, WordPiece/,
    );
    expect(of({ added_tokens: [] }, { vocab: {}, unk_token: null })).toEqual(['tokenizer.json: model.vocab = {}: has no tokens']);
    expect(of({}, { unk_token: '<other>' })).toEqual([
      'tokenizer.json: model.unk_token = "<other>": is not in the vocabulary; give it an id there',
    ]);
    // The library takes the id of the vocabulary, the source that of the template.
    const template = {
      type: 'TemplateProcessing',
      single: [],
      pair: [],
      special_tokens: { '[CLS]': { id: '[CLS]', ids: [7], tokens: ['[CLS]'] } },
    };
    expect(of({ post_processor: template })).toEqual([
      'tokenizer.json: post_processor.special_tokens: "[CLS]" = 7: must be its id in the vocabulary, 2',
    ]);
    expect(of({ post_processor: { type: 'BertProcessing', sep: ['[SEP]', 3], cls: ['[CLS]', 9] } })).toEqual([
      'tokenizer.json: post_processor.cls: "[CLS]" = 9: must be its id in the vocabulary, 2',
    ]);
    const unknown = 'tokenizer.json: @huggingface/tokenizers does not take it';
    expect(of({ pre_tokenizer: { type: 'Runes' } })).toEqual([`${unknown} (Unknown PreTokenizer type: Runes); copy it again, or give ids`]);
    // Looked at only when a text is read.
    expect(of({}, { type: 'BPE', merges: undefined, unk_token: null })).toEqual([`${unknown}; copy it again, or give ids`]);
    // The template's own tokens, even where an unknown word has an id.
    expect(of({ added_tokens: [] }, { vocab: { ...made.model.vocab, '[CLS]': undefined } })).toEqual([
      'tokenizer.json: post_processor: adds "[CLS]", which is not in the vocabulary; give it an id there',
    ]);
    expect(of({ post_processor: { type: 'TemplateProcessing', single: [{ SpecialToken: {} }] } })).toEqual([
      'tokenizer.json: post_processor: adds "undefined", which is not in the vocabulary; give it an id there',
    ]);
    expect(of({ added_tokens: [] }, { vocab: { ...made.model.vocab, '[CLS]': 40 } })[0]).toMatch(
      /^tokenizer\.json: "\[CLS\]" = 40: the vocabulary is larger than the embedding table of 40 rows; /,
    );
    expect(of({}, { unk_token: undefined })).toEqual([]);
    expect(of({}, {}, { 'tokenizer_config.json': [] })).toEqual(['tokenizer_config.json: file = []: must be an object']);
    // Beside what is wrong with the weights.
    const fewer: Record<string, readonly number[]> = { ...model.shapes };
    delete fewer['encoder.layer.0.output.dense.bias'];
    const files = { ...model.files, 'tokenizer.json': { ...made, pre_tokenizer: { type: 'Runes' } } };
    expect(problemsOf({ ...model, shapes: fewer, files }).map((problem) => problem.split(': ').slice(0, 2))).toEqual([
      ['model.safetensors', 'encoder.layer.0.output.dense.bias'],
      ['tokenizer.json', '@huggingface/tokenizers does not take it (Unknown PreTokenizer type'],
    ]);
  });

  it('names numbers of classes and a width of pooling that are those of another model', () => {
    const token = bertModel('BertForTokenClassification', { prefix: 'bert.', head: linearShapes('classifier', 3, width) });
    const labelled = (fields: object): readonly string[] => problemsOf({ ...token, config: { ...token.config, ...fields } });
    const differ = 'classifier.weight has 3 rows, one a class; config.json and the weights are of different models';
    expect(labelled({ id2label: { 0: 'a', 1: 'b' }, num_labels: 4 })).toEqual([
      `config.json: id2label: names 2 classes: ${differ}`,
      `config.json: num_labels = 4: ${differ}`,
    ]);
    expect(labelled({ id2label: { 0: 'a', 1: 'b', 2: 'c' }, num_labels: 3 })).toEqual([]);
    expect(labelled({ id2label: ['a'] })).toEqual(['config.json: id2label = ["a"]: must be an object, the number of a class to its name']);
    expect(labelled({ num_labels: 'three' })).toEqual(['config.json: num_labels = "three": must be an integer in 1 .. 16777216']);
    // Of a model without classes it says nothing.
    expect(problemsOf(withConfig({ id2label: { 0: 'a' } }))).toEqual([]);
    const model = sentenceModel(bertModel('BertModel'));
    const pooling = model.files!['1_Pooling/config.json'] as object;
    expect(
      problemsOf({ ...model, files: { ...model.files, '1_Pooling/config.json': { ...pooling, word_embedding_dimension: 384 } } }),
    ).toEqual([
      '1_Pooling/config.json: word_embedding_dimension = 384: must be the width of the encoder, 16; the folder is of different models',
    ]);
  });

  it('names what is wrong with the length and the prompt of a sentence pipeline', () => {
    const model = sentenceModel(bertModel('BertModel'));
    const of = (files: object): readonly string[] => problemsOf({ ...model, files: { ...model.files, ...files } });
    for (const value of [0, 2.5, '256'])
      expect(of({ 'sentence_bert_config.json': { max_seq_length: value } })).toEqual([
        `sentence_bert_config.json: max_seq_length = ${JSON.stringify(value)}: must be an integer of at least 1, or null`,
      ]);
    expect(of({ 'sentence_bert_config.json': { do_lower_case: 1 } })).toEqual([
      'sentence_bert_config.json: do_lower_case = 1: must be true or false',
    ]);
    expect(of({ 'config_sentence_transformers.json': { prompts: { query: 'q' }, default_prompt_name: 'other' } })).toEqual([
      'config_sentence_transformers.json: default_prompt_name = other: must be one of prompts: query',
    ]);
  });

  it('names every file that an index lists and the folder lacks', () => {
    const split = (path: string): void => {
      renameSync(join(path, 'model.safetensors'), join(folder, 'moved'));
      const [first, second] = ['model-1-of-2.safetensors', 'model-2-of-2.safetensors'];
      writeFileSync(join(path, 'model.safetensors.index.json'), JSON.stringify({ weight_map: { a: first, b: second, c: first } }));
    };
    const lacks = 'cannot be read (ENOENT); model.safetensors.index.json lists it; copy it too';
    expect(problemsOf(bertModel('BertModel'), split)).toEqual([`model-1-of-2.safetensors: ${lacks}`, `model-2-of-2.safetensors: ${lacks}`]);
  });

  it('names a vocabulary that is larger than the table', () => {
    const model = sentenceModel(bertModel('BertModel'));
    const larger = sentenceModel(bertModel('BertModel', {}, { vocabulary: 60 }));
    expect(problemsOf({ ...model, files: { ...model.files, 'tokenizer.json': larger.files!['tokenizer.json'] } })).toEqual([
      'tokenizer.json: "wc" = 59: the vocabulary is larger than the embedding table of 40 rows; use the tokenizer of this model'.replace(
        'wbb',
        'wc',
      ),
    ]);
  });
});
