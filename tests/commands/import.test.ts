import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { bertModel, sentenceModel, writeHubFolder } from '../support/hub-folder.js';
import { randomEncoder } from '../compress/random-encoder.js';
import { styles, writeOnnx } from '../support/onnx-graph.js';
import { trexgen } from '../support/cli.js';

const folder = mkdtempSync(join(tmpdir(), 'trexgen-import-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

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
    writeFileSync(join(source, 'tokenizer.json'), '{"model":{"vocab":{}}}');
    expect((await run(source, at('texts.jsonl'))).stderr).toMatch(
      /tokenizer\.json: is no tokenizer that @huggingface\/tokenizers knows; copy it again, or give ids\n$/,
    );
  });
});
