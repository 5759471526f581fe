/**
 * The stages that lead to a compressed model, each resumable by itself:
 *
 *   dense        Adam on the dense encoder
 *   factorized   W_S W_D from the teacher by OMP (or a random support), all of it trained, the support fixed
 *   coded        W_S to 4-bit codes, then frozen; everything else trained
 *   quantised    every site and every weight rounded as the machine does, straight-through gradients
 *   ternary      beside them: a dense model whose weights have three values, trained as long as the others together
 */
import { join } from 'node:path';
import { measureActivations } from '../compress/activations.js';
import { calibrate } from '../compress/calibrate.js';
import type { Ranges } from '../model/ranges.js';
import type { Encoder } from '../model/encoder.js';
import { codeShared, factorizeEncoder, quantiseValues, randomFactors, type FactorOptions } from '../compress/factorize-encoder.js';
import { formsOf, type NamedForm } from '../compress/groups.js';
import { mapLayers } from '../model/encoder.js';
import { bestScale } from '../compress/values.js';
import { sparseLimit } from '../model/value-codes.js';
import { hasLabels, type Dataset, type Example } from '../data/dataset.js';
import { initialEncoder } from './initial.js';
import { Helper, workerScript, type HelperSetup } from './helper.js';
import { buildNetworks } from './networks.js';
import type { Augment } from './sampling.js';
import { ternaryEncoder } from './ternary.js';
import { train, type Schedule } from './trainer.js';
import type { ModelConfig } from '../model/config.js';
import { randomFrom } from '../util/random.js';

export type StageName = 'dense' | 'factorized' | 'coded' | 'quantised' | 'ternary';

/** What every stage of a run has in common. */
export interface Run {
  readonly data: Dataset;
  /** Folder of the states that an interrupted run continues from. */
  readonly folder?: string;
  readonly augment?: Augment;
  readonly seed: number;
  /** Lines of the log, each with the name of its stage. */
  readonly onLine?: (stage: StageName, line: string) => void;
  readonly onStage?: (report: StageReport) => void;
  /** The encoder after a stage that another one follows, so that each step's loss can be measured later. */
  readonly onStep?: (stage: 'factorized' | 'coded', encoder: Encoder) => void;
  readonly signal?: AbortSignal;
  /** 2 unless given; the result has the same bits. From source, without the compiled worker, always 1. */
  readonly threads?: number;
  /** The compiled worker, where it is not beside this file. */
  readonly script?: URL;
}

export interface StageReport {
  readonly stage: StageName;
  readonly steps: number;
  readonly seconds: number;
  /** Percent of the validation split's labels; without labels the mean cosine to the teacher's outputs. */
  readonly validationAccuracy: number;
  readonly log: readonly string[];
}

/** Share of the teacher's loss, and its temperature. */
export interface TeacherShare {
  readonly alpha: number;
  readonly temperature: number;
}

/** Shapes of factors, of all layers or, by `forms`, of each group that shares a W_S. */
export type RecipeFactor = Omit<FactorOptions, 'forms' | 'activations'> & { readonly forms?: readonly NamedForm[] | undefined };

export interface CompressedStages {
  readonly factor: RecipeFactor;
  readonly factorized: Schedule;
  readonly coded: Schedule;
  readonly quantised: Schedule;
  readonly teacherShare: TeacherShare;
  /** What pursuit lowers the error of: the weights, or the outputs on the calibration inputs. */
  readonly pursuit: 'weights' | 'activations';
  /** Training inputs that the scales are calibrated on, and pursuit by activations. */
  readonly calibrationInputs: number;
  readonly percentile: number;
}

export interface CompressedModel {
  /** Coded matrices and 6-bit values, each with its scale. */
  readonly encoder: Encoder;
  /** Ranges of every site: chooseScales(encoder, ranges) gives the very scales of the training. */
  readonly ranges: Ranges;
}

export async function trainDense(run: Run, config: ModelConfig, schedule: Schedule): Promise<Encoder> {
  return stage(run, 'dense', { encoder: initialEncoder(run.data.task, config, run.seed) }, schedule, undefined);
}

/** Trains the stages from a trained dense encoder. */
export async function trainCompressed(run: Run, teacher: Encoder, stages: CompressedStages): Promise<CompressedModel> {
  const { pursuit, calibrationInputs } = stages;
  const factor = factorOf(teacher, stages.factor);
  const activations = pursuit === 'activations' ? measureActivations(teacher, spread(run.data.splits.train, calibrationInputs)) : undefined;
  return trainFactors(run, factorizeEncoder(teacher, { ...factor, activations }), teacher, stages);
}

/** What a factorized model is compared with: from the same dense encoder, by the same loss, in as many steps. */
export async function trainTernary(run: Run, teacher: Encoder, stages: CompressedStages): Promise<Encoder> {
  const { factorized, coded, quantised } = stages;
  const steps = factorized.steps + coded.steps + quantised.steps;
  const distillation = distillationOf(run, teacher, stages);
  return ternaryEncoder(
    await stage(run, 'ternary', { encoder: teacher, ternary: true, teacher: distillation }, { ...factorized, steps }, undefined),
  );
}

/** Trains without a trained encoder: the support is random and fixed from the first step. */
export async function trainFromScratch(
  run: Run,
  config: ModelConfig,
  stages: CompressedStages,
  teacher?: Encoder,
): Promise<CompressedModel> {
  const start = initialEncoder(run.data.task, config, run.seed);
  return trainFactors(run, randomFactors(start, factorOf(start, stages.factor)), teacher, stages);
}

function factorOf(encoder: Encoder, { forms, ...factor }: RecipeFactor): FactorOptions {
  return { ...factor, ...(forms !== undefined && { forms: formsOf(encoder, forms, factor.banks) }) };
}

async function trainFactors(run: Run, start: Encoder, teacher: Encoder | undefined, stages: CompressedStages): Promise<CompressedModel> {
  let encoder = await trained(run, 'factorized', start, teacher, stages);
  run.onStep?.('factorized', encoder);
  encoder = await trained(run, 'coded', codeShared(encoder), teacher, stages);
  run.onStep?.('coded', encoder);
  const ranges = calibrate(encoder, spread(run.data.splits.train, stages.calibrationInputs), { percentile: stages.percentile });
  encoder = mapLayers(encoder, (layer) =>
    layer.kind === 'dense' ? layer : { ...layer, valueScale: bestScale(layer.sparse.values, sparseLimit) },
  );
  encoder = await trained(run, 'quantised', encoder, teacher, stages, ranges);
  return { encoder: quantiseValues(encoder), ranges };
}

async function trained(
  run: Run,
  name: 'factorized' | 'coded' | 'quantised',
  encoder: Encoder,
  teacher: Encoder | undefined,
  stages: CompressedStages,
  ranges?: Ranges,
): Promise<Encoder> {
  return stage(run, name, { encoder, ranges, teacher: teacher && distillationOf(run, teacher, stages) }, stages[name], stages.factor);
}

function distillationOf({ data }: Run, encoder: Encoder, { teacherShare }: CompressedStages): NonNullable<HelperSetup['teacher']> {
  return { encoder, ...teacherShare, imitate: !hasLabels(data.splits.train) };
}

async function stage(run: Run, name: StageName, setup: HelperSetup, schedule: Schedule, identity: unknown): Promise<Encoder> {
  const { data, folder, augment, signal, onLine } = run;
  const { validation } = data.splits;
  const { network, distillation } = buildNetworks(setup);
  const script = run.threads === 1 ? undefined : (run.script ?? workerScript());
  const helper = script && new Helper(script, setup, network.parameters.count);
  try {
    await helper?.ready();
    const {
      seconds,
      log,
      validationAccuracy = 0,
    } = await train(network, data.splits.train, {
      schedule,
      validation,
      evaluateEvery: 1000,
      identity: [run.seed, name, identity, setup.ranges, augmented(run)],
      onLine: (line) => onLine?.(name, line),
      ...(distillation && { distillation }),
      ...(augment && { augment }),
      ...(signal && { signal }),
      ...(helper && { helper }),
      ...(folder !== undefined && { state: join(folder, `${name}.state`) }),
    });
    run.onStage?.({ stage: name, steps: schedule.steps, seconds, validationAccuracy, log });
    return network.toEncoder();
  } finally {
    await helper?.stop();
  }
}

/** What augmentation makes of the first examples: the same as long as it is the same. */
function augmented({ data: { splits }, augment }: Run): Example[] {
  return augment === undefined ? [] : splits.train.slice(0, 4).map((example, i) => augment(example, randomFrom(i + 1)));
}

/** `count` of the examples, evenly spread, so that no order of the split matters. */
export function spread(examples: readonly Example[], count: number): Example[] {
  if (count >= examples.length) return [...examples];
  return Array.from({ length: count }, (_, i) => examples[Math.floor((i * examples.length) / count)]!);
}
