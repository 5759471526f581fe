/** The command `compress`: checkpoint and data to the image, with what every step costs. */
import { taskNames } from '../data/built-in.js';
import { hasLabels, type Dataset, type Example, type MetricName } from '../data/dataset.js';
import { readExamples } from '../data/examples-file.js';
import { loadTask, taskOf } from '../data/load.js';
import { mismatches } from '../data/matches.js';
import { refuse, UserError } from '../util/errors.js';
import { accuracyMeasure, needsReference, scoreOf, tallyOf, type Answers, type Measure } from './metrics.js';
import { floatAnswers, goldenAnswers } from './tally.js';
import { loadAnyCheckpoint } from '../import/load-any.js';
import { textEncoder } from '../data/tokenizer.js';
import type { Checkpoint } from '../model/checkpoint.js';
import { hasTaskModel, modelFolder, usualModel } from '../data/places.js';
import type { Params } from '../params/fields.js';
import { fieldProblems } from '../params/params.js';
import { requireFit } from '../program/fits.js';
import { withOutputs, type OutputKind } from '../program/best.js';
import { readImage, writeImage } from '../program/image.js';
import { spread } from '../train/stages.js';
import { layersOf, type Encoder } from '../model/encoder.js';
import { hasFactors, type Form } from '../compress/factorize-encoder.js';
import type { Score } from '../compress/evaluate.js';
import { allSteps, compress, type Compressed, type CompressOptions, type CompressSteps } from '../compress/pipeline.js';
import { plannedFitProblems } from '../compress/sizes.js';
import type { SparseShape } from '../compress/support.js';

export interface CompressRequest {
  /** Names data, and the checkpoint when none is given. */
  readonly task?: string | undefined;
  /** Folder of a checkpoint. */
  readonly checkpoint?: string | undefined;
  /** File of inputs for a task of one's own. */
  readonly inputs?: string | undefined;
  readonly params: Params;
  readonly banks?: number | undefined;
  readonly k?: number | undefined;
  readonly rank?: number | undefined;
  /** Chooses forms by the number of the shared matrix, in place of `k` and `rank`; of a dense checkpoint. */
  readonly chooseForms?: ((choice: FormChoice) => readonly Form[]) | undefined;
  readonly seed?: number | undefined;
  readonly steps?: Partial<CompressSteps>;
  /** Every weight in a container of 16 bits. */
  readonly wide?: boolean | undefined;
  /** What the chip stores of the outputs of a row; all of them when not given. */
  readonly outputs?: OutputKind | undefined;
  /** Width of stored activations; the hardware's when not given. */
  readonly activationBits?: number | undefined;
  readonly percentile?: number | undefined;
  /** Refuse a model that the hardware of `params` cannot run, before anything is made where shapes alone tell. */
  readonly mustFit?: boolean;
  /** Inputs of the training split that the scales are calibrated on. */
  readonly calibrationInputs?: number | undefined;
  /** Inputs of the validation split that accuracies are measured on; 0 leaves them out. */
  readonly validationInputs?: number | undefined;
}

/** What forms are chosen by. */
export interface FormChoice {
  readonly encoder: Encoder;
  readonly banks: number;
  readonly seed: number;
  readonly calibration: readonly Example[];
  /** Held out from calibration, where there are such inputs. */
  readonly inputs: readonly Example[];
}

export interface CompressResult extends Compressed {
  /** Metric of the steps' scores. */
  readonly metric: MetricName;
  readonly task: string;
  readonly checkpoint: string;
  /** The checkpoint's own factors, factors made here without training, or none. */
  readonly factors: 'trained' | 'post-training' | 'none';
  readonly shape: SparseShape;
  /** Forms that were asked for, in place of the shape's `rank` and `k`. */
  readonly forms: readonly Form[] | undefined;
  readonly columns: number;
  readonly busBytes: number;
  readonly seed: number;
  readonly image: Uint8Array;
}

/** Inputs that forms are chosen by. */
const chosenInputs = 64;

export function compressCheckpoint(request: CompressRequest): CompressResult {
  const { params, seed = 1, calibrationInputs = 256, validationInputs = 200, activationBits = params.numerics.activationBits } = request;
  const { columns } = params.array;
  const { busBytes } = params.port;
  const checkpoint = checkpointOf(request);
  const { encoder, ranges } = loadAnyCheckpoint(checkpoint);
  const shape = hasFactors(encoder) ? ownShape(encoder, request) : newShape(encoder, request);
  const steps = { ...allSteps, factorize: factorizes(request), ...request.steps };
  const factors = hasFactors(encoder) ? 'trained' : steps.factorize ? 'post-training' : 'none';
  // The width of activations is a wish of its own: the image is for hardware of that width.
  const hardware = { ...params, numerics: { ...params.numerics, activationBits } };
  refuse(requestProblems(request, { encoder, checkpoint, factors, shape }, hardware));
  const data = dataOf(request, { encoder, ranges });
  const validation = spread(data.validation, validationInputs);
  const calibration = spread(data.calibration, calibrationInputs);
  data.together?.(calibration);
  data.together?.(validation);
  const inputs = spread(data.validation.length > 0 ? data.validation : calibration, chosenInputs);
  const forms = factors === 'post-training' ? request.chooseForms?.({ encoder, banks: shape.banks, seed, calibration, inputs }) : undefined;
  const compressed = compress(encoder, {
    factor: { ...shape, seed, forms },
    steps,
    columns,
    busBytes,
    ranges,
    ...scorers(data, encoder, validation),
    wide: request.wide === true,
    activationBits,
    calibration,
    ...(request.percentile !== undefined && { percentile: request.percentile }),
    ...(validation.length > 0 && { validation }),
  });
  const model = withOutputs(compressed.model, request.outputs ?? 'all');
  const image = writeImage(model, { columns, busBytes });
  if (request.mustFit === true) requireFit(readImage(image), hardware, []);
  const { metric } = data.measure;
  return { ...compressed, model, metric, task: encoder.task, checkpoint, factors, shape, forms, columns, busBytes, seed, image };
}

/** What is wrong with a request, as far as shapes tell. */
function requestProblems(
  { params, calibrationInputs = 256, validationInputs = 200, wide = false, mustFit, chooseForms }: CompressRequest,
  { encoder, checkpoint, factors, shape }: Pick<CompressResult, 'encoder' | 'checkpoint' | 'factors' | 'shape'>,
  hardware: Params,
): string[] {
  const { activationBits } = hardware.numerics;
  const problems = [
    ...(factors === 'none' ? [] : shapeProblems(shape, params)),
    ...countProblems({ calibrationInputs, validationInputs }),
    ...fieldProblems({ numerics: { activationBits } }),
    ...(chooseForms !== undefined && factors === 'trained'
      ? [`checkpoint = ${checkpoint}: is factorized already; forms are chosen for a dense one`]
      : []),
  ];
  // Forms that are chosen keep to the envelope's rank; the image is held against the rest.
  if (problems.length > 0 || mustFit !== true || chooseForms !== undefined) return problems;
  return plannedFitProblems({ encoder, shape, factorize: factors === 'post-training', wide }, hardware);
}

/** How steps are measured: by the task's metric, against the float model that the checkpoint holds. */
function scorers(
  { measure }: Data,
  encoder: Encoder,
  validation: readonly Example[],
): Pick<CompressOptions, 'scoreFloats' | 'scoreIntegers'> {
  if (validation.length === 0) return {};
  const reference = needsReference(measure, validation) ? floatAnswers(encoder, validation) : undefined;
  const score = (answers: Answers): Score => scoreOf(tallyOf(measure, validation, answers, reference), measure.metric);
  return {
    scoreFloats: (of, examples) => score(floatAnswers(of, examples)),
    scoreIntegers: (of, model, examples) => score(goldenAnswers(model, of, examples)),
  };
}

/** The given folder; else of the task's own models the trained factorized one, or the dense one, which forms are chosen for. */
function checkpointOf({ task, checkpoint, chooseForms }: CompressRequest): string {
  if (checkpoint !== undefined) return checkpoint;
  refuse(task === undefined ? ['task, checkpoint: neither is given; name a task or the folder of a checkpoint'] : []);
  const named = task!;
  return chooseForms !== undefined || (hasTaskModel(named, 'dense') && !hasTaskModel(named, 'compressed'))
    ? modelFolder(named, 'dense', 'give --checkpoint FOLDER')
    : modelFolder(named, 'compressed', 'give --checkpoint FOLDER');
}

/** Chooses the form where nothing is said: factors that nobody trains make a pretrained model worse than int8 does, unless their shape is asked for. */
function factorizes({ task, checkpoint, k, rank, banks, chooseForms }: CompressRequest): boolean {
  const asked = [k, rank, banks, chooseForms].some((wish) => wish !== undefined);
  return asked || checkpoint !== undefined || task === undefined || usualModel(task) !== 'dense';
}

/** What the checkpoint's layers have; other wishes are refused. */
function ownShape(encoder: Encoder, request: CompressRequest): SparseShape {
  const shapes = layersOf(encoder).flatMap((layer) => (layer.kind === 'factorized' ? [layer.sparse] : []));
  const [own = { k: 1, rank: 1, banks: 1 }] = shapes;
  const values = (name: keyof SparseShape): string => [...new Set(shapes.map((shape) => shape[name]))].join(', ');
  refuse(
    (['k', 'rank', 'banks'] as const).flatMap((name) => {
      const wanted = request[name];
      return wanted === undefined || String(wanted) === values(name)
        ? []
        : [
            `${name} = ${wanted}: the checkpoint is factorized already, with ${name} = ${values(name)}; leave it out or give a dense checkpoint`,
          ];
    }),
  );
  return { k: own.k, rank: own.rank, banks: own.banks };
}

function newShape({ config }: Encoder, { params, banks = params.array.columns, k = 8, rank }: CompressRequest): SparseShape {
  const most = Math.min(params.envelope.rank, 2 * config.width);
  return { k, banks, rank: rank ?? Math.max(banks, most - (most % banks)) };
}

function shapeProblems({ k, rank, banks }: SparseShape, { array: { columns }, envelope }: Params): string[] {
  const problems: string[] = [];
  const whole = (name: string, value: number): boolean => {
    if (Number.isInteger(value) && value >= 1) return true;
    problems.push(`${name} = ${value}: must be an integer of at least 1`);
    return false;
  };
  const good = [whole('banks', banks), whole('rank', rank), whole('k', k)];
  if (!good.every(Boolean)) return problems;
  if (banks % columns !== 0) problems.push(`banks = ${banks}: must be a multiple of array.columns = ${columns}, the banks of the hardware`);
  if (rank % banks !== 0) problems.push(`rank = ${rank}: must be a multiple of ${banks} banks`);
  if (k > rank) problems.push(`k = ${k} non-zeros a column: must be at most rank = ${rank}`);
  // A shape that can be made is held against the whole envelope at once.
  if (problems.length > 0 && rank > envelope.rank)
    problems.push(
      `rank = ${rank}: exceeds envelope.rank = ${envelope.rank}; lower it or raise the envelope with --set envelope.rank=${rank}`,
    );
  return problems;
}

function countProblems({
  calibrationInputs,
  validationInputs,
}: {
  readonly calibrationInputs: number;
  readonly validationInputs: number;
}): string[] {
  const problems: string[] = [];
  if (!Number.isInteger(calibrationInputs) || calibrationInputs < 1)
    problems.push(`calibration = ${calibrationInputs} inputs: must be an integer of at least 1`);
  if (!Number.isInteger(validationInputs) || validationInputs < 0)
    problems.push(`validation = ${validationInputs} inputs: must be an integer of at least 0`);
  return problems;
}

interface Data extends Pick<Dataset, 'together'> {
  readonly measure: Measure;
  readonly calibration: readonly Example[];
  readonly validation: readonly Example[];
}

/** The user's file serves for both; a task's data must fit the model. */
function dataOf({ task, inputs, checkpoint }: CompressRequest, { encoder: { config, task: own } }: Omit<Checkpoint, 'meta'>): Data {
  if (inputs !== undefined) {
    refuse(
      task === undefined || taskOf(task).name === own
        ? []
        : [`task = ${task}: the checkpoint is of ${own}, and the inputs are a file's; leave --task out`],
    );
    const examples = readExamples(inputs, config, checkpoint === undefined ? undefined : textEncoder(checkpoint));
    return { measure: accuracyMeasure, calibration: examples, validation: hasLabels(examples) ? examples : [] };
  }
  const name = task ?? own;
  if (task === undefined && !taskNames.some((known) => known === own)) {
    throw new UserError([
      `task = ${own}: trexgen has no data for it; give --inputs with inputs to calibrate on, or the path of its description as --task`,
    ]);
  }
  const data = loadTask(name);
  refuse(
    mismatches(config, data).map((problem) => (task === undefined ? `${problem}, or give --inputs with inputs of your own` : problem)),
  );
  return {
    measure: data,
    calibration: data.splits.train,
    validation: data.splits.validation,
    ...(data.together && { together: data.together }),
  };
}
