/** The command `compress`: checkpoint and data to the image, with what every step costs. */
import type { Example, MetricName } from '../data/dataset.js';
import { refuse } from '../util/errors.js';
import { compareForms, type FormComparison } from './choose-form.js';
import { needsAll, needsReference, scoreOf, tallyOf, usualOutputs, type Answers } from './metrics.js';
import { dataOf, type CompressionData } from './compress-data.js';
import { floatAnswers, goldenAnswers } from './tally.js';
import { loadAnyCheckpoint } from '../import/load-any.js';
import { taskOf } from '../data/load.js';
import { hasTaskModel, modelFolder } from '../data/places.js';
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
  /** What the chip stores of the outputs of a row, `usual` being what the metric needs; all of them when not given. */
  readonly outputs?: OutputKind | 'usual' | undefined;
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
  /** Factors beside dense int8, where factors are made of a model whose inputs have no labels. */
  readonly choice: FormComparison | undefined;
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
  const port = { columns: params.array.columns, busBytes: params.port.busBytes };
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
  const forms =
    factors === 'post-training'
      ? request.chooseForms?.({ encoder, banks: shape.banks, seed, calibration: spread(data.fitting, calibrationInputs), inputs })
      : undefined;
  const made = (factorize: boolean): Compressed =>
    compress(encoder, {
      factor: { ...shape, seed, forms },
      steps: { ...steps, factorize },
      ...port,
      ranges,
      ...scorers(data, encoder, validation),
      ...widths(request, activationBits),
      calibration,
      fitting: spread(data.fitting, calibrationInputs),
    });
  const { compressed, choice } = takenForm(encoder, made, {
    factorize: steps.factorize,
    asked: asksForFactors(request),
    compares: factors === 'post-training' && data.labelFree,
    measures: validation.length > 0,
    inputs: validation.length > 0 ? validation : inputs,
    heldOut: data.heldOut,
  });
  const model = withOutputs(compressed.model, outputsOf(request, data));
  const image = writeImage(model, port);
  if (request.mustFit === true) requireFit(readImage(image), hardware, []);
  const { metric } = data.measure;
  const kept = factors === 'post-training' && !hasFactors(compressed.encoder) ? 'none' : factors;
  return { ...compressed, model, metric, task: encoder.task, checkpoint, factors: kept, choice, shape, forms, ...port, seed, image };
}

function outputsOf({ outputs = 'all' }: CompressRequest, { measure }: CompressionData): OutputKind {
  if (outputs === 'usual') return usualOutputs(measure);
  const needed = needsAll(measure);
  refuse(outputs === 'best' && needed !== undefined ? [`outputs = best: ${needed}; give all`] : []);
  return outputs;
}

function widths({ wide = false, percentile }: CompressRequest, activationBits: number) {
  return { wide, activationBits, ...(percentile !== undefined && { percentile }) };
}

interface Choosing {
  readonly factorize: boolean;
  readonly asked: boolean;
  /** Whether factors were made without training, of a model without labels. */
  readonly compares: boolean;
  /** Whether the steps are measured at all. */
  readonly measures: boolean;
  readonly inputs: readonly Example[];
  readonly heldOut: boolean;
}

/** The form that was asked for, or the better one; where factors were asked for int8 stands beside them, if anything is measured. */
function takenForm(
  encoder: Encoder,
  made: (factorize: boolean) => Compressed,
  { factorize, asked, compares, measures, inputs, heldOut }: Choosing,
): { readonly compressed: Compressed; readonly choice: FormComparison | undefined } {
  const first = made(factorize);
  if (!compares || !hasFactors(first.encoder) || (asked && !measures)) return { compressed: first, choice: undefined };
  const dense8 = made(false);
  const choice = compareForms({ encoder, factorized: first, dense8 }, { inputs, heldOut, asked });
  return { compressed: choice.taken === 'dense8' ? dense8 : first, choice };
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
  { measure }: CompressionData,
  encoder: Encoder,
  validation: readonly Example[],
): Pick<CompressOptions, 'validation' | 'scoreFloats' | 'scoreIntegers'> {
  if (validation.length === 0) return {};
  const reference = needsReference(measure, validation) ? floatAnswers(encoder, validation) : undefined;
  const score = (answers: Answers): Score => scoreOf(tallyOf(measure, validation, answers, reference), measure.metric);
  return {
    validation,
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

/** Whether a request says how factors are to be made, so that it wants them. */
function asksForFactors({ k, rank, banks, chooseForms, steps = {} }: CompressRequest): boolean {
  const { factorize, activations, codeShared, quantiseValues } = steps;
  return (
    factorize === true ||
    [k, rank, banks, chooseForms].some((wish) => wish !== undefined) ||
    [activations, codeShared, quantiseValues].includes(false)
  );
}

/** Says whether factors are tried where nothing is said: of a pretrained task's own model their cosine is known to be too low (docs/tasks.md). */
function factorizes(request: CompressRequest): boolean {
  const { task, checkpoint } = request;
  if (asksForFactors(request) || checkpoint !== undefined || task === undefined) return true;
  return taskOf(task).pretrained === undefined || hasTaskModel(task, 'compressed');
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
  if (banks % columns !== 0)
    problems.push(
      `banks = ${banks}, those that the model was trained for: must be a multiple of array.columns = ${columns}; give fewer columns, a model of as many banks (factor.banks of train --config), or its dense weights (--no-factorize)`,
    );
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
