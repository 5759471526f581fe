/** What `train --config` may change of a task's recipe. */
import { UserError } from '../util/errors.js';
import { checked, readJson } from '../input/json.js';
import { modelProblems } from '../model/checkpoint-config.js';
import type { ModelConfig } from '../model/config.js';
import { trainConfigSchema, type TrainConfig } from '../data/recipe-schema.js';
import type { CompressedStages } from './stages.js';
import type { Schedule } from './trainer.js';

export function readTrainConfig(path: string): TrainConfig {
  const value = readJson({ path, option: 'config', advice: 'give a JSON file with changes of the recipe' });
  return checked(trainConfigSchema, value, `config = ${path}`);
}

/** Changes without the undefined ones, so that they do not hide what they are spread over. */
function given<T extends object>(changes: T | undefined): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(changes ?? {}).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

export interface Recipe {
  readonly dense: Schedule;
  readonly compressed: CompressedStages;
}

export interface Overrides extends TrainConfig {
  readonly seed: number;
  /** Steps of the whole command; shared among stages as the recipe shares them. */
  readonly steps?: number;
}

/** The recipe with its changes; the seed is everywhere the same. */
export function changed(recipe: Recipe, overrides: Overrides): Recipe {
  const { dense, compressed } = recipe;
  const { seed, steps } = overrides;
  const total = compressed.factorized.steps + compressed.coded.steps + compressed.quantised.steps;
  const part = (own: Schedule, name: 'factorized' | 'coded' | 'quantised'): Schedule => ({
    ...own,
    ...(steps !== undefined && { steps: Math.max(1, Math.round((own.steps * steps) / total)) }),
    ...given(overrides[name]),
    seed,
  });
  const stages: CompressedStages = {
    factor: { ...compressed.factor, ...given(overrides.factor), seed },
    factorized: part(compressed.factorized, 'factorized'),
    coded: part(compressed.coded, 'coded'),
    quantised: part(compressed.quantised, 'quantised'),
    teacherShare: { ...compressed.teacherShare, ...given(overrides.teacherShare) },
    pursuit: overrides.pursuit ?? compressed.pursuit,
    calibrationInputs: overrides.calibrationInputs ?? compressed.calibrationInputs,
    percentile: overrides.percentile ?? compressed.percentile,
  };
  return { dense: { ...dense, ...(steps !== undefined && { steps }), ...given(overrides.dense), seed }, compressed: stages };
}

/** The task's model with other sizes. */
export function changedModel(config: ModelConfig, changes: TrainConfig['model']): ModelConfig {
  const model = { ...config, ...given(changes) };
  const problems = modelProblems(model);
  if (problems.length > 0) throw new UserError(problems.map((problem) => `model.${problem}`));
  return model;
}
