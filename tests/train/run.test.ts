import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { taskNames } from '../../generator/data/built-in.js';
import { loadCheckpoint, saveEncoder } from '../../generator/model/checkpoint.js';
import { changed, changedModel, readTrainConfig } from '../../generator/train/config-file.js';
import { compress } from '../../generator/compress/pipeline.js';
import { loadTask, taskOf } from '../../generator/data/load.js';
import type { TrainConfig } from '../../generator/data/recipe-schema.js';
import { initialEncoder } from '../../generator/train/initial.js';
import { configOf, recipeOf } from '../../generator/train/recipes.js';
import type { Layer } from '../../generator/model/encoder.js';
import { runTraining, type TrainRequest } from '../../generator/train/run-training.js';
import { randomEncoder } from '../compress/random-encoder.js';

const tiny: TrainConfig = {
  model: { width: 16, layers: 1, heads: 2, hidden: 24 },
  factor: { rank: 16, k: 3, iterations: 1 },
  calibrationInputs: 8,
};

describe('a training run', () => {
  let folder = '';
  let dense = '';
  const request = (part: Partial<TrainRequest>): TrainRequest => ({
    task: 'mnist',
    stage: 'dense',
    out: join(folder, 'out'),
    config: tiny,
    steps: 6,
    threads: 1,
    ...part,
  });
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'trexgen-run-'));
    dense = join(folder, 'mnist', 'dense');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('stores a dense checkpoint with its log, then the quantised model made from it with its scales', async () => {
    const lines: string[] = [];
    const first = await runTraining(request({ out: dense, onLine: (line) => lines.push(line) }));
    expect(first.stages.map(({ stage, steps }) => [stage, steps])).toEqual([['dense', 6]]);
    expect(first.validation.stored).toBeGreaterThan(0);
    expect(lines.at(-1)).toMatch(/^dense {2}step 6\/6 {2}loss \d+\.\d{4} {2}accuracy \d+\.\d\d % {2}\d+\.\d\d steps\/s {2}eta 0m00s$/);
    expect(readFileSync(join(folder, 'mnist', 'train-dense.log'), 'utf8')).toMatch(
      /^trexgen train --task mnist --stage dense --seed 1 --steps 6\nchanges of the recipe: \{"model":\{"width":16,.*\}\n\ndense {2}step 6\/6 /,
    );
    expect(existsSync(join(dense, 'state'))).toBe(false);

    const out = join(folder, 'mnist', 'compressed');
    const second = await runTraining(request({ stage: 'factorized', teacher: dense, out, steps: 28, integerInputs: 10 }));
    expect(second.stages.map(({ stage, steps }) => [stage, steps])).toEqual([
      ['factorized', 15],
      ['coded', 3],
      ['quantised', 10],
    ]);
    expect(second.validation.integer?.inputs).toBe(10);
    const { encoder, ranges } = loadCheckpoint(out);
    expect(ranges?.has('layers.0.attentionIn')).toBe(true);
    expect(encoder.shared.every(({ coded }) => coded !== undefined)).toBe(true);
    const { query } = encoder.blocks[0]!;
    expect(query.kind === 'factorized' && [query.sparse.k, query.sparse.rank, query.sparse.banks, query.valueScale !== undefined]).toEqual([
      3,
      16,
      8,
      true,
    ]);
  });

  it('trains a form of its own for each group of layers, int8 among them', async () => {
    const out = join(folder, 'mnist', 'mixed');
    const forms = [
      { roles: 'attentionIn, attentionOut', rank: 16, k: 3 },
      { roles: 'hiddenOut', rank: 8, k: 2 },
      { roles: 'hiddenIn', dense: true },
    ] as const;
    const config = { ...tiny, factor: { ...tiny.factor, forms: [...forms] } };
    const report = await runTraining(request({ stage: 'factorized', teacher: dense, out, steps: 28, integerInputs: 10, config }));
    const { encoder } = loadCheckpoint(out);
    const [block] = encoder.blocks;
    const shapeOf = (layer: Layer): unknown => (layer.kind === 'dense' ? 'dense' : [layer.matrix, layer.sparse.rank, layer.sparse.k]);
    expect([block!.query, block!.out, block!.hiddenIn, block!.hiddenOut].map(shapeOf)).toEqual([
      [0, 16, 3],
      [0, 16, 3],
      'dense',
      [1, 8, 2],
    ]);
    expect(report.validation.integer?.accuracy).toBeGreaterThanOrEqual(0);
    // compress takes such a model as it is: nothing is factorized anew.
    const { splits } = loadTask('mnist');
    const packed = compress(encoder, { factor: { k: 1, rank: 8, banks: 8, seed: 1 }, calibration: splits.train.slice(0, 2) });
    expect(packed.reports.map(({ step }) => step)).toEqual(['factorized', 'sixBit', 'integer']);
    expect(packed.model.operations.map(({ op }) => op)).toEqual(expect.arrayContaining(['DENSE', 'EXPAND']));
    const before = loadCheckpoint(dense).encoder.blocks[0]!.hiddenIn;
    const after = block!.hiddenIn;
    if (before.kind !== 'dense' || after.kind !== 'dense') throw new Error('hiddenIn is dense');
    expect([...after.weights].some((value, i) => value !== before.weights[i])).toBe(true);
  });

  it('trains weights of three values a column, as long as the stages of the factorized model together', async () => {
    const teacher = join(folder, 'mnist', 'dense');
    const out = join(folder, 'mnist', 'ternary');
    const report = await runTraining(request({ stage: 'ternary', teacher, out }));
    expect(report.stages.map(({ stage, steps }) => [stage, steps])).toEqual([['ternary', 6]]);
    const { query } = loadCheckpoint(out).encoder.blocks[0]!;
    const { query: before } = loadCheckpoint(teacher).encoder.blocks[0]!;
    const column = (layer: Layer): Set<number> =>
      new Set(
        layer.kind === 'dense'
          ? Array.from(
              layer.weights.filter((_, at) => at % layer.outer === 0),
              Math.abs,
            )
          : [],
      );
    expect(column(before).size).toBeGreaterThan(10);
    expect(column(query).size).toBe(2);
    expect(column(query).has(0)).toBe(true);
  });

  it('trains an unbalanced support, to show what balance costs', async () => {
    const out = join(folder, 'unbalanced');
    const report = await runTraining(
      request({ stage: 'scratch', out, config: { ...tiny, factor: { ...tiny.factor, banks: 1 } }, integerInputs: 10 }),
    );
    expect(report.validation.stored).toBeGreaterThan(0);
    const { query } = loadCheckpoint(out).encoder.blocks[0]!;
    expect(query.kind === 'factorized' && query.sparse.banks).toBe(1);
  });

  const refused: readonly [string, Partial<TrainRequest>, string][] = [
    [
      'an unknown task',
      { task: 'imagenet' },
      `task = imagenet: unknown; known tasks are ${taskNames.join(', ')}; one of your own is a folder with task.json, or a .json or .ts file`,
    ],
    ['an unknown stage', { stage: 'sparse' }, 'stage = sparse: unknown; stages are dense, factorized, scratch, ternary'],
    [
      'several numbers at once',
      { seed: -1, steps: 0, threads: 3 },
      'seed = -1: must be an integer of at least 0\nsteps = 0 steps: must be an integer of at least 1\nthreads = 3: must be 1 or 2',
    ],
    ['a teacher for the dense stage', { teacher: 'x' }, 'teacher = x: stage dense has no teacher; leave it out'],
    [
      'a teacher that is not there',
      { stage: 'factorized', teacher: 'nowhere' },
      'teacher = nowhere: is not a checkpoint; make one with train --task mnist --stage dense, or give --teacher',
    ],
    ['more non-zeros than rank', { stage: 'scratch', config: { ...tiny, factor: { k: 17, rank: 16 } } }, 'k = 17: must be 1 .. rank = 16'],
    [
      'a rank that the banks do not divide',
      { stage: 'scratch', config: { ...tiny, factor: { k: 3, rank: 20 } } },
      'rank = 20: must be a multiple of 8 banks',
    ],
    [
      'forms of groups that the model does not have, or not of all',
      {
        stage: 'scratch',
        config: {
          ...tiny,
          factor: {
            forms: [
              { roles: 'hiddenIn', rank: 20, k: 21 },
              { roles: 'hidden', dense: true },
            ],
          },
        },
      },
      'factor.forms: none for the layers attentionIn, attentionOut of 16 inputs; give each group of layers its form\n' +
        'factor.forms "hiddenIn": rank = 20: must be a multiple of 8 banks\n' +
        'factor.forms "hiddenIn": k = 21: must be at most rank = 20\n' +
        'factor.forms: none for the layers hiddenOut of 24 inputs; give each group of layers its form\n' +
        'factor.forms = "hidden": is no group of this model, or stands there twice; it has "attentionIn, attentionOut", "hiddenIn", "hiddenOut"',
    ],
    [
      'forms that are all dense',
      {
        stage: 'scratch',
        config: {
          ...tiny,
          factor: { forms: ['attentionIn, attentionOut', 'hiddenIn', 'hiddenOut'].map((roles) => ({ roles, dense: true })) },
        },
      },
      'factor.forms: all are dense, so there is nothing to train; compress with --no-factorize, or give one of them rank and k',
    ],
    [
      'heads that do not divide the width',
      { config: { model: { width: 18, heads: 4 } } },
      'model.width = 18: must be a multiple of heads = 4',
    ],
  ];
  it.each(refused)('refuses %s', async (_, part, message) => {
    await expect(runTraining(request(part))).rejects.toThrow(new RegExp(`^${message.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`));
  });

  it('refuses a teacher of another task, naming every field', async () => {
    const teacher = join(folder, 'letters');
    saveEncoder(teacher, randomEncoder(1));
    await expect(runTraining(request({ stage: 'factorized', teacher }))).rejects.toThrow(
      [
        ['input', 'ids', 'patches'],
        ['vocabulary', 20, 0],
        ['featureCount', 0, 49],
        ['classes', 5, 10],
        ['head', 'token', 'sequence'],
      ]
        .map(
          ([field, found, wanted]) =>
            `teacher = ${teacher}: model.${field} = ${found}: the task mnist has ${wanted}; use a checkpoint of that task`,
        )
        .join('\n'),
    );
  });

  it('refuses changes of the model where it has the shape of its teacher, and takes what the teacher has', async () => {
    const teacher = join(folder, 'teacher');
    saveEncoder(teacher, initialEncoder('mnist', changedModel(configOf(loadTask('mnist')), tiny.model), 1));
    const out = join(folder, 'shaped');
    for (const stage of ['factorized', 'ternary'])
      await expect(
        runTraining(request({ stage, teacher, out, config: { ...tiny, model: { ...tiny.model, width: 32, norm: 'post' } } })),
      ).rejects.toThrow(
        `config = model.width = 32: the teacher has 16, whose shape the model of stage ${stage} keeps; leave it out, or train a teacher of that shape\n` +
          'config = model.norm = post: the teacher has pre,',
      );
    expect(existsSync(out)).toBe(false);
    await runTraining(request({ stage: 'ternary', teacher, out, steps: 3 }));
    expect(existsSync(out)).toBe(true);
  });

  it('reads changes of the recipe from a file, and lists what is wrong in it', () => {
    const path = join(folder, 'train.json');
    writeFileSync(path, JSON.stringify({ factor: { k: 6 }, quantised: { rate: 2e-4 }, dense: { steps: 10 } }));
    const { dense: schedule, compressed } = changed(recipeOf(taskOf('g2p')), { ...readTrainConfig(path), seed: 5 });
    expect([schedule.steps, schedule.seed, compressed.factor.k, compressed.factor.seed, compressed.quantised.rate]).toEqual([
      10, 5, 6, 5, 2e-4,
    ]);
    expect(compressed.coded.rate).toBe(recipeOf(taskOf('g2p')).compressed.coded.rate);
    writeFileSync(path, JSON.stringify({ factor: { k: 0 }, speed: 1 }));
    expect(() => readTrainConfig(path)).toThrow(`config = ${path}: factor.k = 0: must be an integer of at least 1`);
    expect(() => readTrainConfig(path)).toThrow('speed');
    writeFileSync(path, '{');
    expect(() => readTrainConfig(path)).toThrow(`config = ${path}: is not valid JSON (`);
  });
});
