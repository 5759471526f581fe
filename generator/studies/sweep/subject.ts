/** A model with its inputs as plain data: loaded once, sent to the processes that measure. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasFactors } from '../../compress/factorize-encoder.js';
import { factorRank } from '../../contract/limits.js';
import { taskNames } from '../../data/built-in.js';
import type { Example } from '../../data/dataset.js';
import { taskOf } from '../../data/load.js';
import { dataProblems, hasTaskModel, inRepository, modelProblems, modelsFolder, takeModel } from '../../data/places.js';
import { loadCheckpoint } from '../../model/checkpoint.js';
import type { Params } from '../../params/fields.js';
import { makeParams } from '../../params/params.js';
import { baselineBytes } from '../../program/traffic.js';
import { taskModel, workloadModel } from '../../subject/open.js';
import { measureOf, needsReference, type Answers, type Measure } from '../../subject/metrics.js';
import { embedded, type ModelWithInputs } from '../../subject/subject.js';
import { floatAnswers } from '../../subject/tally.js';
import { workloadChoices, workloadShape } from '../../subject/workload/shapes.js';
import { refuse, UserError } from '../../util/errors.js';
import { hashSubset } from '../evaluate/subset.js';
import type { RunPoint } from './fields.js';
import type { Measuring } from './key.js';

/** Inputs whose answers are known. */
export interface Scored {
  readonly requests: readonly Int8Array[];
  readonly examples: readonly Example[];
  readonly measure: Measure;
  /** Answers of the float model, where the metric compares with it. */
  readonly reference: Answers | undefined;
}

/** A model with its inputs, for all hardware of a sweep: the image is made anew for each point. Plain data, which helper processes are sent. */
export interface SweptModel extends Pick<ModelWithInputs, 'model' | 'lengths' | 'requests'> {
  readonly id: string;
  /** Bytes of the uncompressed model for these inputs. */
  readonly baseline: number;
  /** Accuracy in percent, at the end of training; undefined when the checkpoint says nothing. */
  readonly trainedAccuracy: number | undefined;
  readonly scored: Scored | undefined;
}

function sweptModel(id: string, { model, lengths, requests }: ModelWithInputs): SweptModel {
  return { id, model, lengths, requests, baseline: baselineBytes(model, lengths), trainedAccuracy: undefined, scored: undefined };
}

/** A task, by its name or its path; everything else is a published shape. */
export function isTask(name: string): boolean {
  return !workloadChoices.some((choice) => choice === name);
}

/** Folder of a built-in task's models as they stand in the repository. */
function shownModels(task: string): string {
  return taskNames.includes(task) ? `models/${task}` : modelsFolder(task);
}

/** What of the hardware decides how a model is made. */
type Maker = Pick<Params, 'array' | 'numerics'>;

/** Points of one subject share its model; random weights are made for the columns that run them. */
export function subjectId({ task, model }: Pick<RunPoint, 'task' | 'model'>, { array, numerics }: Maker): string {
  const name = `${task}/${model}/${numerics.activationBits} bits`;
  return isTask(task) ? name : `${name}/${array.columns}`;
}

/** Content of what a task's checkpoint is made of; a published shape is made by this version of trexgen. */
export function modelHash({ task, model }: Pick<RunPoint, 'task' | 'model'>): string {
  if (!isTask(task)) return `${task}/${model}`;
  const hash = createHash('sha256');
  if (!hasTaskModel(task, model)) return 'missing';
  const folder = takeModel(task, model);
  const parts = ['config.json', 'model.safetensors'].map((file) => join(folder, file));
  for (const file of [...parts, ...taskOf(task).files]) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 32);
}

/** Figure of the last stage that training has written down, where it is of this very metric; of the outputs themselves. */
function trainedAccuracy(folder: string, { metric, host }: Measure): number | undefined {
  const { validation, metric: trained = 'accuracy' } = loadCheckpoint(folder).meta;
  if (metric !== trained || (host !== undefined && host.steps.length > 0)) return undefined;
  if (typeof validation !== 'object' || validation === null) return undefined;
  const stages = validation as Readonly<Record<string, unknown>>;
  return ['quantised', 'coded', 'factorized', 'dense'].map((stage) => stages[stage]).find((value) => typeof value === 'number');
}

function taskSubject(task: string, model: string, params: Maker, { inputs, accuracyInputs, seed }: Measuring): SweptModel {
  refuse(taskProblems([{ run: { task } }]));
  if (!hasTaskModel(task, model))
    throw new UserError([
      `run.model = ${model}: ${task} has no such checkpoint in ${shownModels(task)}; leave the pair out with a constraint`,
    ]);
  const checkpoint = takeModel(task, model);
  // The model depends on nothing else of the hardware.
  const widest = makeParams({ array: { columns: 2 }, numerics: params.numerics, envelope: { rank: factorRank.max } });
  const factorize = hasFactors(loadCheckpoint(checkpoint).encoder);
  const found = taskModel(task, widest, { checkpoint, factorize, inputs, seed });
  const validation = hashSubset(found.dataset.splits.validation, accuracyInputs);
  const { requests } = embedded(found.encoder, validation, found.model);
  // Without the functions of a dataset, which no other process can be sent.
  const measure = measureOf(found.dataset, found.encoder);
  const reference = needsReference(measure, validation) ? floatAnswers(found.encoder, validation) : undefined;
  return {
    ...sweptModel(subjectId({ task, model }, params), found),
    trainedAccuracy: trainedAccuracy(checkpoint, measure),
    scored: { requests, examples: validation, measure, reference },
  };
}

const codings = { compressed: 'factorized', dense: 'dense8' } as const;

function workloadSubject(task: string, model: string, params: Maker, { inputs, seed }: Measuring): SweptModel {
  refuse(Object.hasOwn(codings, model) ? [] : [`run.model = ${model}: ${task} is a published shape, it has compressed and dense`]);
  const shape = workloadShape(task);
  const coding = codings[model as keyof typeof codings];
  const lengths = Array.from({ length: inputs }, () => shape.tokens / 4);
  return sweptModel(subjectId({ task, model }, params), workloadModel(shape, params, { coding, lengths, seed }));
}

/** What no point of the tasks can do without: data, and the trained models of the repository. */
export function taskProblems(points: readonly { readonly run: Pick<RunPoint, 'task'> }[]): string[] {
  const tasks = [...new Set(points.map(({ run }) => run.task))].filter(isTask);
  const builtIn = taskNames.filter((task) => tasks.includes(task));
  return [...dataProblems(tasks), ...(inRepository() ? [] : modelProblems(builtIn, ['compressed'], 'name a published shape as run.task'))];
}

/** Errors: UserError when the model is missing or cannot be made for so many columns. */
export function loadSubject({ task, model }: Pick<RunPoint, 'task' | 'model'>, params: Maker, measuring: Measuring): SweptModel {
  return isTask(task) ? taskSubject(task, model, params, measuring) : workloadSubject(task, model, params, measuring);
}
