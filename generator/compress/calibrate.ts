/** Ranges of every site of the encoder over real inputs, and the integer scales that follow from them. */
import type { Example } from '../data/dataset.js';
import { refuse, UserError } from '../util/errors.js';
import type { Encoder } from '../model/encoder.js';
import type { Range, Ranges } from '../model/ranges.js';
import { sites } from '../model/graph.js';
import { forward, sharedWeights } from './forward.js';

export interface CalibrateOptions {
  /** Share of values that a scale represents without saturation at least; 1 takes the largest. */
  readonly percentile?: number;
}

/** Share of values that a scale represents where nobody says it. */
export const usualPercentile = 0.9998;

const bins = 4096;
/** Largest number of 8 bits. */
const usualTop = 127;

/** Magnitudes in bins of a width that doubles whenever a larger value appears. Zeros are left out: every scale represents them. */
class Histogram {
  private readonly counts = new Float64Array(bins);
  private readonly positive = new Float64Array(bins);
  private width = 2 ** -20;
  private largest = 0;

  add(site: string, values: Float32Array): void {
    for (const value of values) {
      if (value === 0) continue;
      const size = Math.abs(value);
      // No bin is wide enough for an infinite value, and one that is no number falls into none.
      if (!(size < Infinity))
        throw new UserError([
          `${site} = ${value}: an activation on the calibration inputs must be a finite number; give inputs of smaller values, or weights that do not overflow 32 bits`,
        ]);
      if (size > this.largest) this.largest = size;
      while (size >= this.width * bins) this.widen();
      const bin = Math.floor(size / this.width);
      this.counts[bin] = this.counts[bin]! + 1;
      if (value > 0) this.positive[bin] = this.positive[bin]! + 1;
    }
  }

  private widen(): void {
    for (const counts of [this.counts, this.positive]) {
      for (let i = 0; i < bins / 2; i++) counts[i] = counts[2 * i]! + counts[2 * i + 1]!;
      counts.fill(0, bins / 2);
    }
    this.width *= 2;
  }

  range(percentile: number, leastError: boolean): Range {
    const clip = (counts: Float64Array): number => {
      const least = this.clip(counts, percentile);
      return leastError ? this.leastErrorClip(counts, least) : least;
    };
    return { largest: this.largest, clip: clip(this.counts), positiveClip: clip(this.positive) };
  }

  /** The magnitude, `least` or more, at which rounding to 8 bits and saturation together have the least squared error. */
  private leastErrorClip(counts: Float64Array, least: number): number {
    const all = counts.reduce((sum, count) => sum + count, 0);
    // Of the values beyond: how many, their sum, their squares.
    let [beyond, sum, squares] = [0, 0, 0];
    let [best, bestError] = [least, Infinity];
    for (let i = bins - 1; i >= 0; i--) {
      const clip = Math.min(this.largest, (i + 1) * this.width);
      if (clip < least) break;
      const error = (all * (clip / usualTop) ** 2) / 12 + squares - 2 * clip * sum + beyond * clip ** 2;
      if (error < bestError) [best, bestError] = [clip, error];
      const value = (i + 0.5) * this.width;
      beyond += counts[i]!;
      sum += counts[i]! * value;
      squares += counts[i]! * value ** 2;
    }
    return best;
  }

  private clip(counts: Float64Array, percentile: number): number {
    const wanted = counts.reduce((sum, count) => sum + count, 0) * percentile;
    let seen = 0;
    for (let i = 0; i < bins; i++) {
      seen += counts[i]!;
      if (seen >= wanted && seen > 0) return Math.min(this.largest, (i + 1) * this.width);
    }
    return this.largest;
  }
}

/**
 * Whether a few values far beyond the others carry much of what a site means, as a few hidden features of pretrained models do. Models
 * that were trained with one step a tensor keep their scales.
 */
function heavyTailed({ config }: Encoder, site: string): boolean {
  return config.columnScales === true && (site === sites.hidden || site === sites.activation);
}

/**
 * Ranges of every site on these inputs.
 *
 * Errors   UserError when an activation is not finite, with its site
 */
export function calibrate(encoder: Encoder, examples: readonly Example[], options: CalibrateOptions = {}): Ranges {
  const { percentile = usualPercentile } = options;
  const problems: string[] = [];
  if (!(percentile > 0.5 && percentile <= 1)) problems.push(`percentile = ${percentile}: must be above 0.5 and at most 1`);
  if (examples.length === 0) problems.push('calibration: has no inputs; give at least one');
  refuse(problems);
  const histograms = new Map<string, Histogram>();
  const weights = sharedWeights(encoder);
  for (const example of examples) {
    forward(
      encoder,
      example,
      (site, values) => {
        let histogram = histograms.get(site);
        if (histogram === undefined) histograms.set(site, (histogram = new Histogram()));
        histogram.add(site, values);
      },
      weights,
    );
  }
  return new Map([...histograms].map(([site, histogram]) => [site, histogram.range(percentile, heavyTailed(encoder, site))]));
}

/** Ranges of 0 or not seen would give a scale of 0. */
const something = (value: number): number => (value > 0 ? value : 1);

/** Largest number of `bits` bits. */
export const topOf = (bits: number): number => 2 ** (bits - 1) - 1;

/** One real step of the numbers of `bits` bits at this site. */
export function scaleOf(ranges: Ranges, site: string, bits: number): number {
  return clipOf(ranges, site) / topOf(bits);
}

export function clipOf(ranges: Ranges, site: string): number {
  return something(ranges.get(site)?.clip ?? 0);
}

export function positiveScaleOf(ranges: Ranges, site: string, bits: number): number {
  return something(ranges.get(site)?.positiveClip ?? 0) / topOf(bits);
}

export function largestOf(ranges: Ranges, site: string): number {
  return something(ranges.get(site)?.largest ?? 0);
}
