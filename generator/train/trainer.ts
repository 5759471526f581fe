/**
 * The loop of every stage: Adam, warm-up and cosine, clipping, weight decay; deterministic, resumable, interruptible.
 *
 *   rate(step) = rate * min(1, (step + 1) / warmup) * (1 + cos(pi * step / steps)) / 2
 */
import type { Example } from '../data/dataset.js';
import { Interrupted } from '../util/errors.js';
import { checkExamples, checkInputs } from './batch.js';
import type { Helper } from './helper.js';
import type { Network } from './network.js';
import { countOf, goodnessOf, goodnessText, pass } from './pass.js';
import { mix, Sampler, type Augment } from './sampling.js';
import { fingerprintOf, readState, writeState, type Progress } from './state.js';
import type { Distillation, Outcome } from './step.js';

export interface Schedule {
  readonly steps: number;
  /** Examples a step. */
  readonly batch: number;
  readonly rate: number;
  readonly warmup: number;
  readonly clip: number;
  readonly decay: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly seed: number;
  /** Share of values dropped after the embedding, the attention and the activation. */
  readonly dropout?: number;
}

export const defaultSchedule: Schedule = {
  steps: 4000,
  batch: 64,
  rate: 2e-3,
  warmup: 100,
  clip: 1,
  decay: 0.02,
  beta1: 0.9,
  beta2: 0.99,
  seed: 1,
};

export interface TrainOptions {
  readonly schedule: Schedule;
  readonly distillation?: Distillation;
  readonly augment?: Augment;
  /** Steps between lines of the log. */
  readonly logEvery?: number;
  /** Examples that are measured at the end, and every `evaluateEvery` steps. */
  readonly validation?: readonly Example[];
  readonly evaluateEvery?: number;
  /** The file that a run continues from after a kill; without it nothing is kept. */
  readonly state?: string;
  readonly saveEverySeconds?: number;
  /** What else must be equal for the state to be continued. */
  readonly identity?: unknown;
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal;
  /** A second thread. */
  readonly helper?: Helper;
}

export interface TrainResult {
  readonly log: readonly string[];
  readonly validationAccuracy: number | undefined;
  readonly seconds: number;
}

/** A loss, gradient or weight that is not finite. */
export class Diverged extends Error {
  readonly exitCode = 1;
}

export function rateAt({ rate, warmup, steps }: Schedule, step: number): number {
  return rate * Math.min(1, (step + 1) / Math.max(1, warmup)) * 0.5 * (1 + Math.cos((Math.PI * step) / steps));
}

/** What a line says of the validation examples, at steps at which they are looked at; the last has its own line. */
function validationOf(network: Network, done: number, { validation, schedule, evaluateEvery, distillation }: TrainOptions): string {
  if (validation === undefined || evaluateEvery === undefined || done === schedule.steps || done % evaluateEvery !== 0) return '';
  return `  validation ${goodnessText(goodnessOf(network, validation, distillation), distillation?.imitate === true)}`;
}

/** What must be equal for a state to be continued: where the run begins, what it learns from, and how. */
function identityOf({ encoder }: Network, examples: readonly Example[], { schedule, identity, distillation }: TrainOptions): unknown[] {
  const teacher = distillation && { ...distillation, teacher: distillation.teacher.encoder };
  return [schedule, identity, encoder, teacher, examples];
}

/** One step along gradients of this size, which are clipped. */
function descend(parameters: Network['parameters'], schedule: Schedule, step: number, size: number): void {
  const { beta1, beta2, decay, clip } = schedule;
  parameters.adam({ rate: rateAt(schedule, step), beta1, beta2, decay, step: step + 1, scale: size > clip ? clip / size : 1 });
}

export async function train(network: Network, examples: readonly Example[], options: TrainOptions): Promise<TrainResult> {
  const { schedule, distillation, validation, state, signal, logEvery = 100 } = options;
  const { parameters } = network;
  // What imitates reads no labels.
  const check = distillation?.imitate === true ? checkInputs : checkExamples;
  check(network.encoder.config, examples, 'examples');
  if (validation !== undefined) check(network.encoder.config, validation, 'validation');
  const fingerprint = state === undefined ? '' : fingerprintOf(identityOf(network, examples, options));
  const sampler = new Sampler(examples, schedule.batch, schedule.seed, options.augment);
  let progress: Progress = { step: 0, loss: 0, right: 0, labels: 0, seconds: 0, log: [] };
  if (state !== undefined) progress = readState(state, parameters, fingerprint) ?? progress;
  const log = [...progress.log];
  let sums: Outcome = progress;
  let step = progress.step;
  const started = performance.now();
  const seconds = (): number => progress.seconds + (performance.now() - started) / 1000;
  let saved = started;
  const save = (): void => {
    if (state !== undefined) writeState(state, parameters, { step, ...sums, seconds: seconds(), log }, fingerprint);
    saved = performance.now();
  };
  distillation?.teacher.prepare();
  const rest = new Float32Array(parameters.count);
  for (; step < schedule.steps; step++) {
    // Signals arrive between steps only.
    await new Promise(setImmediate);
    if (signal?.aborted === true) {
      save();
      throw new Interrupted(
        `interrupted at step ${step} of ${schedule.steps}${state === undefined ? '' : `; run the same command again to continue from ${state}`}`,
      );
    }
    if (performance.now() - saved > 1000 * (options.saveEverySeconds ?? 20)) save();
    const batch = sampler.batch(step);
    const outcome = gradients(network, batch, rest, {
      distillation,
      helper: options.helper,
      dropout: schedule.dropout,
      seed: mix(schedule.seed, step, 0x5eed),
    });
    const size = parameters.gradientNorm();
    if (!Number.isFinite(size) || !Number.isFinite(outcome.loss)) throw diverged(network, step, outcome.loss);
    descend(parameters, schedule, step, size);
    sums = { loss: sums.loss + outcome.loss, right: sums.right + outcome.right, labels: sums.labels + outcome.labels };
    const done = step + 1;
    if (done % logEvery === 0 || done === schedule.steps) {
      const line = lineOf(done, schedule, sums, seconds(), distillation?.imitate === true) + validationOf(network, done, options);
      log.push(line);
      options.onLine?.(line);
      sums = { loss: 0, right: 0, labels: 0 };
    }
  }
  save();
  const validationAccuracy = validation === undefined ? undefined : goodnessOf(network, validation, distillation);
  return { log, validationAccuracy, seconds: seconds() };
}

export interface GradientOptions {
  readonly distillation?: Distillation | undefined;
  readonly helper?: Helper | undefined;
  readonly dropout?: number | undefined;
  /** Seed of the dropout's masks. */
  readonly seed?: number;
}

/** Leaves the batch's gradient in the parameters; `rest` is room for the second half's. */
export function gradients(
  network: Network,
  batch: readonly Example[],
  rest: Float32Array,
  { distillation, helper, dropout = 0, seed = 0 }: GradientOptions = {},
): Outcome {
  const { parameters } = network;
  const labels = countOf(batch, distillation);
  const middle = Math.ceil(batch.length / 2);
  const [first, second] = [batch.slice(0, middle), batch.slice(middle)];
  const noise = [0, 1].map((half) => (dropout > 0 ? { rate: dropout, seed: mix(seed, half, 1) | 0 } : undefined));
  const alone = (part: readonly Example[], half: 0 | 1): Outcome => {
    network.prepare();
    return pass(network, part, labels, distillation, noise[half]);
  };
  if (second.length === 0) return { ...alone(first, 0), labels };
  let other: Outcome | undefined;
  if (helper === undefined) {
    other = alone(second, 1);
    rest.set(parameters.grads());
  } else {
    helper.begin(parameters.values(), { examples: second, labels, noise: noise[1] });
  }
  const own = alone(first, 0);
  other ??= helper!.finish(rest);
  const grads = parameters.grads();
  for (let i = 0; i < grads.length; i++) grads[i] = grads[i]! + rest[i]!;
  return { loss: own.loss + other.loss, right: own.right + other.right, labels };
}

function diverged(network: Network, step: number, loss: number): Diverged {
  const names = network.parameters.broken();
  const where =
    names.length === 0 ? 'the logits' : `${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`;
  return new Diverged(`step = ${step}: loss ${loss}, not a finite number in ${where}; lower the rate or the clip, or check the data`);
}

function lineOf(done: number, { steps }: Schedule, { loss, right, labels }: Outcome, seconds: number, imitates: boolean): string {
  const left = (seconds / done) * (steps - done);
  return (
    `step ${done}/${steps}  loss ${(loss / labels).toFixed(4)}  ${imitates ? goodnessText(right / labels, true) : `accuracy ${goodnessText((100 * right) / labels, false)}`}  ` +
    `${(done / seconds).toFixed(2)} steps/s  eta ${Math.floor(left / 60)}m${String(Math.floor(left % 60)).padStart(2, '0')}s`
  );
}
