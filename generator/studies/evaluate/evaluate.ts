/** One task, from its checkpoints to the table of docs/evaluation.md: what every step costs in accuracy and saves in bytes. */
import { basename, dirname, join } from 'node:path';
import { compressCheckpoint, type CompressResult } from '../../subject/compress-checkpoint.js';
import type { Encoder } from '../../model/encoder.js';
import type { StepReport } from '../../compress/pipeline.js';
import { loadTask, taskOf } from '../../data/load.js';
import { mismatches } from '../../data/matches.js';
import type { Dataset, Example, TaskName } from '../../data/dataset.js';
import { refuse, UserError } from '../../util/errors.js';
import { loadCheckpoint, loadEncoder } from '../../model/checkpoint.js';
import { hasModel, modelFolder, otherDenseModels, requireTasks } from '../../data/places.js';
import type { Params } from '../../params/fields.js';
import type { OutputKind } from '../../program/best.js';
import { readImage, type Image } from '../../program/image.js';
import { pairedDifference, type Difference } from './bootstrap.js';
import { measureEma, type EmaReport } from './ema.js';
import { modelFormats, type FormatBytes } from './formats.js';
import { hashSubset, quickInputs } from './subset.js';
import { floatTally, goldenTally, scoreOf, type Tally } from '../../subject/tally.js';

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
  /** Percent; undefined when the checkpoint of this step was not kept. */
  readonly accuracy: number | undefined;
  /** On the validation split at the end of the step's training, from the checkpoint's own record. */
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
  readonly bytesPerInput: { readonly 1: number; readonly mix: number };
}

export interface Evaluation {
  readonly task: TaskName;
  readonly metric: 'accuracy';
  readonly quick: boolean;
  readonly testInputs: number;
  readonly testLabels: number;
  readonly checkpoint: string;
  readonly factors: CompressResult['factors'];
  readonly rows: readonly Row[];
  readonly dense: number;
  readonly golden: number;
  readonly lossPoints: number;
  readonly interval: readonly [low: number, high: number];
  readonly ema: EmaReport;
  readonly int8: {
    readonly models: readonly Int8Model[];
    /** The smallest whose accuracy is at least the golden model's; undefined when none is that good. */
    readonly smallestEqual: Int8Model | undefined;
  };
  readonly stats: CompressResult['stats'];
}

interface Opened {
  readonly data: Dataset;
  readonly denseFolder: string;
  readonly checkpoint: string;
  readonly dense: Encoder;
}

/** Errors: UserError when a model or its data is missing, or what is given as dense is not. */
function openTask(request: EvaluateRequest): Opened {
  const task = taskOf(request.task);
  const own = [
    ...(request.dense === undefined ? ['dense' as const] : []),
    ...(request.checkpoint === undefined ? ['compressed' as const] : []),
  ];
  requireTasks([task], own, 'give --checkpoint FOLDER and --dense FOLDER');
  const data = loadTask(task);
  const denseFolder = request.dense ?? modelFolder(task, 'dense');
  const checkpoint = request.checkpoint ?? modelFolder(task, 'compressed');
  const dense = loadEncoder(denseFolder);
  refuse(mismatches(dense.config, data));
  if (dense.shared.length > 0)
    throw new UserError([`dense = ${denseFolder}: is factorized; give the dense checkpoint that it is compared with`]);
  return { data, denseFolder, checkpoint, dense };
}

/** A step whose checkpoint was not kept has none. */
type Tallies = Partial<Record<RowName, Tally>> & Record<'dense' | 'golden', Tally>;

/** Right labels of every step that there is a model of. */
function tallySteps(
  { dense, checkpoint }: Opened,
  compressed: CompressResult,
  image: Image,
  test: readonly Example[],
  progress: (what: string) => void,
): Tallies {
  progress('dense float');
  const tallies: Partial<Record<RowName, Tally>> = {};
  const denseTally = floatTally(dense, test);
  const steps = stepEncoders(compressed, checkpoint);
  for (const name of ['factorized', 'coded', 'sixBit'] as const) {
    const encoder = steps[name];
    progress(name);
    if (encoder !== undefined) tallies[name] = floatTally(encoder, test);
  }
  progress('golden');
  return { ...tallies, dense: denseTally, golden: goldenTally(image.model, compressed.encoder, test) };
}

function rowsOf(tallies: Tallies, image: Image, int8Bytes: FormatBytes, validation: Partial<Record<RowName, number>>, seed: number): Row[] {
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
    const loss = counted === undefined || name === 'dense' ? undefined : pairedDifference(tallies.dense, counted, seed);
    return { name, accuracy: counted && scoreOf(counted).accuracy, trainedValidation: validation[name], loss, bytes: bytes[name] };
  });
}

export function evaluateTask(request: EvaluateRequest): Evaluation {
  const { params, seed = 1, quick = false, onProgress: progress = () => undefined } = request;
  const opened = openTask(request);
  const { data, denseFolder, checkpoint } = opened;
  const test = quick ? hashSubset(data.splits.test, quickInputs) : data.splits.test;
  const lengths = data.splits.test.map(({ length }) => length);
  const run = (what: string, folderOf: string, factorize: boolean): CompressResult => {
    progress(what);
    // The dense baseline is for comparison: it need not run on this hardware.
    return compressCheckpoint({
      task: data.task,
      checkpoint: folderOf,
      params,
      seed,
      validationInputs: 0,
      mustFit: factorize,
      steps: { factorize },
      outputs: request.outputs ?? 'best',
    });
  };

  const compressed = run('compressing', checkpoint, true);
  if (compressed.factors === 'none')
    throw new UserError([`checkpoint = ${checkpoint}: has layers of both kinds; give one that is wholly dense or wholly factorized`]);
  const image = readImage(compressed.image);
  const tallies = tallySteps(opened, compressed, image, test, progress);
  const int8Folders = [denseFolder, ...otherDenseModels(dirname(denseFolder)).map((name) => join(dirname(denseFolder), name))];
  const int8 = int8Folders.map((one) => {
    const packed = run(`int8 ${basename(one)}`, one, false);
    const int8Image = readImage(packed.image);
    const counted = goldenTally(int8Image.model, packed.encoder, test);
    return { counted, model: int8Model(basename(one), counted, int8Image, lengths, params) };
  });
  tallies.denseInt8 = int8[0]!.counted;

  const rows = rowsOf(tallies, image, int8[0]!.model.bytes, { ...trainedValidation(denseFolder), ...trainedValidation(checkpoint) }, seed);
  const difference = pairedDifference(tallies.dense, tallies.golden, seed);
  const golden = scoreOf(tallies.golden);
  const models = int8.map(({ model }) => model);
  const good = models.filter(({ accuracy }) => accuracy >= golden.accuracy).sort((a, b) => total(a.bytes) - total(b.bytes));
  return {
    task: data.task,
    metric: 'accuracy',
    quick,
    testInputs: test.length,
    testLabels: golden.labels,
    checkpoint,
    factors: compressed.factors,
    rows,
    dense: scoreOf(tallies.dense).accuracy,
    golden: golden.accuracy,
    lossPoints: difference.points,
    interval: [difference.low, difference.high],
    ema: measureEma(image, lengths, params),
    int8: { models, smallestEqual: good[0] },
    stats: compressed.stats,
  };
}

const total = ({ cold, pass }: FormatBytes): number => cold + pass;

function int8Model(name: string, counted: Tally, image: Image, lengths: readonly number[], params: Params): Int8Model {
  const { bytesPerInput } = measureEma(image, lengths, params);
  return {
    name,
    accuracy: scoreOf(counted).accuracy,
    bytes: { cold: image.cold.length, pass: image.pass.length },
    bytesPerInput: { 1: bytesPerInput[1], mix: bytesPerInput.mix },
  };
}

/** What training has written down about its stages, in percent. */
function trainedValidation(folder: string): Partial<Record<RowName, number>> {
  const { validation } = loadCheckpoint(folder).meta;
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
