import { describe, expect, it } from 'vitest';
import { plainSpelling, type Dataset } from '../../generator/data/dataset.js';
import type { HostSide } from '../../generator/model/host-steps.js';
import { makeStore } from '../../generator/operations/store/fields.js';
import { similarityPicture } from '../../generator/report/similarity-picture.js';
import { similaritiesOf, similarityLines } from '../../generator/subject/similarities.js';
import type { Subject } from '../../generator/subject/subject.js';

const titles = ['a < b', 'the second sentence, which is far too long to stand in one line of a terminal', 'c'];
const examples = titles.map(() => ({ length: 1, labels: Int32Array.of(-1) }));

function subject(best: boolean, host: Dataset['host']): Pick<Subject, 'dataset' | 'encoder' | 'examples' | 'image'> {
  const dataset: Dataset = {
    task: 'sentences',
    metric: 'neighbour',
    display: 'class',
    spelling: plainSpelling,
    idsPerToken: 1,
    vocabulary: 2,
    featureCount: 0,
    maxLength: 2,
    labelNames: [],
    head: 'sequence',
    licence: 'none',
    splits: { train: [], validation: [], test: [] },
    describe: (example) => titles[examples.findIndex((one) => one === example)]!,
    ...(host && { host }),
  };
  const store = makeStore({ source: 'X', outer: 2, base: 0, firstRow: true, best });
  return {
    dataset,
    encoder: undefined,
    examples,
    image: { model: { operations: [store], outputScale: 0.5 } } as unknown as Subject['image'],
  };
}

const plain: HostSide = { steps: [{ kind: 'normalise' }], layers: {}, classes: 0 };
const outputs = [Int8Array.of(2, 0), Int8Array.of(0, 4), Int8Array.of(3, 3)];

describe('similarities', () => {
  it('are cosines of the vectors that the host makes of outputs in their real values', () => {
    const { matrix } = similaritiesOf(subject(false, plain), outputs)!;
    expect(matrix.map((row) => row.map((value) => Number(value.toFixed(4))))).toEqual([
      [1, 0, 0.7071],
      [0, 1, 0.7071],
      [0.7071, 0.7071, 1],
    ]);
    const shifted = similaritiesOf(
      subject(false, {
        steps: [{ kind: 'dense', path: 'last' }],
        layers: { last: { weights: Float64Array.of(1, 0, 0, 0), bias: Float64Array.of(0, 1) } },
        classes: 0,
      }),
      outputs,
    )!;
    expect(shifted.matrix[0]![1]).toBeCloseTo(Math.SQRT1_2, 12);
  });

  it('are unknown where the chip stores the index of the largest, or outputs mean no vector', () => {
    expect(similaritiesOf(subject(true, plain), outputs)).toBeUndefined();
    expect(similaritiesOf(subject(false, undefined), outputs)).toBeUndefined();
    expect(similaritiesOf(subject(false, { ...plain, classes: 2 }), outputs)).toBeUndefined();
  });

  it('stand in lines, and in a picture, with what inputs are called', () => {
    const found = similaritiesOf(subject(false, plain), outputs)!;
    expect(similarityLines(found).join('\n')).toMatchInlineSnapshot(`
      "cosine of                                                           0     1     2
      ---------------------------------------------------------------  ----  ----  ----
      0: a < b                                                         1.00  0.00  0.71
      1: the second sentence, which is far too long to stand in on...  0.00  1.00  0.71
      2: c                                                             0.71  0.71  1.00"
    `);
    const picture = similarityPicture(found);
    expect(picture).toContain('0: a &lt; b');
    expect(picture.match(/<rect /g)).toHaveLength(9);
    expect(picture).toContain('>.71</text>');
  });
});
