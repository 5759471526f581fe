/** The steps from a float encoder to the packed model; each can be left out, and each reports accuracy and bytes. */
import type { Example } from '../data/dataset.js';
import type { PackedModel } from '../program/operation.js';
import type { Interface } from '../program/traffic.js';
import { measureActivations } from './activations.js';
import { calibrate } from './calibrate.js';
import type { Ranges } from '../model/ranges.js';
import { layersOf, type Encoder } from '../model/encoder.js';
import { floatScore, integerScore, type Score } from './evaluate.js';
import { codeShared, factorizeEncoder, hasFactors, quantiseValues, type FactorOptions } from './factorize-encoder.js';
import { pack } from './pack.js';
import { chooseScales, type Scales } from './scales.js';
import { codingStats, type CodingStats } from './stats.js';

export interface CompressSteps {
  /** Dense blocks to W_S W_D; an encoder that is factorized already is taken as it is. */
  readonly factorize: boolean;
  /** W_S to 4 bits and W_D refitted. Packing codes W_S in any case: without this step W_D is not refitted. */
  readonly codeShared: boolean;
  /** W_D to 6 bits before calibration. */
  readonly quantiseValues: boolean;
  /** Lower the error of outputs on the calibration inputs, not that of weights, where factors are made here. */
  readonly activations: boolean;
}

export const allSteps: CompressSteps = { factorize: true, codeShared: true, quantiseValues: true, activations: true };

export interface CompressOptions {
  readonly factor: FactorOptions;
  readonly steps?: Partial<CompressSteps>;
  readonly percentile?: number;
  /** Inputs whose activations set the scales. */
  readonly calibration: readonly Example[];
  /** Inputs whose outputs factors are fitted to; those of the calibration when not given. */
  readonly fitting?: readonly Example[];
  /** Inputs that each step's accuracy is measured on; none leaves accuracy out. */
  readonly validation?: readonly Example[];
  /** Columns of the hardware, which divide the banks; the banks themselves when not given. */
  readonly columns?: number;
  readonly busBytes?: number;
  /** Every weight in a container of 16 bits. */
  readonly wide?: boolean;
  /** A of docs/numerics.md; 8 when not given. */
  readonly activationBits?: number;
  /** Ranges of a model that was trained with these scales; used as long as no step changes it. */
  readonly ranges?: Ranges | undefined;
  /** Accuracy of a float encoder; a faster one than the plain reference may stand in. */
  readonly scoreFloats?: (encoder: Encoder, examples: readonly Example[]) => Score;
  /** The same of the integers; the share of right labels when not given. */
  readonly scoreIntegers?: (encoder: Encoder, model: PackedModel, examples: readonly Example[]) => Score;
}

export interface StepReport {
  readonly step: 'dense' | 'factorized' | 'coded' | 'sixBit' | 'integer';
  readonly score: Score | undefined;
  /** Bytes of all weights of the blocks in this step's own format. */
  readonly blockBytes: number;
  /** The encoder after this step. */
  readonly encoder: Encoder;
}

export interface Compressed {
  readonly encoder: Encoder;
  readonly scales: Scales;
  readonly model: PackedModel;
  readonly reports: readonly StepReport[];
  readonly stats: CodingStats;
}

export function compress(encoder: Encoder, options: CompressOptions): Compressed {
  const { validation, calibration, fitting = calibration, factor } = options;
  const steps = { ...allSteps, ...options.steps };
  const reports: StepReport[] = [];
  let current = encoder;
  const finished = hasFactors(encoder) && encoder.shared.every(({ coded }) => coded !== undefined);
  const report = (step: StepReport['step'], valueBits: number, codeBits: number): void => {
    const score = validation === undefined ? undefined : (options.scoreFloats ?? floatScore)(current, validation);
    reports.push({ step, score, encoder: current, blockBytes: blockBytes(current, factor.banks, valueBits, codeBits) });
  };
  if (!hasFactors(current)) report('dense', 16, 16);
  // Trained factors are fitted to their task; those that are made here, to the outputs of the dense encoder.
  const made = steps.factorize && !hasFactors(current);
  const outputs =
    made && steps.activations && fitting.length > 0 ? { dense: encoder, activations: measureActivations(encoder, fitting) } : undefined;
  if (made) current = factorizeEncoder(current, { ...factor, activations: outputs?.activations });
  if (hasFactors(current)) {
    report('factorized', 16, 16);
    if (steps.codeShared && current.shared.some(({ coded }) => coded === undefined)) {
      current = codeShared(current, outputs);
      report('coded', 16, 4);
    }
    if (steps.quantiseValues) {
      current = quantiseValues(current, outputs);
      report('sixBit', 6, 4);
    }
  }
  const ranges =
    finished && options.ranges !== undefined
      ? options.ranges
      : calibrate(current, calibration, options.percentile === undefined ? {} : { percentile: options.percentile });
  const scales = chooseScales(current, ranges, options.activationBits);
  const model = pack(current, scales, { banks: factor.banks, wide: options.wide === true });
  const hardware: Interface = { columns: options.columns ?? factor.banks, busBytes: options.busBytes ?? 16 };
  const stats = codingStats(model, hardware);
  const score = validation === undefined ? undefined : (options.scoreIntegers ?? integerScore)(current, model, validation);
  reports.push({ step: 'integer', score, encoder: current, blockBytes: stats.coldBytes + stats.passBytes });
  return { encoder: current, scales, model, reports, stats };
}

/** Post-training compression without any retraining: every step, no gradient. */
export function ptc(encoder: Encoder, options: Omit<CompressOptions, 'steps'>): Compressed {
  return compress(encoder, { ...options, steps: allSteps });
}

function blockBytes(encoder: Encoder, banks: number, valueBits: number, codeBits: number): number {
  let bits = encoder.shared.reduce((sum, { dictionary }) => sum + dictionary.data.length * codeBits, 0);
  for (const layer of layersOf(encoder)) {
    if (layer.kind === 'dense') bits += 16 * layer.weights.length;
    else bits += layer.sparse.values.length * (valueBits + Math.ceil(Math.log2(layer.sparse.rank / banks)));
  }
  return bits / 8;
}
