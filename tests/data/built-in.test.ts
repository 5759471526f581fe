import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { builtInTasks, demoTaskNames, pretrainedTasks, taskNames } from '../../generator/data/built-in.js';
import { mismatches } from '../../generator/data/matches.js';
import { hasTaskModel, modelFolder, requireTasks, usualModel } from '../../generator/data/places.js';
import { loadTask, taskOf } from '../../generator/data/load.js';
import { takePretrained } from '../../generator/data/pretrained.js';
import { loadCheckpoint } from '../../generator/model/checkpoint.js';

const folder = mkdtempSync(join(tmpdir(), 'trexgen-'));

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

describe('built-in tasks', () => {
  it('are the demo tasks, which start and studies run, and those whose model comes from a package', () => {
    expect(demoTaskNames).toEqual(['mnist', 'g2p', 'brown']);
    expect(taskNames).toEqual([...demoTaskNames, ...pretrainedTasks.map(({ name }) => name)]);
    expect(builtInTasks.map(({ name }) => taskOf(name).name)).toEqual(taskNames);
  });

  it.each([
    ['ocr', 120],
    ['use', 512],
  ])('take the dense model of %s from its package once, into the cache folder', (task, width) => {
    vi.stubEnv('TREXGEN_CACHE', join(folder, 'cache'));
    expect(hasTaskModel(task, 'dense')).toBe(true);
    const taken = modelFolder(task, 'dense');
    expect(taken.startsWith(join(folder, 'cache-models', `${task}-`))).toBe(true);
    const { encoder } = loadCheckpoint(taken);
    expect([encoder.task, encoder.config.width, encoder.config.layers]).toEqual([task, width, 2]);
    expect(mismatches(encoder, loadTask(task))).toEqual([]);
    expect(modelFolder(task, 'dense')).toBe(taken);
  });

  it('name the metric that their data has', () => {
    for (const name of ['mnist', 'ocr', 'use']) expect(taskOf(name).metric, name).toBe(loadTask(name).metric);
  });

  it('whose package holds something else are refused in words, and nothing is kept', () => {
    vi.stubEnv('TREXGEN_CACHE', join(folder, 'cache'));
    expect(() => takePretrained(taskOf('ocr'), () => ({ source: join(folder, 'nothing.onnx') }))).toThrow('nothing.onnx: does not exist');
    expect(readdirSync(join(folder, 'cache-models')).flatMap((one) => readdirSync(join(folder, 'cache-models', one)))).toEqual([]);
  });

  it.each(pretrainedTasks)('$name stays dense as long as it has no compressed model', ({ name, models }) => {
    expect(usualModel(name)).toBe(existsSync(join(models, 'compressed', 'config.json')) ? 'compressed' : 'dense');
    expect(() => requireTasks([name], [usualModel(name)])).not.toThrow();
  });
});
