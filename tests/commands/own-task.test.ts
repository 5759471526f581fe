/** The task of examples/own-task through every command, as a user would type them. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { taskNames } from '../../generator/data/built-in.js';
import { presetParams } from '../../generator/params/presets.js';
import { loadSubject } from '../../generator/studies/sweep/subject.js';
import { packageRoot } from '../../generator/util/package.js';
import { trexgen } from '../support/cli.js';

const committed = join(packageRoot(), 'examples', 'own-task');
const root = mkdtempSync(join(tmpdir(), 'trexgen-own-'));
const task = join(root, 'task');
afterAll(() => rmSync(root, { recursive: true }));

async function json<T>(...argv: readonly string[]): Promise<T> {
  const { exitCode, stdout, stderr } = await trexgen(...argv, '--json');
  expect(exitCode, stderr).toBe(0);
  return JSON.parse(stdout) as T;
}

beforeAll(async () => {
  cpSync(committed, task, { recursive: true });
  const train = (stage: string, model: string) =>
    json<{ task: string }>('train', '--task', task, '--stage', stage, '--out', join(task, 'models', model));
  expect(await train('dense', 'dense')).toMatchObject({ task: 'halves', stages: [{ stage: 'dense', steps: 300 }] });
  expect(await train('factorized', 'compressed')).toMatchObject({
    task: 'halves',
    stages: [{ steps: 100 }, { steps: 30 }, { steps: 100 }],
  });
}, 120_000);

describe('a task of the user', () => {
  it('has the inputs that its script writes', async () => {
    await execa(process.execPath, [join(committed, 'make-inputs.mjs'), root]);
    expect(readFileSync(join(root, 'inputs.jsonl'), 'utf8')).toBe(readFileSync(join(committed, 'inputs.jsonl'), 'utf8'));
  });

  it('is compressed, evaluated and run', async () => {
    const preset = ['--preset', 'tiny'];
    const compressed = await json<{ steps: { accuracy: number }[] }>('compress', '--task', task, ...preset, '--out', join(root, 'm.tximg'));
    expect(compressed).toMatchObject({ task: 'halves', factors: 'trained', metric: 'accuracy' });
    expect(compressed.steps.at(-1)!.accuracy).toBeGreaterThan(90);
    const evaluated = await json<{ golden: number; testInputs: number }>('evaluate', '--task', task, ...preset);
    expect(evaluated).toMatchObject({ task: 'halves', metric: 'accuracy', testInputs: 99, ema: { booksAgree: true } });
    expect(evaluated.golden).toBeGreaterThan(90);
    const ran = await json('run', '--task', task, '--image', join(root, 'm.tximg'), ...preset, '--inputs', '8');
    expect(ran).toMatchObject({ model: 'halves', emaAgree: true, metric: { name: 'accuracy', labels: 8 } });
  });

  it('goes through the Verilog, and every bit agrees', async () => {
    const report = join(root, 'report');
    const argv = ['--task', task, '--preset', 'tiny', '--inputs', '4', '--simulator', 'icarus', '--out', report];
    expect(await json('simulate', ...argv)).toMatchObject({ model: 'halves', inputs: 4, mismatches: 0, emaAgree: true });
    expect(readFileSync(join(report, 'report.html'), 'utf8')).toMatch(/ -&gt; (low|high)/);
  }, 120_000);

  it('is traced and swept', async () => {
    expect(await json('trace', '--task', task, '--preset', 'tiny', '--requests', '50')).toMatchObject({ model: 'halves' });
    const argv = [
      '--preset',
      'tiny',
      '--set',
      `run.task=${task}`,
      '--set',
      'array.columns=4',
      '--fidelity',
      'golden',
      '--objectives',
      'accuracy',
    ];
    const swept = await json<{ points: { objectives: { accuracy: number } }[] }>('sweep', ...argv);
    expect(swept.points[0]!.objectives.accuracy).toBeGreaterThan(90);
  }, 120_000);

  it('needs no labels: a teacher is imitated, and what is lost is told as a cosine', async () => {
    const lines = readFileSync(join(task, 'inputs.jsonl'), 'utf8').trim().split('\n');
    const bare = lines.map((line) => JSON.stringify({ ids: (JSON.parse(line) as { ids: number[] }).ids }));
    const inputs = join(task, 'bare.jsonl');
    writeFileSync(inputs, bare.join('\n'));
    const whole = JSON.parse(readFileSync(join(task, 'task.json'), 'utf8')) as Record<string, unknown>;
    const description = { ...whole, labels: undefined, metric: undefined };
    writeFileSync(join(task, 'bare.json'), JSON.stringify({ ...description, task: 'bare', splits: { file: 'bare.jsonl' } }));
    writeFileSync(join(root, 'recipe.json'), JSON.stringify(whole['recipe']));

    const teacher = join(task, 'models', 'dense');
    const argv = ['--teacher', teacher, '--inputs', inputs, '--config', join(root, 'recipe.json'), '--out', join(root, 'imitated')];
    const trained = await json<{ stages: { validationAccuracy: number }[]; validation: { integer: { accuracy: number } } }>(
      'train',
      ...argv,
    );
    expect(trained).toMatchObject({ task: 'halves', metric: 'cosine' });
    expect(trained.stages[0]!.validationAccuracy).toBeGreaterThan(0.99);
    expect(trained.validation.integer.accuracy).toBeGreaterThan(0.98);

    const evaluated = await json<{
      golden: number;
      lossPoints: number;
      cosine: { factorized: number };
      bytes: { dense8: number };
      opponents: { name: string; bytes: number; cosine: number }[];
    }>(
      ...([
        'evaluate',
        '--task',
        join(task, 'bare.json'),
        '--preset',
        'tiny',
        '--dense',
        teacher,
        '--checkpoint',
        join(root, 'imitated'),
      ] as const),
    );
    expect(evaluated).toMatchObject({ task: 'bare', metric: 'cosine', dense: 1 });
    expect(evaluated.golden).toBeGreaterThan(0.98);
    expect(evaluated.lossPoints).toBeCloseTo(1 - evaluated.golden, 10);
    expect(evaluated.opponents.map(({ name }) => name)).toEqual([
      ...[8, 4, 3, 2].map((bits) => `rounded to ${bits} bits a column`),
      '2:4 sparse, 8 bits',
      '85 % sparse, 8 bits',
    ]);
    const [eight, , , two] = evaluated.opponents;
    expect(eight!.cosine).toBeGreaterThan(0.999);
    expect(two!.cosine).toBeLessThan(eight!.cosine);
    expect(evaluated.cosine.factorized).toBe(evaluated.golden);
    // 16 x 16 four times and 16 x 32 twice: an eighth of the bits, and a scale for each of 112 columns.
    expect([eight!.bytes, evaluated.bytes.dense8]).toEqual([2048 + 2 * 112, 2048]);
    const refused = await trexgen('train', '--task', join(task, 'bare.json'), '--stage', 'dense', '--out', join(root, 'none'));
    expect(refused).toMatchObject({
      exitCode: 2,
      stderr: 'stage = dense: the task bare has no labels; give a trained model as --teacher, with the stage factorized\n',
    });
  }, 120_000);

  it('shows in a sweep what training has measured under that metric alone', () => {
    cpSync(join(root, 'imitated'), join(task, 'models', 'imitated'), { recursive: true });
    const bare = JSON.parse(readFileSync(join(task, 'bare.json'), 'utf8')) as object;
    writeFileSync(join(task, 'near.json'), JSON.stringify({ ...bare, task: 'near', metric: 'neighbour' }));
    const trained = (name: string, model: string): number | undefined =>
      loadSubject({ task: join(task, name), model }, presetParams('tiny'), { inputs: 2, accuracyInputs: 4, seed: 1, target: 'asic' })
        .trainedAccuracy;
    expect(trained('bare.json', 'imitated')).toBeGreaterThan(0.98);
    expect(trained('bare.json', 'imitated')).toBeLessThanOrEqual(1);
    expect(trained('near.json', 'imitated')).toBeUndefined();
    expect(trained('task.json', 'imitated')).toBeUndefined();
    expect(trained('task.json', 'compressed')).toBeGreaterThan(90);
  }, 120_000);

  it('is the place where a fault is told', async () => {
    const refused = async (...argv: readonly string[]): Promise<string> => {
      const { exitCode, stderr } = await trexgen(...argv);
      expect(exitCode).toBe(2);
      return stderr;
    };
    expect(await refused('evaluate', '--task', join(root, 'nowhere.json'))).toContain('nowhere.json: does not exist');
    expect(await refused('simulate', '--task', 'poetry')).toContain(
      `task = poetry: unknown; known tasks are ${taskNames.join(', ')}; one of your own is`,
    );
    rmSync(join(task, 'models', 'compressed', 'config.json'));
    expect(await refused('simulate', '--task', task)).toContain(
      `make it with trexgen train --task ${task} --stage factorized --out ${task}/models/compressed`,
    );
  });
});
