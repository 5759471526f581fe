import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { writeSafetensors } from '../../generator/model/safetensors.js';
import { tensorOf } from '../../generator/model/tensor-values.js';
import { loadAnyCheckpoint } from '../../generator/import/load-any.js';
import { bertModel, linearShapes, randomTensors, sentenceModel, vitModel, writeHubFolder } from '../support/hub-folder.js';
import { randomEncoder } from '../compress/random-encoder.js';
import { styles, writeOnnx } from '../support/onnx-graph.js';
import { trexgen } from '../support/cli.js';

const folder = mkdtempSync(join(tmpdir(), 'trexgen-import-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

const lines = (count: number, rest: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => `{"ids":[2,${i % 40},${(7 * i) % 40},3]${rest(i)}}\n`).join('');

interface FormAnswer {
  readonly steps: readonly { readonly accuracy: number }[];
  readonly choice: { readonly factorized: { readonly cosine: number } };
}

interface RunAnswer {
  readonly metric: { readonly percent: number };
  readonly inputs: readonly { readonly values: readonly number[]; readonly predicted: readonly number[] }[];
}

const good = writeHubFolder(at('good'), sentenceModel(bertModel('BertModel', { pooler: true }, { width: 32, hidden: 32 })));

describe('import', () => {
  it('lists what becomes of the model, and writes a checkpoint whose image is that of the folder itself', async () => {
    const { exitCode, stdout, stderr } = await trexgen('import', good, '--out', at('ckpt'), '--task', 'good');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toBe(`architecture BertModel, 2 layers, 32 wide
mapped       39 tensors
host         tokenizer: text to ids, by tokenizer.json beside the checkpoint
             embeddings: rows of the table and of positions are added, and rounded to 8 bits
             token types: type t of a token is row 40 + t of the table beside its own, as in {"ids": [[17, 40], [4, 41]]}; without it a token has type 0
             outputs: the head is an identity of the width, whose results are pooled
             L2: outputs are divided by their length
             pooler.dense: not used by the pipeline of modules.json
unsupported  nothing

${at('ckpt')} written
`);
    writeFileSync(at('in.jsonl'), '{"ids":[2,7,9,3]}\n{"ids":[[2,40],[30,41],[3,41]]}\n');
    const hashes: string[] = [];
    for (const name of ['ckpt', 'good']) {
      const argv = ['compress', '--checkpoint', at(name), '--inputs', at('in.jsonl'), '--no-factorize', '--json', '--preset', 'tiny'];
      const result = await trexgen(...argv);
      expect(result.stderr).toBe('');
      hashes.push((JSON.parse(result.stdout) as { image: { sha256: string } }).image.sha256);
    }
    expect(hashes[0]).toBe(hashes[1]);
  });

  it('names what is not supported, with exit code 2, and writes nothing', async () => {
    const model = bertModel('BertModel');
    const bad = writeHubFolder(at('bad'), { ...model, config: { ...model.config, hidden_act: 'mish' } });
    const { exitCode, stdout, stderr } = await trexgen('import', bad, '--out', at('none'), '--json');
    const problem = `${join(bad, 'config.json')}: hidden_act = mish: is not computed; needs gelu, gelu_python, relu, gelu_new, gelu_fast, gelu_pytorch_tanh, gelu_accurate, gelu_python_tanh, quick_gelu, silu, swish`;
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: `${problem}\n` });
    expect(JSON.parse(stdout)).toMatchObject({ architecture: 'BertModel', layers: 2, width: 16, unsupported: [problem] });
    expect(Object.keys(JSON.parse(stdout) as object)).toEqual(['architecture', 'layers', 'width', 'mapped', 'host', 'unsupported']);
    expect(existsSync(at('none')) ? readdirSync(at('none')) : []).toEqual([]);
    expect((await trexgen('compress', '--checkpoint', bad)).stderr).toBe(`${problem}\n`);
  });

  it('lists everything first where weights are missing, too', async () => {
    const model = bertModel('BertForTokenClassification');
    const shapes = Object.fromEntries(Object.entries(model.shapes).filter(([name]) => !name.startsWith('classifier')));
    const headless = writeHubFolder(at('headless'), { ...model, shapes });
    const { exitCode, stdout } = await trexgen('import', headless, '--out', at('none'), '--json');
    const { unsupported, ...report } = JSON.parse(stdout) as { unsupported: string[]; layers: number };
    expect({ exitCode, layers: report.layers }).toEqual({ exitCode: 2, layers: 2 });
    expect(unsupported.map((line) => /: (\S+): is missing/.exec(line)?.[1])).toEqual(['classifier.weight', 'classifier.bias']);
    rmSync(join(headless, 'model.safetensors'));
    const bare = await trexgen('import', headless, '--out', at('none'), '--json');
    expect(bare.exitCode).toBe(2);
    expect(JSON.parse(bare.stdout)).toMatchObject({
      layers: 2,
      mapped: {},
      unsupported: [expect.stringContaining('model.safetensors: cannot be read (ENOENT)')],
    });
  });

  it('prints a document whatever keeps a source out', async () => {
    const model = bertModel('BertModel');
    const source = writeHubFolder(at('diverged'), model);
    const tensors = randomTensors(model.shapes, 1);
    const name = 'encoder.layer.0.output.dense.bias';
    tensors.set(name, tensorOf('F32', tensors.get(name)!.shape, new Float64Array(16).fill(NaN)));
    writeFileSync(join(source, 'model.safetensors'), writeSafetensors(tensors));
    const diverged = await trexgen('import', source, '--out', at('none'), '--json');
    const problem = `${join(source, 'model.safetensors')}: ${name}[0] = NaN: must be a finite number; take a checkpoint from before it diverged`;
    expect({ ...diverged, stdout: JSON.parse(diverged.stdout) as object }).toMatchObject({
      exitCode: 2,
      stderr: `${problem}\n`,
      stdout: { architecture: 'BertModel', layers: 2, unsupported: [problem] },
    });
    writeFileSync(join(source, 'config.json'), JSON.stringify({ ...model.config, model_type: undefined }));
    const { exitCode, stdout, stderr } = await trexgen('import', source, '--out', at('none'), '--json');
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      architecture: null,
      layers: null,
      width: null,
      mapped: {},
      host: [],
      unsupported: [stderr.trimEnd()],
    });
    expect(stderr).toContain('config.json: model_type: is missing; must be one of bert, roberta');
  });

  it('refuses rectangles, and names that tasks of the user may not have', async () => {
    const model = vitModel('ViTModel', 'vit', undefined);
    const wide = writeHubFolder(at('wide'), { ...model, config: { ...model.config, image_size: [16, 24] } });
    expect((await trexgen('import', wide, '--out', at('none'))).stderr).toContain(
      'image_size = [16, 24]: rectangles are not supported; needs one number, the side of a square',
    );
    const named = async (task: string): Promise<string> => {
      const { exitCode, stderr } = await trexgen('import', good, '--out', at('none'), '--task', task);
      expect(exitCode).toBe(2);
      return stderr;
    };
    expect(await named('../evil')).toBe('task = ../evil: must begin with a letter and have at most 64 letters, digits, - and _\n');
    expect(await named('mnist')).toBe('task = mnist: is the name of a built-in task; choose another\n');
    expect(await named('ocr')).toMatch(/^task = ocr: is the name of a built-in task; choose another, or /);
  });

  it('says which vocabulary a task of an imported model has, and how its dense model comes about', async () => {
    writeFileSync(at('lines.jsonl'), Array.from({ length: 40 }, (_, i) => `{"ids":[${i % 40},${(7 * i) % 40}]}\n`).join(''));
    const task = {
      task: 'lines',
      input: 'ids',
      vocabulary: 40,
      head: 'sequence',
      splits: { file: 'lines.jsonl', validation: 0.3, test: 0.3 },
    };
    writeFileSync(at('task.json'), JSON.stringify(task));
    const train = await trexgen('train', '--task', at('task.json'), '--teacher', good, '--out', at('trained'), '--steps', '3');
    expect(train.stderr).toContain('model.vocabulary = 42: the task lines has 40; write "vocabulary": 42 in its description');
    const { exitCode, stderr } = await trexgen('evaluate', '--task', at('task.json'));
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/has no labels to train a dense model on: make it with trexgen import SOURCE --out/);
    expect(stderr).toMatch(/has no labels to train a dense model on: make it with trexgen train .* --teacher/);
    expect(stderr).not.toContain('--stage dense');
  });

  it('a classifier whose last layers the host computes: classes of the inputs, and of a task of the user', async () => {
    const shapes = { prefix: 'bert.', pooler: true, head: linearShapes('classifier', 3, 16) };
    const source = writeHubFolder(at('sorts'), bertModel('BertForSequenceClassification', shapes));
    writeFileSync(
      at('sorted.jsonl'),
      lines(40, (i) => `,"labels":[${i % 3}]`),
    );
    const task = {
      task: 'sorts',
      input: 'ids',
      vocabulary: 42,
      head: 'sequence',
      labels: ['a', 'b', 'c'],
      splits: { file: 'sorted.jsonl' },
    };
    writeFileSync(at('sorts.json'), JSON.stringify({ ...task, splits: { ...task.splits, validation: 0.3, test: 0.3 } }));
    const of = ['--checkpoint', source, '--inputs-file', at('sorted.jsonl'), '--preset', 'tiny', '--json'];
    const run = JSON.parse((await trexgen('run', ...of)).stdout) as RunAnswer;
    expect(run.metric).toMatchObject({ name: 'accuracy', labels: 40 });
    for (const { values, predicted } of run.inputs) {
      expect(values).toHaveLength(3);
      expect(predicted).toEqual([values.indexOf(Math.max(...values))]);
    }
    const evaluated = await trexgen(
      'evaluate',
      '--task',
      at('sorts.json'),
      '--checkpoint',
      source,
      '--dense',
      source,
      '--preset',
      'tiny',
      '--json',
    );
    expect(evaluated.exitCode).toBe(0);
    expect(JSON.parse(evaluated.stdout)).toMatchObject({ task: 'sorts', metric: 'accuracy' });
    const best = ['--task', at('sorts.json'), '--checkpoint', source, '--dense', source, '--preset', 'tiny', '--outputs', 'best'];
    expect((await trexgen('evaluate', ...best)).stderr).toBe(
      'outputs = best: of sorts the host computes on the outputs themselves; give all\n',
    );
  });

  it('a classifier whose last layers the host computes: imitated, not trained, and apart from images of others', async () => {
    const source = at('sorts');
    const learned = await trexgen(
      'train',
      '--task',
      at('sorts.json'),
      '--teacher',
      source,
      '--out',
      at('learned'),
      '--steps',
      '3',
      '--json',
    );
    expect(JSON.parse(learned.stdout)).toMatchObject({ task: 'sorts', metric: 'cosine' });
    const imitated = await trexgen('train', '--teacher', source, '--inputs', at('sorted.jsonl'), '--out', at('learned'), '--steps', '3');
    expect(imitated.exitCode).toBe(0);
    expect(loadAnyCheckpoint(at('learned')).encoder.host).toEqual(loadAnyCheckpoint(source).encoder.host);
    // Forms are chosen by what the host makes of the outputs, as the steps are measured.
    writeFileSync(
      at('unsorted.jsonl'),
      lines(20, () => ''),
    );
    const forms = ['--checkpoint', source, '--inputs', at('unsorted.jsonl'), '--factorize', '--preset', 'tiny', '--json'];
    const { steps, choice } = JSON.parse((await trexgen('compress', ...forms)).stdout) as FormAnswer;
    expect(choice.factorized.cosine).toBe(steps.at(-1)!.accuracy);
    expect(choice.factorized.cosine).toBeLessThan(1);
    // The task takes an imported model until there is a compressed one.
    expect((await trexgen('import', source, '--out', at('models/dense'), '--task', 'sorts')).exitCode).toBe(0);
    const own = JSON.parse(
      (await trexgen('run', '--task', at('sorts.json'), '--preset', 'tiny', '--inputs', '4', '--json')).stdout,
    ) as RunAnswer;
    expect(own.inputs.map(({ values }) => values.length)).toEqual([3, 3, 3, 3]);
  });

  it('an image goes with the checkpoint that it was made of', async () => {
    const source = at('sorts');
    await trexgen(
      'compress',
      '--checkpoint',
      source,
      '--inputs',
      at('sorted.jsonl'),
      '--no-factorize',
      '--preset',
      'tiny',
      '--out',
      at('sorts.tximg'),
    );
    const other = await trexgen(
      'run',
      '--image',
      at('sorts.tximg'),
      '--checkpoint',
      good,
      '--inputs-file',
      at('sorted.jsonl'),
      '--preset',
      'tiny',
    );
    expect(other.stderr).toContain(
      `checkpoint = ${good}: is of "good", the image of "sorts"; give the checkpoint that the image was made of`,
    );
    // Labels beside rows are of the classes, too.
    const rowsWith = async (labels: readonly number[]): Promise<string> => {
      const rows = [1, 2].map((value) => Array.from({ length: 16 }, () => value));
      writeFileSync(at('rows.jsonl'), JSON.stringify({ rows, labels }));
      const of = ['--image', at('sorts.tximg'), '--checkpoint', source, '--inputs-file', at('rows.jsonl'), '--preset', 'tiny'];
      return (await trexgen('run', ...of)).stderr.replace(/^.*rows\.jsonl:1: /, '');
    };
    expect([await rowsWith([2]), await rowsWith([3]), await rowsWith([0, 1])]).toEqual([
      '',
      'labels = 3: must be below 3, the outputs of the model\n',
      'labels: has 2, must have 1, one per output row\n',
    ]);
    // Nor with one of the same name whose host computes something else.
    const alone = at('alone/sorts');
    expect((await trexgen('import', source, '--head', 'none', '--out', alone, '--task', 'sorts')).exitCode).toBe(0);
    const headless = ['run', '--image', at('sorts.tximg'), '--checkpoint', alone, '--inputs-file', at('lines.jsonl'), '--preset', 'tiny'];
    expect((await trexgen(...headless)).stderr).toMatch(
      /are not those that \S+sorts\.tximg was made of \(\S+sorts\.tximg\.json\); give the /,
    );
  });

  it('does not write over a model of others, and names a folder that is none', async () => {
    expect(await trexgen('import', good, '--out', good)).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `out = ${good}: holds a model in Hugging Face's layout, which would be overwritten; give another folder\n`,
    });
    expect((await trexgen('import', at('nowhere'), '--out', at('x'))).stderr).toBe(
      `source = ${at('nowhere')}: does not exist; give a Hugging Face folder, an ONNX file or a TensorFlow.js graph model\n`,
    );
  });

  it('takes an ONNX file, runs it, and reports the largest difference', async () => {
    const source = writeOnnx(at('model.onnx'), randomEncoder(5, { width: 16, hidden: 16, heads: 2, layers: 1 }), styles.packed);
    const { exitCode, stdout, stderr } = await trexgen('import', source, '--out', at('of-onnx'), '--verify', '--json');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const { verify, ...report } = JSON.parse(stdout) as { verify: { largestDifference: number } };
    expect(report).toMatchObject({ architecture: 'ONNX encoder', layers: 1, width: 16, unsupported: [] });
    expect(verify).toMatchObject({ inputs: 8, output: 'logits' });
    expect(verify.largestDifference).toBeLessThan(1e-4);
    expect(readdirSync(at('of-onnx')).sort()).toEqual(['config.json', 'model.safetensors']);
    const other = writeOnnx(at('other.onnx'), randomEncoder(6, { width: 16, hidden: 16, heads: 2, layers: 1 }), styles.packed);
    const differing = await trexgen('import', source, '--out', at('not-written'), '--verify', other);
    expect(differing.exitCode).toBe(1);
    expect(differing.stderr).toMatch(/other\.onnx: outputs differ by up to [\d.]+, of values of up to [\d.]+; nothing is written\n$/);
    expect(existsSync(join(at('not-written'), 'config.json'))).toBe(false);
    // A part of a graph has other inputs than the file; said before anything is read.
    expect(await trexgen('import', source, '--out', at('y'), '--from', 'inner', '--verify')).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: 'verify: from = inner: an ONNX file can be run only from its own inputs; leave --verify out\n',
    });
    expect(await trexgen('import', good, '--out', at('y'), '--verify')).toMatchObject({
      exitCode: 2,
      stderr: `verify: ${good} has no model.onnx, nor onnx/model.onnx; name the ONNX file of the model, --verify FILE\n`,
    });
  });

  it('takes texts where the folder has a tokenizer, and refuses them where it has none', async () => {
    const model = sentenceModel(bertModel('BertModel', {}, { width: 32, hidden: 32, layers: 1 }));
    const source = writeHubFolder(at('texts'), model);
    writeFileSync(at('texts.jsonl'), '{"text":"abc"}\n');
    writeFileSync(at('ids.jsonl'), '{"ids":[2,5,8,10,3]}\n');
    const run = (folder: string, inputs: string) =>
      trexgen('compress', '--checkpoint', folder, '--inputs', inputs, '--no-factorize', '--json', '--preset', 'tiny');
    const [texts, ids] = [await run(source, at('texts.jsonl')), await run(source, at('ids.jsonl'))];
    expect({ exitCode: texts.exitCode, stderr: texts.stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(texts.stdout).toBe(ids.stdout);
    rmSync(join(source, 'tokenizer.json'));
    expect(await run(source, at('texts.jsonl'))).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `${at('texts.jsonl')}:1: text: needs the model's tokenizer, tokenizer.json in the folder of its checkpoint; give it, or ids\n`,
    });
    writeFileSync(join(source, 'tokenizer.json'), '{"model":{"vocab":{"a":0}}}');
    expect((await run(source, at('texts.jsonl'))).stderr).toMatch(
      /tokenizer\.json: @huggingface\/tokenizers does not take it \(.*\); copy it again, or give ids\n$/,
    );
  });
});
