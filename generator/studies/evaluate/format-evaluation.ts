/** What `evaluate` prints, as text and as JSON. */
import { defaultPolicy, policies } from '../../contract/codes.js';
import type { MetricName } from '../../data/dataset.js';
import { metricTitles, shownValue } from '../../subject/metrics.js';
import { formatTable, grouped } from '../../util/table.js';
import type { Likeness, TextChange } from './comparison.js';
import { emaCases, type EmaCase } from './ema.js';
import type { Evaluation, RowName } from './evaluate.js';

const rowTitles: Readonly<Record<RowName, string>> = {
  dense: 'dense float (bytes: 16 bits)',
  denseInt8: 'dense int8',
  factorized: 'factorized',
  coded: '+ 4-bit W_S',
  sixBit: '+ 6-bit W_D',
  golden: 'all-integer golden, from the image',
};

const caseTitles: Readonly<Record<EmaCase, string>> = {
  1: '1 input per window',
  2: '2 inputs per window',
  4: '4 inputs per window',
  mix: 'real mix',
  mix32: 'real mix, first 32 windows',
  mixCold: 'real mix, one window',
};

/** What the metric is counted over. */
const countedWords: Readonly<Record<MetricName, string>> = {
  accuracy: 'labels',
  f1: 'labels',
  cosine: 'output rows',
  neighbour: 'inputs compared with each other',
  cer: 'characters',
};

export function evaluationJson(evaluation: Evaluation) {
  const { task, metric, testInputs, dense, golden, lossPoints, interval, ema, rows, int8, stats, comparison, ...rest } = evaluation;
  return {
    task,
    metric,
    testInputs,
    dense,
    golden,
    lossPoints,
    lossInterval: interval,
    ema: { ...ema, dense8BytesPerInput: int8.models[0]!.bytesPerInput },
    rows: rows.map(({ name, accuracy, trainedValidation, loss, bytes }) => ({
      name,
      accuracy: accuracy ?? null,
      trainedValidation: trainedValidation ?? null,
      loss: loss ?? null,
      bytes,
    })),
    int8: { models: int8.models, smallestEqual: int8.smallestEqual ?? null },
    stats: stats.sparse,
    ...comparison,
    ...rest,
  };
}

/** Bytes per input by case and by policy. */
function accessTables(ema: Evaluation['ema']): string[] {
  return [
    formatTable(
      ['memory access', 'bytes an input', 'below the baseline'],
      [
        ['baseline: dense, 16 bits, alone', grouped(ema.baselineBytesPerInput), ''],
        ...emaCases.map((name) => [
          name === 'mix' ? `${caseTitles.mix}, ${grouped(ema.inputs)} inputs` : caseTitles[name],
          grouped(ema.bytesPerInput[name]),
          `${ema.ratio[name].toFixed(1)}x`,
        ]),
      ],
    ),
    '',
    formatTable(
      ['real mix, by policy', 'windows', 'below the baseline'],
      policies.map((policy) => [
        policy === defaultPolicy ? `${policy} (default)` : policy,
        grouped(ema.windowsByPolicy[policy]),
        `${ema.ratioByPolicy[policy].toFixed(1)}x`,
      ]),
    ),
  ];
}

const changedText = ({ changed, low, high }: TextChange): string => `${changed.toFixed(2)} (${low.toFixed(2)} .. ${high.toFixed(2)})`;

/** Comparison with the dense float model: what is on the chip, and plain ways to make it small beside it. */
function comparisonLines({ metric, comparison, rows, golden }: Evaluation): string[] {
  if (comparison === undefined) return [];
  const { cosine, text, bytes, opponents, better } = comparison;
  const int8 = rows.find(({ name }) => name === 'denseInt8')!.accuracy!;
  const line = (name: string, size: number, likeness: Likeness, where: string): string[] => [
    name,
    grouped(size),
    likeness.cosine.toFixed(4),
    ...(metric === 'cosine' ? [] : [shownValue(metric, likeness.value)]),
    ...(likeness.text === undefined ? [] : [changedText(likeness.text)]),
    where,
  ];
  return [
    formatTable(
      [
        'weights of the blocks',
        'bytes',
        'cosine to dense float',
        ...(metric === 'cosine' ? [] : [metricTitles[metric]]),
        ...(text === undefined ? [] : ['text changed, % (95 %)']),
        'runs',
      ],
      [
        line('dense int8', bytes.dense8, { cosine: cosine.dense8, value: int8, text: text?.dense8 }, 'on the chip, in integers'),
        line(
          'factorized, coded',
          bytes.factorized,
          { cosine: cosine.factorized, value: golden, text: text?.factorized },
          'on the chip, in integers',
        ),
        ...opponents.map((one) => line(one.name, one.bytes, one, 'not on the chip: float activations')),
      ],
    ),
    `of the factorized weights every window streams ${grouped(bytes.streamed)} bytes; a dense model streams all of its own`,
    better === 'factorized'
      ? `none of the plain ways is as good in as few bytes; dense int8 takes ${(bytes.dense8 / bytes.factorized).toFixed(1)} times as many, for a cosine of ${cosine.dense8.toFixed(4)} in place of ${cosine.factorized.toFixed(4)}`
      : 'a plain way is as good as the factors in no more bytes: take dense int8',
    '',
  ];
}

export function evaluationText(evaluation: Evaluation): string {
  const { task, metric, quick, testInputs, testLabels, checkpoint, rows, ema, int8, lossPoints, interval, factors } = evaluation;
  const { chain } = ema;
  const times = (value: number): string => `${value.toFixed(2)}x`;
  const points = (value: number): string => shownValue(metric, value);
  const equal = int8.smallestEqual;
  return [
    `${task}: ${grouped(testInputs)} inputs of the test split${quick ? ' (quick: a fixed subset)' : ''}, ${grouped(testLabels)} ${countedWords[metric]}; ${checkpoint}` +
      (factors === 'post-training' ? ', compressed without training' : ''),
    '',
    formatTable(
      [
        'model',
        metricTitles[metric],
        metric === 'cosine' ? 'loss' : 'loss, points',
        '95 %',
        evaluation.trainedMetric === metric ? 'validation at training' : `at training: ${metricTitles[evaluation.trainedMetric]}`,
        'bytes once',
        'bytes a window',
      ],
      rows.map(({ name, accuracy, trainedValidation, loss, bytes }) => [
        rowTitles[name],
        accuracy === undefined ? 'not kept' : points(accuracy),
        loss === undefined ? '' : points(loss.points),
        loss === undefined ? '' : `${points(loss.low)} .. ${points(loss.high)}`,
        trainedValidation === undefined ? '' : shownValue(evaluation.trainedMetric, trainedValidation),
        grouped(bytes.cold),
        grouped(bytes.pass),
      ]),
    ),
    '',
    `loss of the golden model: ${points(lossPoints)}${metric === 'cosine' ? '' : ' points'} (95 %: ${points(interval[0])} .. ${points(interval[1])})`,
    '',
    ...accessTables(ema),
    '',
    `factorization ${times(chain.factorization)} x sharing ${times(chain.sharing)} x coding ${times(chain.coding)} x batching ${times(chain.batching)} = ${chain.total.toFixed(1)}x` +
      ` (${grouped(ema.inputs)} inputs in ${grouped(ema.windows)} windows)`,
    '',
    formatTable(
      ['plain int8 dense models', metricTitles[metric], 'bytes', 'an input, alone', 'an input, real mix'],
      int8.models.map(({ name, accuracy, bytes, bytesPerInput }) => [
        name,
        points(accuracy),
        grouped(bytes.cold + bytes.pass),
        grouped(bytesPerInput[1]),
        grouped(bytesPerInput.mix),
      ]),
    ),
    equal === undefined
      ? metric === 'accuracy'
        ? 'none of them is as accurate as the golden model'
        : 'none of them is as good as the golden model'
      : `the smallest as ${metric === 'accuracy' ? 'accurate' : 'good'} as the golden model: ${equal.name}, ${grouped(equal.bytes.cold + equal.bytes.pass)} bytes, ${(equal.bytesPerInput.mix / ema.bytesPerInput.mix).toFixed(1)} times the golden model's bytes an input on the real mix`,
    '',
    ...comparisonLines(evaluation),
    ema.booksAgree
      ? 'bytes counted in the image equal those predicted from shapes in every window'
      : 'bytes counted in the image DIFFER from those predicted from shapes',
  ].join('\n');
}
