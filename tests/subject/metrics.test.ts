import { describe, expect, it } from 'vitest';
import type { Example } from '../../generator/data/dataset.js';
import type { HostSide } from '../../generator/model/host-steps.js';
import { accuracyMeasure, measureOf, needsAll, tallyOf, usualOutputs, valueOf, type Measure } from '../../generator/subject/metrics.js';

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
const host: HostSide = { steps: [{ kind: 'tanh' }], layers: {}, classes: 0 };

it('characters of rows that are not scored spell nothing', () => {
  const measure: Measure = { metric: 'cer', labelNames: ['a', 'b', 'c'], spelling: { separator: '', merge: false } };
  const labelled: Example = { length: 4, labels: Int32Array.of(-1, 0, 1, -1) };
  const answers = { classes: [[2, 0, 1, 2]], outputs: undefined };
  expect(valueOf('cer', tallyOf(measure, [labelled], answers))).toBe(0);
  expect(valueOf('cer', tallyOf(measure, [{ ...labelled, answer: 'ab' }], answers))).toBe(100);
});

describe('outputs that the host ends', () => {
  it('are compared as the vectors that they mean, whatever their step', () => {
    const measure: Measure = { ...accuracyMeasure, metric: 'cosine', host };
    expect(valueOf('cosine', tallyOf(measure, examples, integers, floats))).toBeCloseTo(1, 12);
    const { step, ...withoutStep } = integers;
    expect(step).toBe(0.25);
    expect(valueOf('cosine', tallyOf(measure, examples, withoutStep, floats))).toBeLessThan(0.95);
    expect(valueOf('cosine', tallyOf({ ...accuracyMeasure, metric: 'cosine' }, examples, withoutStep, floats))).toBeCloseTo(1, 12);
  });

  it('have the neighbours of these vectors', () => {
    const measure: Measure = { ...accuracyMeasure, metric: 'neighbour', host };
    expect(valueOf('neighbour', tallyOf(measure, examples, integers, floats))).toBe(100);
    // The third and the first change places.
    const other = { classes, outputs: [floats.outputs[2]!, floats.outputs[1]!, floats.outputs[0]!] };
    expect(valueOf('neighbour', tallyOf(measure, examples, other, floats))).toBeLessThan(100);
  });

  it('have the classes of the layers behind them, of one row where one is taken', () => {
    // The first of two rows, then a layer that turns it round.
    const behind: HostSide = {
      steps: [{ kind: 'row', row: 0 }, { kind: 'relu' }, { kind: 'dense', path: 'classes' }],
      layers: { classes: { weights: Float64Array.of(0, -1, 0, 0, 0, 0, 0, 0, 0), bias: Float64Array.of(0, -3, -3) } },
      classes: 3,
    };
    const labelled = [0, 1].map((label): Example => ({ length: 2, labels: Int32Array.of(label) }));
    const raw = {
      classes: [
        [1, 2],
        [0, 1],
      ],
      outputs: [
        [0, 2, 1, 0, 0, 9],
        [9, 8, 7, 0, 9, 0],
      ],
    };
    const measure = measureOf(accuracyMeasure, { host: behind });
    expect([...tallyOf(measure, labelled, raw).right]).toEqual([1, 1]);
    expect([...tallyOf(accuracyMeasure, labelled, raw).right]).toEqual([0, 0]);
    // A step of integers stands for something before a layer with a bias.
    const halved = { classes: raw.classes, outputs: raw.outputs.map((row) => row.map((value) => 2 * value)), step: 0.5 };
    expect([...tallyOf(measure, labelled, halved).right]).toEqual([1, 1]);
    expect([usualOutputs(measure), usualOutputs(accuracyMeasure)]).toEqual(['all', 'best']);
    expect(needsAll(measure)).toBe('the host computes on the outputs themselves');
  });
});
