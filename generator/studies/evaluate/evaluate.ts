/** One task, from its checkpoints to the table of docs/evaluation.md: what every step costs in accuracy and saves in bytes. */
import { basename, dirname, join } from 'node:path';
import { compressCheckpoint, type CompressResult } from '../../subject/compress-checkpoint.js';
import type { Encoder } from '../../model/encoder.js';
import type { StepReport } from '../../compress/pipeline.js';
import { loadTask } from '../../data/load.js';
import { mismatches } from '../../data/matches.js';
import { hasLabels, type Dataset, type Example, type MetricName } from '../../data/dataset.js';
import { refuse, UserError } from '../../util/errors.js';
import { loadAnyCheckpoint } from '../../import/load-any.js';
import { loadEncoder } from '../../model/checkpoint.js';
import { hasModel, modelFolder, modelsFolder, otherDenseModels, requireTasks, usualModel } from '../../data/places.js';
import type { Params } from '../../params/fields.js';
import type { OutputKind } from '../../program/best.js';
import { lengthProblems } from '../../program/fits.js';
import { readImage, type Image } from '../../program/image.js';
import { pairedDifference, type Difference } from './bootstrap.js';
import { compareModels, type Comparison } from './comparison.js';
import { measureEma, type EmaReport } from './ema.js';
import { modelFormats, type FormatBytes } from './formats.js';
import { hashSubset, quickInputs } from './subset.js';
import {
  lossOf,
  measureOf,
  needsAll,
  needsReference,
  scoreOf,
  tallyOf,
  usualOutputs,
  valueOf,
  type Answers,
  type Measure,
  type Tally,
} from '../../subject/metrics.js';
import { floatAnswers, goldenAnswers } from '../../subject/tally.js';

export interface EvaluateRequest {
  readonly task: string;
  /** Folder of the factorized checkpoint, or of a dense one that is then compressed without training. */
  readonly checkpoint?: string | undefined;
  /** Folder of the dense checkpoint that all is compared with. */
  readonly dense?: string | undefined;
  readonly params: Params;
  /** What the chip stores of the outputs of a row; the index of the largest when not given. */
  readonly outputs?: OutputKind | undefined;
  /** A subset of the test split. */
  readonly quick?: boolean | undefined;
  readonly seed?: number | undefined;
  readonly onProgress?: (what: string) => void;
}

export const rowNames = ['dense', 'denseInt8', 'factorized', 'coded', 'sixBit', 'golden'] as const;
export type RowName = (typeof rowNames)[number];

export interface Row {
  readonly name: RowName;
  /** The task's metric; undefined when the checkpoint of this step was not kept. */
  readonly accuracy: number | undefined;
  /** Metric on the validation split at the end of the step's training, from the checkpoint's own record. */
  readonly trainedValidation: number | undefined;
  /** Dense float minus this row. */
  readonly loss: Difference | undefined;
  readonly bytes: FormatBytes;
}

/** A plain int8 dense model, the hardest opponent. */
export interface Int8Model {
  readonly name: string;
  readonly accuracy: number;
  readonly bytes: FormatBytes;
  readonly bytesPerInput: EmaReport['bytesPerInput'];
}

export interface Evaluation {
  readonly task: string;
  readonly metric: MetricName;
  readonly quick: boolean;
  readonly testInputs: number;
  /** What the validation figures at training are: labels that are right, or the cosine to the teacher. */
  readonly trainedMetric: 'accuracy' | 'cosine';
  readonly testLabels: number;
  readonly checkpoint: string;
  readonly factors: CompressResult['factors'];
  readonly rows: readonly Row[];
  readonly dense: number;
  readonly golden: number;
  readonly lossPoints: number;
  readonly interval: readonly [low: number, high: number];
  readonly ema: EmaReport;
  /** Comparison with the float model, of tasks that have one. */
  readonly comparison: Comparison | undefined;
  readonly int8: {
    readonly models: readonly Int8Model[];
    /** The smallest whose accuracy is at least the golden model's; undefined when none is that good. */
    readonly smallestEqual: Int8Model | undefined;
  };
  readonly stats: CompressResult['stats'];
}

interface Opened {
  readonly data: Dataset;
  readonly measure: Measure;
  /** Tokens of the test split's inputs. */
  readonly lengths: readonly number[];
  readonly denseFolder: string;
  readonly checkpoint: string;
  readonly dense: Encoder;
}

/** Errors: UserError when a model or its data is missing, or what is given as dense is not. */
function openTask(request: EvaluateRequest): Opened {
  const { task } = request;
  const own = [...(request.dense === undefined ? ['dense' as const] : []), ...(request.checkpoint === undefined ? [usualModel(task)] : [])];
  requireTasks([task], own, 'give --checkpoint FOLDER and --dense FOLDER');
  const data = loadTask(task);
  const denseFolder = request.dense ?? modelFolder(task, 'dense');
  const checkpoint = request.checkpoint ?? modelFolder(task, usualModel(task));
  const dense = loadAnyCheckpoint(denseFolder).encoder;
  const lengths = data.splits.test.map(({ length }) => length);
  refuse([...mismatches(dense, data), ...lengthProblems(lengths, request.params)]);
  if (dense.shared.length > 0)
    throw new UserError([`dense = ${denseFolder}: is factorized; give the dense checkpoint that it is compared with`]);
  return { data, measure: measureOf(data, dense), lengths, denseFolder, checkpoint, dense };
}

/** A step whose checkpoint was not kept has none. */
type Tallies = Partial<Record<RowName, Tally>> & Record<'dense' | 'golden', Tally>;

/** The test inputs, and how answers to them are counted. */
interface Measuring {
  readonly test: readonly Example[];
  readonly metric: MetricName;
  readonly seed: number;
  readonly dense: Tally;
  readonly tally: (answers: Answers) => Tally;
  readonly progress: (what: string) => void;
}

/** What every step that there is a model of has right, and what the integers say. */
function tallySteps(
  { checkpoint }: Opened,
  compressed: CompressResult,
  image: Image,
  { test, dense: denseTally, tally, progress }: Measuring,
): { readonly tallies: Tallies; readonly answers: Answers } {
  const tallies: Partial<Record<RowName, Tally>> = {};
  const steps = stepEncoders(compressed, checkpoint);
  for (const name of ['factorized', 'coded', 'sixBit'] as const) {
    const encoder = steps[name];
    progress(name);
    if (encoder !== undefined) tallies[name] = tally(floatAnswers(encoder, test));
  }
  progress('golden');
  const answers = goldenAnswers(image.model, compressed.encoder, test);
  return { tallies: { ...tallies, dense: denseTally, golden: tally(answers) }, answers };
}

function rowsOf(
  tallies: Tallies,
  image: Image,
  int8Bytes: FormatBytes,
  validation: Partial<Record<RowName, number>>,
  { metric, seed }: Measuring,
): Row[] {
  const formats = modelFormats(image.model);
  const bytes: Record<RowName, FormatBytes> = {
    dense: formats.dense,
    denseInt8: int8Bytes,
    factorized: formats.factorized,
    coded: formats.coded,
    sixBit: formats.sixBit,
    golden: { cold: image.cold.length, pass: image.pass.length },
  };
  return rowNames.map((name): Row => {
    const counted = tallies[name];
    const loss = counted === undefined || name === 'dense' ? undefined : pairedDifference(tallies.dense, counted, seed, metric);
    return { name, accuracy: counted && valueOf(metric, counted), trainedValidation: validation[name], loss, bytes: bytes[name] };
  });
}

/** The control that stands beside the compressed model, where one was trained. */
function ternaryOf(task: string): (() => Encoder) | undefined {
  const folder = modelsFolder(task);
  return hasModel(folder, 'ternary') ? () => loadEncoder(join(folder, 'ternary')) : undefined;
}

/** Makes a model of a checkpoint, with the task's data. */
function runnerOf({ task, params, seed, onProgress }: EvaluateRequest, outputs: OutputKind) {
  return (what: string, checkpoint: string, factorize: boolean): CompressResult => {
    onProgress?.(what);
    // The dense baseline is for comparison: it need not run on this hardware.
    return compressCheckpoint({ task, checkpoint, params, seed, validationInputs: 0, mustFit: factorize, steps: { factorize }, outputs });
  };
}

export function evaluateTask(request: EvaluateRequest): Evaluation {
  const { params, seed = 1, quick = false, onProgress: progress = () => undefined } = request;
  const opened = openTask(request);
  const { data, measure, lengths, denseFolder, checkpoint } = opened;
  const test = quick ? hashSubset(data.splits.test, quickInputs) : data.splits.test;
  const { metric } = data;
  const outputs = outputsOf(request, data.task, measure);
  const run = runnerOf(request, outputs);
  const compressed = run('compressing', checkpoint, true);
  if (compressed.factors === 'none')
    throw new UserError([`checkpoint = ${checkpoint}: has layers of both kinds; give one that is wholly dense or wholly factorized`]);
  const image = readImage(compressed.image);
  progress('dense float');
  const reference = floatAnswers(opened.dense, test);
  const tally = (answers: Answers): Tally => tallyOf(measure, test, answers, reference);
  const measuring: Measuring = { test, metric, seed, dense: tally(reference), tally, progress };
  const { tallies, answers } = tallySteps(opened, compressed, image, measuring);
  const int8 = measureInt8(
    denseFolder,
    (one) => run(`int8 ${basename(one)}`, one, false),
    measuring,
    (image) => measureEma(image, lengths, params),
  );
  tallies.denseInt8 = int8[0]!.counted;

  const trainedMetric = hasLabels(data.splits.train) ? 'accuracy' : 'cosine';
  const validation = { ...trainedValidation(denseFolder, trainedMetric), ...trainedValidation(checkpoint, trainedMetric) };
  const rows = rowsOf(tallies, image, int8[0]!.model.bytes, validation, measuring);
  const difference = pairedDifference(tallies.dense, tallies.golden, seed, metric);
  const golden = scoreOf(tallies.golden, metric);
  const models = int8.map(({ model }) => model);
  const comparison =
    outputs === 'all' && needsReference(data, test)
      ? compareModels(opened.dense, compressed.stats, answers, int8[0]!.answers, {
          ...measuring,
          data,
          measure,
          reference,
          ternary: ternaryOf(request.task),
        })
      : undefined;
  return {
    task: data.task,
    metric,
    quick,
    testInputs: test.length,
    testLabels: golden.labels,
    trainedMetric,
    checkpoint,
    factors: compressed.factors,
    rows,
    dense: valueOf(metric, tallies.dense),
    golden: golden.accuracy,
    lossPoints: difference.points,
    interval: [difference.low, difference.high],
    ema: measureEma(image, lengths, params),
    comparison,
    int8: { models, smallestEqual: smallestAsGood(models, metric, golden.accuracy) },
    stats: compressed.stats,
  };
}

function outputsOf({ outputs }: EvaluateRequest, task: string, measure: Measure): OutputKind {
  const needed = needsAll(measure);
  refuse(outputs === 'best' && needed !== undefined ? [`outputs = best: of ${task} ${needed}; give all`] : []);
  return outputs ?? usualOutputs(measure);
}

const total = ({ cold, pass }: FormatBytes): number => cold + pass;

/** The dense checkpoint and the smaller ones beside it, in int8. */
function measureInt8(
  denseFolder: string,
  pack: (folder: string) => CompressResult,
  { test, metric, tally }: Measuring,
  emaOf: (image: Image) => EmaReport,
): { readonly counted: Tally; readonly model: Int8Model; readonly answers: Answers }[] {
  const others = otherDenseModels(dirname(denseFolder)).map((name) => join(dirname(denseFolder), name));
  return [denseFolder, ...others].map((folder) => {
    const packed = pack(folder);
    const image = readImage(packed.image);
    const answers = goldenAnswers(image.model, packed.encoder, test);
    const counted = tally(answers);
    const { bytesPerInput } = emaOf(image);
    const model = {
      name: basename(folder),
      accuracy: valueOf(metric, counted),
      bytes: { cold: image.cold.length, pass: image.pass.length },
      bytesPerInput,
    };
    return { counted, model, answers };
  });
}

function smallestAsGood(models: readonly Int8Model[], metric: MetricName, golden: number): Int8Model | undefined {
  return models.filter(({ accuracy }) => lossOf(metric, golden, accuracy) <= 0).sort((a, b) => total(a.bytes) - total(b.bytes))[0];
}

/** What training has written down about its stages in this metric. */
function trainedValidation(folder: string, wanted: Evaluation['trainedMetric']): Partial<Record<RowName, number>> {
  const { validation, metric = wanted } = loadAnyCheckpoint(folder).meta;
  if (metric !== wanted) return {};
  const stages = (typeof validation === 'object' && validation !== null ? validation : {}) as Record<string, unknown>;
  const rowOf = { dense: 'dense', factorized: 'factorized', coded: 'coded', quantised: 'sixBit' } as const;
  return Object.fromEntries(
    Object.entries(rowOf).flatMap(([stage, row]) => (typeof stages[stage] === 'number' ? [[row, stages[stage]]] : [])),
  );
}

/** Float encoders of the steps: those of the compression itself, or those that training has kept beside the checkpoint. */
function stepEncoders(compressed: CompressResult, checkpoint: string): Partial<Record<StepReport['step'], Encoder>> {
  const own = Object.fromEntries(compressed.reports.map(({ step, encoder }) => [step, encoder]));
  if (compressed.factors === 'post-training') return own;
  const kept = (step: 'factorized' | 'coded'): Encoder | undefined => {
    const name = `${basename(checkpoint)}-${step}`;
    return hasModel(dirname(checkpoint), name) ? loadEncoder(join(dirname(checkpoint), name)) : undefined;
  };
  return Object.fromEntries(
    Object.entries({ sixBit: compressed.encoder, factorized: kept('factorized'), coded: kept('coded') }).filter(
      ([, encoder]) => encoder !== undefined,
    ),
  );
}
