import { describe, expect, it } from 'vitest';
import type { Example } from '../../generator/data/dataset.js';
import { accuracyMeasure, tallyOf, valueOf, type Measure } from '../../generator/subject/metrics.js';

const examples: readonly Example[] = Array.from({ length: 3 }, () => ({ length: 2, labels: Int32Array.of(-1) }));
const classes = examples.map(() => [0]);
const floats = {
  classes,
  outputs: [
    [0.5, 4, 0],
    [0.5, 8, 0],
    [0.5, 0, 8],
  ],
};
const integers = { classes, outputs: floats.outputs.map((row) => row.map((value) => 4 * value)), step: 0.25 };

/** Tanh makes large outputs alike. */
const finish: Measure['finish'] = (outputs, step) => Float64Array.from(outputs, (value) => Math.tanh(step * value));

describe('outputs that the host ends', () => {
  it('are compared as the vectors that they mean, whatever their step', () => {
    const measure: Measure = { ...accuracyMeasure, metric: 'cosine', finish };
    expect(valueOf('cosine', tallyOf(measure, examples, integers, floats))).toBeCloseTo(1, 12);
    const { step, ...withoutStep } = integers;
    expect(step).toBe(0.25);
    expect(valueOf('cosine', tallyOf(measure, examples, withoutStep, floats))).toBeLessThan(0.95);
    expect(valueOf('cosine', tallyOf({ ...accuracyMeasure, metric: 'cosine' }, examples, withoutStep, floats))).toBeCloseTo(1, 12);
  });

  it('have the neighbours of these vectors', () => {
    const measure: Measure = { ...accuracyMeasure, metric: 'neighbour', finish };
    expect(valueOf('neighbour', tallyOf(measure, examples, integers, floats))).toBe(100);
    // The third and the first change places.
    const other = { classes, outputs: [floats.outputs[2]!, floats.outputs[1]!, floats.outputs[0]!] };
    expect(valueOf('neighbour', tallyOf(measure, examples, other, floats))).toBeLessThan(100);
  });
});
