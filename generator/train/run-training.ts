/** One training from the task's data to a stored checkpoint: what `trexgen train` does. */
import { existsSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Ranges } from '../model/ranges.js';
import { layersOf, type Encoder } from '../model/encoder.js';
import { integerOutputs, integerScore } from '../compress/evaluate.js';
import { pack } from '../compress/pack.js';
import { chooseScales } from '../compress/scales.js';
import { hasLabels, type Dataset, type Example } from '../data/dataset.js';
import { mismatches } from '../data/matches.js';
import type { TaskDescription } from '../data/description.js';
import { inputsDataset } from '../data/inputs-dataset.js';
import { loadTask, taskOf } from '../data/load.js';
import type { TrainConfig } from '../data/recipe-schema.js';
import { encoderFiles, textEncoder } from '../data/tokenizer.js';
import { refuse, UserError } from '../util/errors.js';
import { saveHostSide } from '../import/host-side.js';
import { loadAnyCheckpoint } from '../import/load-any.js';
import { loadCheckpoint, saveEncoder } from '../model/checkpoint.js';
import { commandLine } from '../util/shell.js';
import { modelFolder } from '../data/places.js';
import { lockFolder } from '../util/lock.js';
import { replaceFile, requireWritable } from '../util/write-file.js';
import { changed, changedModel } from './config-file.js';
import { Network } from './network.js';
import { augmentOf, configOf, recipeOf } from './recipes.js';
import { Rounding } from './rounding.js';
import { spread, trainCompressed, trainDense, trainFromScratch, trainTernary, type Run, type StageReport } from './stages.js';
import { agreementOf, cosineOf } from './imitate.js';
import { goodnessText } from './pass.js';
import { accuracyOf } from './step.js';
import { Engine } from './wasm.js';

/**
 * dense: the teacher; factorized: from a teacher to the quantised model; scratch: the same from a random support; ternary: from a
 * teacher to a dense model of three weights a column, which the factorized one is compared with.
 */
export const trainStages = ['dense', 'factorized', 'scratch', 'ternary'] as const;
export type TrainStage = (typeof trainStages)[number];

export interface TrainRequest {
  /** Name or path of a task; in its place `inputs`. */
  readonly task?: string | undefined;
  /** File of inputs without labels, on which the teacher is imitated. */
  readonly inputs?: string | undefined;
  readonly stage: string;
  readonly out: string;
  readonly seed?: number;
  /** Steps of the whole command, over all its stages. */
  readonly steps?: number;
  /** Folder of a dense checkpoint; that of the package for `factorized`, none for `scratch`. */
  readonly teacher?: string;
  readonly config?: TrainConfig;
  /** 1 or 2; the result has the same bits. */
  readonly threads?: number;
  /** Validation inputs of the integer model's score. */
  readonly integerInputs?: number;
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal;
}

export interface TrainReport {
  readonly task: string;
  /** What its figures are: percent of labels, or the mean cosine to the teacher's outputs. */
  readonly metric: 'accuracy' | 'cosine';
  readonly stage: TrainStage;
  readonly out: string;
  readonly log: string;
  readonly seconds: number;
  readonly stages: readonly Omit<StageReport, 'log'>[];
  /** Score of the checkpoint as it is stored, by `metric`, on validation inputs. */
  readonly validation: {
    readonly stored: number;
    /** The integer model, on `inputs` of the validation inputs, and the teacher or the rounded floats on the same. */
    readonly integer?: { readonly inputs: number; readonly accuracy: number; readonly rounded: number; readonly teacher?: number };
  };
}

function stageOf(name: string): TrainStage {
  const stage = trainStages.find((known) => known === name);
  if (stage === undefined) throw new UserError([`stage = ${name}: unknown; stages are ${trainStages.join(', ')}`]);
  return stage;
}

function requestProblems({ seed = 1, steps, threads, teacher }: TrainRequest, stage: TrainStage): string[] {
  return [
    ...(Number.isInteger(seed) && seed >= 0 ? [] : [`seed = ${seed}: must be an integer of at least 0`]),
    ...(steps === undefined || (Number.isInteger(steps) && steps >= 1) ? [] : [`steps = ${steps} steps: must be an integer of at least 1`]),
    ...(threads === undefined || threads === 1 || threads === 2 ? [] : [`threads = ${threads}: must be 1 or 2`]),
    ...(stage === 'dense' && teacher !== undefined ? [`teacher = ${teacher}: stage dense has no teacher; leave it out`] : []),
  ];
}

/** Changes of the model where it has the shape of its teacher: there none can be made. */
function modelChanges(stage: TrainStage, { config }: Encoder, model: TrainConfig['model'] = {}): string[] {
  return Object.entries(model).flatMap(([field, value]) => {
    const has = config[field as keyof typeof model];
    return value === undefined || value === has
      ? []
      : [
          `config = model.${field} = ${value}: the teacher has ${has}, whose shape the model of stage ${stage} keeps; leave it out, or train a teacher of that shape`,
        ];
  });
}

interface Opened {
  readonly task: Pick<TaskDescription, 'recipe' | 'augment'>;
  readonly data: Dataset;
  readonly teacher: Encoder | undefined;
  readonly teacherFolder?: string;
}

/** Whether there is nothing to learn from but a teacher. */
function imitates({ splits }: Dataset): boolean {
  return !hasLabels(splits.train);
}

/** Data and teacher: of a task, or of a file of inputs. */
function openStage({ task, inputs, teacher: folder }: TrainRequest, stage: TrainStage): Opened {
  refuse([
    ...(task === undefined && inputs === undefined
      ? ['task, inputs: neither is given; name a task, or give a teacher and a file of inputs']
      : []),
    ...(task !== undefined && inputs !== undefined ? [`inputs = ${inputs}: the task ${task} has its own; leave one of them out`] : []),
    ...(inputs !== undefined && folder === undefined
      ? [`inputs = ${inputs}: have no labels; give --teacher FOLDER, whose outputs are matched`]
      : []),
    ...(inputs !== undefined && stage === 'dense' ? ['stage = dense: needs labels; leave --inputs out and name a task'] : []),
  ]);
  if (task === undefined) {
    const teacher = loadDense(folder!, 'give the folder of a dense one');
    return {
      task: { recipe: {}, augment: undefined },
      teacher,
      teacherFolder: folder!,
      data: inputsDataset(inputs!, teacher, textEncoder(folder!)),
    };
  }
  const description = taskOf(task);
  const data = loadTask(task);
  if (imitates(data) && (stage === 'dense' || (stage === 'scratch' && folder === undefined)))
    throw new UserError([
      `stage = ${stage}: the task ${data.task} has no labels; give a trained model as --teacher, with the stage factorized`,
    ]);
  const from = folder ?? (stage === 'factorized' || stage === 'ternary' ? modelFolder(task, 'dense', 'give --teacher FOLDER') : undefined);
  if (from === undefined || stage === 'dense') return { task: description, data, teacher: undefined };
  const teacher = loadTeacher(from, data);
  const { steps = [] } = teacher.host ?? {};
  return { task: description, data: steps.length > 0 && !imitates(data) ? withoutLabels(data) : data, teacher, teacherFolder: from };
}

/** Data of a task whose teacher is imitated: labels are of what the host computes behind it, through which nothing is trained. */
function withoutLabels(data: Dataset): Dataset {
  const { train, validation, test } = data.splits;
  const bare = (examples: readonly Example[]): Example[] => examples.map((one) => ({ ...one, labels: one.labels.map(() => -1) }));
  return { ...data, splits: { train: bare(train), validation: bare(validation), test } };
}

export async function runTraining(request: TrainRequest): Promise<TrainReport> {
  const { out, seed = 1, onLine, signal, config: changes = {} } = request;
  const stage = stageOf(request.stage);
  refuse(requestProblems(request, stage));
  const { task, data, teacher, teacherFolder } = openStage(request, stage);
  // What begins as its teacher has its shape, and so has what imitates its outputs and hidden states.
  const shaped = teacher !== undefined && (stage !== 'scratch' || imitates(data));
  if (shaped) refuse(modelChanges(stage, teacher, changes.model));
  const recipe = changed(recipeOf(task), { ...changes, seed, ...(request.steps !== undefined && { steps: request.steps }) });
  const reports: StageReport[] = [];
  const augment = augmentOf(task, data);
  const folder = join(out, 'state');
  const run: Run = {
    data,
    seed,
    folder,
    threads: request.threads ?? 2,
    onStage: (report) => reports.push(report),
    onStep: (name, encoder) => saveEncoder(`${out}-${name}`, encoder, { stage: name, seed }, { storage: 'F16' }),
    onLine: (name, line) => onLine?.(`${name}  ${line}`),
    ...(augment && { augment }),
    ...(signal && { signal }),
  };
  const config = shaped ? teacher.config : changedModel(configOf(data), { ...task.recipe.model, ...changes.model });
  const log = join(dirname(out), `train-${basename(out)}.log`);
  const release = lockFolder(out, 'train');
  try {
    requireWritable(log);
    let encoder: Encoder;
    let ranges: Ranges | undefined;
    if (stage === 'dense') encoder = await trainDense(run, config, recipe.dense);
    else if (stage === 'ternary') encoder = await trainTernary(run, teacher!, recipe.compressed);
    else if (stage === 'scratch') ({ encoder, ranges } = await trainFromScratch(run, config, recipe.compressed, teacher));
    else ({ encoder, ranges } = await trainCompressed(run, teacher!, recipe.compressed));

    const meta = {
      stage,
      seed,
      recipe: stage === 'dense' ? recipe.dense : recipe.compressed,
      metric: imitates(data) ? 'cosine' : 'accuracy',
      validation: Object.fromEntries(reports.map((report) => [report.stage, report.validationAccuracy])),
      // What imitates an imported model ends as it does.
      ...(imitates(data) && teacher?.host && { import: saveHostSide(out, teacher.host, encoderFiles(teacherFolder!)) }),
    };
    saveEncoder(out, encoder, meta, { storage: 'F16', ...(ranges && { ranges }) });
    const validation = measure(out, data, teacher, request.integerInputs ?? 1000);
    const seconds = reports.reduce((sum, report) => sum + report.seconds, 0);
    replaceFile(log, logText(request, reports, validation, imitates(data)));
    rmSync(folder, { recursive: true, force: true });
    return {
      task: data.task,
      metric: imitates(data) ? 'cosine' : 'accuracy',
      stage,
      out,
      log,
      seconds,
      stages: reports.map(withoutLog),
      validation,
    };
  } finally {
    release();
  }
}

function withoutLog({ stage, steps, seconds, validationAccuracy }: StageReport): Omit<StageReport, 'log'> {
  return { stage, steps, seconds, validationAccuracy };
}

/** Errors: UserError when it is no checkpoint, with what to do, or factorized. */
function loadDense(folder: string, advice: string): Encoder {
  if (!existsSync(join(folder, 'config.json'))) throw new UserError([`teacher = ${folder}: is not a checkpoint; ${advice}`]);
  const { encoder } = loadAnyCheckpoint(folder);
  refuse(encoder.shared.length > 0 ? [`teacher = ${folder}: is factorized; give a dense checkpoint`] : []);
  return encoder;
}

/** A trained dense encoder whose inputs and classes are the task's. */
function loadTeacher(folder: string, data: Dataset): Encoder {
  const encoder = { ...loadDense(folder, `make one with train --task ${data.task} --stage dense, or give --teacher`), task: data.task };
  refuse(mismatches(encoder, data).map((problem) => `teacher = ${folder}: ${problem}`));
  return encoder;
}

/** Everything is read back from the folder, so the figures are of what is stored. */
function measure(folder: string, data: Dataset, teacher: Encoder | undefined, inputs: number): TrainReport['validation'] {
  const { encoder, ranges } = loadCheckpoint(folder);
  const { validation } = data.splits;
  const network = new Network(new Engine(), encoder);
  const imitated = imitates(data) && teacher !== undefined ? new Network(new Engine(), teacher) : undefined;
  const score = (of: Network, examples: readonly Example[]): number =>
    imitated === undefined ? accuracyOf(of, examples) : agreementOf(of, imitated, examples);
  if (ranges === undefined) return { stored: score(network, validation) };
  const scales = chooseScales(encoder, ranges);
  network.quantise(new Rounding(encoder, scales));
  const stored = score(network, validation);
  const factors = layersOf(encoder).find((layer) => layer.kind === 'factorized');
  const banks = factors?.kind === 'factorized' ? factors.sparse.banks : 1;
  const some: readonly Example[] = spread(validation, inputs);
  const model = pack(encoder, scales, { banks });
  const integer = {
    inputs: some.length,
    accuracy:
      imitated === undefined ? integerScore(encoder, model, some).accuracy : cosineOf(integerOutputs(encoder, model, some), imitated, some),
    rounded: score(network, some),
    ...(teacher && imitated === undefined && { teacher: accuracyOf(new Network(new Engine(), teacher), some) }),
  };
  return { stored, integer };
}

function logText(
  { task, inputs, stage, steps, teacher, seed = 1, config = {} }: TrainRequest,
  reports: readonly StageReport[],
  validation: TrainReport['validation'],
  imitated: boolean,
): string {
  const shown = (value: number): string => goodnessText(value, imitated);
  const lines = [
    commandLine(
      ['trexgen', 'train'],
      [
        ['task', task],
        ['inputs', inputs],
        ['stage', stage],
        ['seed', seed],
        ['steps', steps],
        ['teacher', teacher],
      ],
    ),
  ];
  const changes = Object.entries(config).filter(([, values]) => typeof values !== 'object' || Object.keys(values).length > 0);
  if (changes.length > 0) lines.push(`changes of the recipe: ${JSON.stringify(Object.fromEntries(changes))}`);
  for (const { stage: name, steps: count, seconds, validationAccuracy, log } of reports) {
    lines.push(
      '',
      ...log.map((line) => `${name}  ${line}`),
      `${name}  ${count} steps in ${seconds.toFixed(0)} s, validation ${shown(validationAccuracy)}`,
    );
  }
  lines.push('', `stored  validation ${shown(validation.stored)}`);
  const { integer } = validation;
  if (integer !== undefined) {
    const dense = integer.teacher === undefined ? '' : `, dense teacher ${shown(integer.teacher)}`;
    lines.push(
      `integer  ${integer.inputs} validation inputs: ${shown(integer.accuracy)}, rounded floats ${shown(integer.rounded)}${dense}`,
    );
  }
  return `${lines.join('\n')}\n`;
}
