/**
 * The real value of one integer step at every site of the machine. Packing writes them into multipliers and shifts;
 * quantisation-aware training rounds to the very same steps.
 */
import { UserError } from '../util/errors.js';
import { copyIntegers } from './requant.js';
import { clipOf, largestOf, positiveScaleOf, scaleOf, topOf } from './calibrate.js';
import { negativeRange } from '../model/activations.js';
import type { Ranges } from '../model/ranges.js';
import { encoderGraph, type Encoder } from '../model/encoder.js';
import { sites, type AttentionStep } from '../model/graph.js';

/** The residual stream is int16; a quarter of its range is kept free for inputs that calibration has not seen. */
const residualTop = 24000;

export interface Scales {
  /** A: what X, H, P, Q, K and V are stored in. */
  readonly activationBits: number;
  /** Rows of bytes that the host makes; those that X takes have A bits. */
  readonly input: number;
  /** Patches: what the one in a row's one-hot position stands for, the largest number of A bits. */
  readonly position: number;
  /** R, before the first norm of a post-norm encoder or everywhere in a pre-norm one. */
  readonly residual: number;
  /** Left shift of LOAD for id tasks. */
  readonly inputShift: number;
  /** Pre-activation and result of the one activation table. */
  readonly activation: number;
  readonly hidden: number;
  /** Logits as the head writes them, and after pooling: `pooled = logits * 2^(pooledShift - 9)`. */
  readonly logits: number;
  readonly pooledShift: number;
  readonly output: number;
  /** One step of the numbers at any site of the graph. */
  readonly at: (site: string) => number;
  /** The s of eq. 19: X = V's scale * 2^(shift - 9). */
  readonly valueShift: (step: AttentionStep) => number;
}

export function chooseScales(encoder: Encoder, ranges: Ranges, activationBits = 8): Scales {
  const { config } = encoder;
  const ids = config.input !== 'patches';
  const stored = (site: string): number => scaleOf(ranges, site, activationBits);
  // Rows that go to R alone keep their 8 bits.
  const inputTop = topOf(ids && !loadsX(encoder) ? 8 : activationBits);
  const top = largestOf(ranges, sites.residual);
  const position = clipOf(ranges, sites.features);
  const input = (ids ? largestOf(ranges, sites.input) : position) / inputTop;
  const inputShift = Math.max(0, Math.min(8, Math.floor(Math.log2((residualTop * input) / top))));
  const residual = ids ? input / 2 ** inputShift : top / residualTop;
  if (ids && top / residual > 32767) {
    throw new UserError([`residual = ${top}: does not fit 16 bits beside inputs of step ${input}; calibrate with other inputs`]);
  }
  // The table's input has 8 bits whatever is stored.
  const negative = Math.min(scaleOf(ranges, sites.activation, 8), negativeRange[config.activation] / topOf(8));
  const activation = Math.max(positiveScaleOf(ranges, sites.activation, 8), negative);
  const perToken = config.head !== 'sequence';
  const logits = perToken ? positiveScaleOf(ranges, sites.logits, activationBits) : stored(sites.logits);
  const pooledShift = perToken ? 9 : narrowing(logits, stored(sites.pooled));
  const pooled = logits * 2 ** (pooledShift - 9);
  const valueShift = ({ reads, site }: AttentionStep): number => narrowing(stored(reads.value), stored(site));
  // What is not simply the range over the largest number.
  const own = new Map<string, number>([
    [sites.input, input],
    [sites.residual, residual],
    [sites.activation, activation],
    [sites.logits, logits],
    [sites.pooled, pooled],
  ]);
  for (const step of encoderGraph(encoder).steps) {
    if (step.kind === 'copy') own.set(step.site, copyIntegers(residual, stored(step.site)).scale);
    if (step.kind === 'attention') own.set(step.site, stored(step.reads.value) * 2 ** (valueShift(step) - 9));
  }
  const at = (site: string): number => own.get(site) ?? stored(site);
  const last = encoderGraph(encoder).steps.at(-1)!;
  const output = last.kind === 'output' ? at(last.reads) : pooled;
  return {
    activationBits,
    input,
    position,
    residual,
    inputShift,
    activation,
    hidden: at(sites.hidden),
    logits,
    pooledShift,
    output,
    at,
    valueShift,
  };
}

/** Whether LOAD writes X: patches, and ids where no norm stands before the first block. */
export function loadsX(encoder: Encoder): boolean {
  return encoder.config.input === 'patches' || encoderGraph(encoder).steps.some((step) => step.kind === 'embed' && step.alsoX);
}

/** Averages are smaller than what they average: s below 9 spends the free bits on resolution. */
function narrowing(from: number, to: number): number {
  return Math.max(5, Math.min(9, 9 + Math.ceil(Math.log2(to / from))));
}
