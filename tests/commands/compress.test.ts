import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { taskNames } from '../../generator/data/built-in.js';
import { codeShared, factorizeEncoder, quantiseValues } from '../../generator/compress/factorize-encoder.js';
import type { Encoder } from '../../generator/model/encoder.js';
import { saveEncoder } from '../../generator/model/checkpoint.js';
import { readImage } from '../../generator/program/image.js';
import { randomEncoder } from '../compress/random-encoder.js';
import { trexgen } from '../support/cli.js';

const folder = mkdtempSync(join(tmpdir(), 'trexgen-compress-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

/** Encoder of the shape that the task g2p needs, small. */
const encoder: Encoder = { ...randomEncoder(1, { vocabulary: 27, classes: 53, maxLength: 22, layers: 1 }), task: 'g2p' };
const quick = ['--calibration-inputs', '8', '--validation-inputs', '20'];

beforeAll(() => {
  saveEncoder(at('dense'), encoder);
  saveEncoder(
    at('factorized'),
    quantiseValues(codeShared(factorizeEncoder(encoder, { rank: 32, k: 4, banks: 8, seed: 1, iterations: 2 }))),
  );
  saveEncoder(at('mine'), { ...encoder, task: 'mine' });
});

describe('compress', () => {
  it('factorizes a dense checkpoint without training, reports every step and writes image and manifest', async () => {
    const argv = ['compress', '--checkpoint', at('dense'), '--rank', '32', '--k', '4', '--stats', '--out', at('m.tximg'), ...quick];
    const { exitCode, stdout, stderr } = await trexgen(...argv);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain('factors without training, rank 32, k 4, 8 banks; for 8 columns, beats of 16 bytes');
    for (const step of ['dense, 16 bits', 'factorized', '+ 4-bit W_S', '+ 6-bit W_D', 'integer, whole image'])
      expect(stdout).toMatch(new RegExp(`^${step.replace('+', '\\+')} +[\\d,]+ +\\d+\\.\\d\\d$`, 'm'));
    expect(stdout).toMatch(/^\d+\.\d % over the bound; index codes of 2 bits; [\d,]+ of 896 slots are zero$/m);
    const bytes = readFileSync(at('m.tximg'));
    const image = readImage(bytes);
    const manifest = JSON.parse(readFileSync(at('m.tximg.json'), 'utf8')) as Record<string, unknown>;
    expect(manifest).toEqual({
      file: 'm.tximg',
      fileBytes: bytes.length,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      ...image.manifest,
      hostDigest: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    expect(image.model.operations.filter(({ op }) => op === 'EXPAND').length).toBe(6);
  });

  it('gives the same image for the same seed and another for another', async () => {
    const hash = async (seed: string): Promise<unknown> => {
      const { stdout } = await trexgen(
        'compress',
        '--checkpoint',
        at('dense'),
        '--rank',
        '32',
        '--k',
        '4',
        '--seed',
        seed,
        '--json',
        ...quick,
      );
      return (JSON.parse(stdout) as { image: { sha256: string } }).image.sha256;
    };
    expect(await hash('5')).toBe(await hash('5'));
    expect(await hash('5')).not.toBe(await hash('6'));
  });

  it('packs trained factors as they are, for any columns that divide their banks', async () => {
    const { stdout } = await trexgen(
      'compress',
      '--task',
      'g2p',
      '--checkpoint',
      at('factorized'),
      '--set',
      'array.columns=4',
      '--json',
      ...quick,
    );
    expect(JSON.parse(stdout)).toMatchObject({
      task: 'g2p',
      factors: 'trained',
      k: 4,
      rank: 32,
      banks: 8,
      columns: 4,
      steps: [{ step: 'factorized' }, { step: 'sixBit' }, { step: 'integer' }],
    });
  });

  it('keeps the numbers uncoded with --wide: the same answers from more bytes', async () => {
    const argv = ['compress', '--task', 'g2p', '--checkpoint', at('factorized'), '--json', ...quick];
    interface Printed {
      readonly steps: readonly { readonly accuracy: number }[];
      readonly image: { readonly cold: { readonly codebooks: number }; readonly pass: { readonly sparseValues: number } };
    }
    const of = async (...more: string[]): Promise<Printed> => JSON.parse((await trexgen(...argv, ...more)).stdout) as Printed;
    const coded = await of();
    const wide = await of('--wide', '--out', at('wide.tximg'));
    expect(wide.steps.at(-1)!.accuracy).toBe(coded.steps.at(-1)!.accuracy);
    expect(wide.image.cold.codebooks).toBeGreaterThan(3 * coded.image.cold.codebooks);
    expect(wide.image.pass.sparseValues / coded.image.pass.sparseValues).toBeCloseTo(16 / 6, 2);
    expect(readImage(readFileSync(at('wide.tximg'))).manifest.wideMatrices).toBe(true);
    expect((await trexgen('compress', '--checkpoint', at('factorized'), '--wide', '--stats', ...quick)).stdout).toContain(
      'uncoded row indices of 16 bits',
    );
  });

  it('keeps a dense model dense and leaves steps out on request', async () => {
    const dense = JSON.parse((await trexgen('compress', '--checkpoint', at('dense'), '--no-factorize', '--json', ...quick)).stdout) as {
      steps: { step: string }[];
      stats: { slots: number };
    };
    expect(dense).toMatchObject({ factors: 'none', stats: { slots: 0 } });
    expect(dense.steps.map(({ step }) => step)).toEqual(['dense', 'integer']);
    const plain = JSON.parse(
      (
        await trexgen(
          'compress',
          '--checkpoint',
          at('dense'),
          '--rank',
          '32',
          '--no-code',
          '--no-quantise',
          '--validation-inputs',
          '0',
          '--json',
        )
      ).stdout,
    ) as typeof dense;
    expect(plain.steps).toMatchObject([{ step: 'dense', accuracy: null }, { step: 'factorized' }, { step: 'integer' }]);
  });

  it('calibrates a model of a task of its own on inputs from a file', async () => {
    writeFileSync(at('inputs.jsonl'), '{"ids": [1, 2, 3], "labels": [0, 52, -1]}\n\n{"ids": [[4], [5]]}\n');
    const { stdout } = await trexgen('compress', '--checkpoint', at('mine'), '--inputs', at('inputs.jsonl'), '--rank', '32', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ task: 'mine', steps: [{ labels: 2 }, {}, {}, {}, { labels: 2 }] });
  });
});

describe('compress without labels', () => {
  interface Printed {
    readonly metric: string;
    readonly factors: string;
    readonly steps: readonly { readonly accuracy: number | null }[];
    readonly choice?: {
      readonly inputs: number;
      readonly asked: boolean;
      readonly taken: string;
      readonly better: string;
      readonly factorized: { readonly cosine: number; readonly bytes: number };
      readonly dense8: { readonly cosine: number; readonly bytes: number };
    };
  }
  const file = (): string => {
    writeFileSync(
      at('plain.jsonl'),
      Array.from({ length: 16 }, (_, i) => `{"ids": [${i}, ${(7 * i) % 27}, ${(5 * i + 2) % 27}]}\n`).join(''),
    );
    return at('plain.jsonl');
  };
  const argv = (): string[] => ['compress', '--checkpoint', at('mine'), '--inputs', file()];
  const of = async (...more: string[]): Promise<Printed> => JSON.parse((await trexgen(...argv(), ...more, '--json')).stdout) as Printed;

  it('measures factors and int8 on inputs held out from the factors, and takes int8 where factors keep too little', async () => {
    const { metric, factors, steps, choice } = await of();
    expect({ metric, factors }).toEqual({ metric: 'cosine', factors: 'none' });
    expect(choice).toMatchObject({ inputs: 4, asked: false, taken: 'dense8', better: 'dense8' });
    expect(choice!.factorized.cosine).toBeLessThan(0.98);
    expect(choice!.dense8.cosine).toBe(steps.at(-1)!.accuracy);
    expect(choice!.dense8.cosine).toBeGreaterThan(0.98);
    expect(choice!.factorized.bytes).toBeLessThan(choice!.dense8.bytes);
    const { stdout } = await trexgen(...argv());
    expect(stdout).toMatch(/^step +bytes of the blocks +validation, cosine to dense float$/m);
    expect(stdout).toMatch(/^factors instead, whole image +[\d,]+ +0\.\d{4}$/m);
    expect(stdout).toMatch(/^dense int8 taken: factors have .* --factorize takes the factors/m);
  });

  it('keeps factors that were asked for, and warns where int8 is better', async () => {
    const { factors, choice } = await of('--rank', '32', '--k', '4');
    expect(factors).toBe('post-training');
    expect(choice).toMatchObject({ asked: true, taken: 'factorized', better: 'dense8' });
    expect((await trexgen(...argv(), '--rank', '32', '--k', '4')).stdout).toMatch(/^warning: factors have .* --no-factorize takes int8$/m);
    expect(await of('--no-factorize')).not.toHaveProperty('choice');
  });
});

describe('compress refuses, one line a problem, exit code 2', () => {
  const refused = async (...argv: string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await trexgen('compress', ...argv);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    return stderr.replaceAll(`${folder}/`, '').trimEnd();
  };

  it('no task, an unknown task, a task without data', async () => {
    expect(await refused()).toBe('task, checkpoint: neither is given; name a task or the folder of a checkpoint');
    expect(await refused('--task', 'cifar')).toBe(
      `task = cifar: unknown; known tasks are ${taskNames.join(', ')}; one of your own is a folder with task.json, or a .json or .ts file`,
    );
    expect(await refused('--checkpoint', at('mine'))).toBe(
      'task = mine: trexgen has no data for it; give --inputs with inputs to calibrate on, or the path of its description as --task',
    );
  });

  it('a model of another shape than the task', async () => {
    expect(await refused('--checkpoint', at('dense'), '--task', 'mnist')).toBe(
      [
        'model.input = ids: the task mnist has patches; use a checkpoint of that task',
        'model.vocabulary = 27: the task mnist has 0; use a checkpoint of that task',
        'model.featureCount = 0: the task mnist has 49; use a checkpoint of that task',
        'model.classes = 53: the task mnist has 10; use a checkpoint of that task',
        'model.head = token: the task mnist has sequence; use a checkpoint of that task',
      ].join('\n'),
    );
  });

  it('a model that says that it is of a task but has another shape: inputs of its own are the other way out', async () => {
    const encoder = { ...randomEncoder(3), task: 'mnist' };
    saveEncoder(at('claims'), encoder);
    expect(await refused('--checkpoint', at('claims'))).toMatch(
      /^model\.input = ids: the task mnist has patches; use a checkpoint of that task, or give --inputs with inputs of your own$/m,
    );
  });

  it('impossible ranks, non-zeros and banks, all at once', async () => {
    expect(await refused('--checkpoint', at('dense'), '--rank', '132', '--k', '133', '--banks', '12')).toBe(
      [
        'banks = 12, those that the model was trained for: must be a multiple of array.columns = 8; give fewer columns, a model of as many banks (factor.banks of train --config), or its dense weights (--no-factorize)',
        'k = 133 non-zeros a column: must be at most rank = 132',
        'rank = 132: exceeds envelope.rank = 128; lower it or raise the envelope with --set envelope.rank=132',
      ].join('\n'),
    );
    expect(await refused('--checkpoint', at('dense'), '--rank', '20')).toBe('rank = 20: must be a multiple of 8 banks');
    expect(await refused('--checkpoint', at('dense'), '--k', '0', '--calibration-inputs', '0')).toBe(
      'k = 0: must be an integer of at least 1\ncalibration = 0 inputs: must be an integer of at least 1',
    );
    expect(await refused('--checkpoint', at('dense'), '--k', 'four')).toContain(
      "option '--k <number>' argument 'four' is invalid. must be a number.",
    );
  });

  it('hardware that the model does not fit, naming everything before anything is made, and writes nothing', async () => {
    const tight = [
      'envelope.width=24',
      'envelope.hidden=40',
      'envelope.rank=16',
      'envelope.codeWords=64',
      'envelope.instructions=12',
      'envelope.matrices=2',
    ].flatMap((one) => ['--set', one]);
    for (const [name, rank] of [
      ['dense', '32'],
      ['factorized', undefined],
    ] as const) {
      const found = await refused(
        '--checkpoint',
        at(name),
        ...(rank === undefined ? [] : ['--rank', rank, '--k', '4']),
        '--out',
        at('tight.tximg'),
        ...tight,
        ...quick,
      );
      expect(found.split('\n').map((line) => line.replace(/^(\S+) .*(to \d+)$/, '$1 $2'))).toEqual([
        'envelope.width to 32',
        'envelope.width to 32',
        'envelope.rank to 32',
        'envelope.width to 32',
        'envelope.width to 32',
        'envelope.width to 32',
        'envelope.hidden to 64',
        'envelope.codeWords to 512',
        'envelope.matrices to 3',
        'envelope.instructions to 21',
      ]);
      expect(readdirSync(folder).filter((file) => file.startsWith('tight'))).toEqual([]);
    }
    expect((await trexgen('compress', '--checkpoint', at('factorized'), '--activation-bits', '6', '--json', ...quick)).exitCode).toBe(0);
  });

  it('other factors than a factorized checkpoint has', async () => {
    expect(await refused('--checkpoint', at('factorized'), '--k', '8', '--rank', '32')).toBe(
      'k = 8: the checkpoint is factorized already, with k = 4; leave it out or give a dense checkpoint',
    );
  });

  it("a task that is not the checkpoint's, with a file of inputs", async () => {
    expect(await refused('--task', 'mnist', '--checkpoint', at('mine'), '--inputs', at('inputs.jsonl'))).toMatch(
      /^task = mnist: the checkpoint is of \S+, and the inputs are a file's; leave --task out$/,
    );
  });

  it('bad inputs of a file, all lines at once', async () => {
    writeFileSync(
      at('bad.jsonl'),
      [
        '{"ids": []}',
        '{',
        '{"ids": [27]}',
        '{"features": [[1]]}',
        `{"ids": [${'1,'.repeat(22)}1]}`,
        '{"ids": [1], "labels": [1, 2]}',
        '{"ids": [1], "labels": [53]}',
        '{"ids": [1, [1, 2]]}',
        '{"id": [1]}',
      ].join('\n'),
    );
    expect((await refused('--checkpoint', at('mine'), '--inputs', at('bad.jsonl'))).replace(/JSON \(.*\)$/m, 'JSON (why)')).toBe(
      [
        'bad.jsonl:1: length = 0 tokens: must be 1 .. 22',
        'bad.jsonl:2: is not valid JSON (why)',
        'bad.jsonl:3: ids = 27: must be below vocabulary = 27',
        'bad.jsonl:4: has no ids, which every input of this model needs',
        'bad.jsonl:5: length = 23 tokens: must be 1 .. 22',
        'bad.jsonl:6: labels: has 2, must have 1',
        'bad.jsonl:7: labels = 53: must be below 53 classes',
        'bad.jsonl:8: ids.1: names 2 rows of the table, ids.0 1: all tokens name as many; where one has a type, give every one its type',
        'bad.jsonl:9: id = [1]: is not a known field; known are ids, text, features, labels, answer',
      ].join('\n'),
    );
    writeFileSync(at('empty.jsonl'), '\n');
    expect(await refused('--checkpoint', at('mine'), '--inputs', at('empty.jsonl'))).toBe(
      'inputs = empty.jsonl: has no inputs; give at least one',
    );
    expect(await refused('--checkpoint', at('mine'), '--inputs', at('none.jsonl'))).toBe(
      'inputs = none.jsonl: cannot be read (ENOENT); give a file with one JSON object per line',
    );
  });

  it('a checkpoint that is not there, and one with NaN', async () => {
    expect(await refused('--checkpoint', at('none'))).toBe(
      'none/config.json: cannot be read (ENOENT); a checkpoint is a folder with config.json and model.safetensors',
    );
    saveEncoder(at('nan'), { ...encoder, positions: encoder.positions.with(40, NaN) });
    expect(await refused('--checkpoint', at('nan'))).toBe(
      'nan/model.safetensors: positions.weight[1, 8] = NaN: must be a finite number; take a checkpoint from before it diverged',
    );
  });
});
