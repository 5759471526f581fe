import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { taskNames } from '../../generator/data/built-in.js';
import { codeShared, factorizeEncoder, quantiseValues } from '../../generator/compress/factorize-encoder.js';
import type { Encoder } from '../../generator/model/encoder.js';
import { saveEncoder } from '../../generator/model/checkpoint.js';
import { randomEncoder } from '../compress/random-encoder.js';
import { trexgen } from '../support/cli.js';

const folder = mkdtempSync(join(tmpdir(), 'trexgen-evaluate-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

/** Encoder of the shape that the task mnist needs, small. */
const encoder: Encoder = {
  ...randomEncoder(1, {
    input: 'patches',
    vocabulary: 0,
    featureCount: 49,
    width: 16,
    heads: 2,
    hidden: 32,
    layers: 1,
    classes: 10,
    head: 'sequence',
  }),
  task: 'mnist',
};
const factorized = factorizeEncoder(encoder, { rank: 16, k: 4, banks: 8, seed: 1, iterations: 2 });

beforeAll(() => {
  saveEncoder(at('dense'), encoder);
  saveEncoder(at('dense-b'), encoder);
  saveEncoder(at('own'), quantiseValues(codeShared(factorized)), { validation: { factorized: 12.5, coded: 11.5, quantised: 'unknown' } });
  saveEncoder(at('own-factorized'), factorized);
});

interface Report {
  readonly task: string;
  readonly testInputs: number;
  readonly dense: number;
  readonly golden: number;
  readonly lossPoints: number;
  readonly lossInterval: [number, number];
  readonly rows: { name: string; accuracy: number | null; trainedValidation: number | null; bytes: { cold: number; pass: number } }[];
  readonly ema: {
    baselineBytesPerInput: number;
    bytesPerInput: Record<string, number>;
    ratio: Record<string, number>;
    ratioByPolicy: Record<string, number>;
    booksAgree: boolean;
  };
  readonly int8: { models: { name: string }[]; smallestEqual: unknown };
}

const evaluate = (...argv: string[]) => trexgen('evaluate', '--task', 'mnist', '--quick', '--dense', at('dense'), ...argv);

describe('evaluate', () => {
  it('prints the fields that programs rely on', async () => {
    const { exitCode, stdout } = await evaluate('--checkpoint', at('own'), '--json', '--out', at('report.json'));
    expect(exitCode).toBe(0);
    expect(readFileSync(at('report.json'), 'utf8')).toBe(stdout);
    const report = JSON.parse(stdout) as Report;
    expect(report).toMatchObject({ task: 'mnist', metric: 'accuracy', testInputs: 400, quick: true, factors: 'trained' });
    expect(report.lossPoints).toBeCloseTo(report.dense - report.golden, 10);
    expect(report.lossInterval[0]).toBeLessThanOrEqual(report.lossPoints);
    expect(report.lossInterval[1]).toBeGreaterThanOrEqual(report.lossPoints);
    const { ema } = report;
    for (const name of ['1', '2', '4', 'mix']) expect(ema.ratio[name]).toBeCloseTo(ema.baselineBytesPerInput / ema.bytesPerInput[name]!, 8);
    // Every digit takes half of one slice of four.
    expect(ema.ratioByPolicy['packed']).toBeCloseTo(ema.ratio['4']!, 8);
    expect(ema.ratio['mix']).toBe(ema.ratioByPolicy['tokens']);
    expect(ema.ratio['mixCold']).toBeLessThan(ema.ratio['mix']!);
    expect(Object.keys(ema.ratioByPolicy)).toEqual(['single', 'uniform', 'packed', 'tokens']);
    expect(ema.ratioByPolicy['tokens']).toBeGreaterThan(ema.ratioByPolicy['packed']!);
    expect(ema.booksAgree).toBe(true);
    expect(report.rows.map(({ name, accuracy }) => [name, accuracy === null])).toEqual([
      ['dense', false],
      ['denseInt8', false],
      ['factorized', false],
      ['coded', true],
      ['sixBit', false],
      ['golden', false],
    ]);
    // What training has recorded stands in for an encoder that was not kept.
    expect(report.rows.map(({ trainedValidation }) => trainedValidation)).toEqual([null, null, 12.5, 11.5, null, null]);
    expect(report.int8.models.map(({ name }) => name)).toEqual(['dense', 'dense-b']);
  });

  it('prints a table of all steps, of a model without training too', async () => {
    const { exitCode, stdout, stderr } = await evaluate('--checkpoint', at('dense'), '--set', 'envelope.rank=16');
    expect(exitCode).toBe(0);
    expect(stderr).toContain('mnist: golden ...\n');
    expect(stdout).toContain('mnist: 400 inputs of the test split (quick: a fixed subset), 400 labels;');
    expect(stdout).toContain('compressed without training');
    for (const title of [
      'dense float',
      'dense int8',
      'factorized',
      '+ 4-bit W_S',
      '+ 6-bit W_D',
      'all-integer golden',
      'real mix, 1,000 inputs',
      'real mix, one window',
    ]) {
      expect(stdout).toMatch(new RegExp(`^${title.replace('+', '\\+')}.*\\d`, 'm'));
    }
    expect(stdout).toMatch(
      /^factorization \d+\.\d\dx x sharing \d+\.\d\dx x coding \d+\.\d\dx x batching \d+\.\d\dx = \d+\.\dx \(1,000 inputs in 125 windows\)$/m,
    );
    expect(stdout).not.toContain('not kept');
    expect(stdout).toContain('bytes counted in the image equal those predicted from shapes in every window');
  });

  it('refuses unknown tasks, missing and wrong checkpoints, and windows that are too short', async () => {
    const refused = async (...argv: string[]): Promise<string> => {
      const { exitCode, stdout, stderr } = await trexgen('evaluate', ...argv);
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
      return stderr
        .replaceAll(`${folder}/`, '')
        .split('\n')
        .filter((line) => !line.endsWith(' ...'))
        .join('\n')
        .trimEnd();
    };
    expect(await refused('--task', 'cifar')).toBe(
      `task = cifar: unknown; known tasks are ${taskNames.join(', ')}; one of your own is a folder with task.json, or a .json or .ts file`,
    );
    expect(await refused()).toContain("required option '--task <name>' not specified");
    // Advice names options of this command only.
    const other = await refused('--task', 'g2p', '--dense', at('dense'), '--checkpoint', at('own'));
    expect(other).toContain('model.input = patches: the task g2p has ids; use a checkpoint of that task');
    expect(other).not.toContain('--');
    expect(await refused('--task', 'mnist', '--dense', at('none'), '--checkpoint', at('own'))).toBe(
      'none/config.json: cannot be read (ENOENT); a checkpoint is a folder with config.json and model.safetensors',
    );
    expect(await refused('--task', 'mnist', '--dense', at('own'), '--checkpoint', at('own'))).toBe(
      'dense = own: is factorized; give the dense checkpoint that it is compared with',
    );
    expect(
      await refused(
        '--task',
        'mnist',
        '--quick',
        '--dense',
        at('dense'),
        '--checkpoint',
        at('own'),
        '--set',
        'array.slices=1',
        '--set',
        'array.passes=4',
      ),
    ).toMatch(/^array: the window holds 8 tokens, \d+ of \d+ inputs are longer, the longest has 16; raise array\.passes, /);
  });
});
