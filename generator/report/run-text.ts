/** What `run` prints, as text and as JSON. */
import type { Policy } from '../contract/codes.js';
import { sumTraffic, trafficClasses } from '../contract/traffic-classes.js';
import type { GoldenInputs, RunInput } from '../subject/run-inputs.js';
import type { Subject } from '../subject/subject.js';
import { hasClasses, metricText } from '../subject/predictions.js';
import { readTextLine } from '../subject/read-texts.js';
import { similarityLines } from '../subject/similarities.js';
import { formatTable, grouped } from '../util/table.js';
import { classNames } from './simulation.js';

export interface RunOutcome extends GoldenInputs {
  readonly subject: Subject;
  readonly policy: Policy;
  /** Folder of the dump. */
  readonly dump: string | undefined;
}

export function runJson({ subject: { name, image }, policy, dump, ...result }: RunOutcome) {
  const { inputs, windows, emaBytes, coldBytes, booksAgree, baselineBytes, emaRatio, metric, texts, similarities } = result;
  return {
    model: name,
    columns: image.columns,
    busBytes: image.busBytes,
    policy,
    windows,
    emaBytes,
    emaTotal: sumTraffic(emaBytes),
    coldBytes: sumTraffic(coldBytes),
    emaAgree: booksAgree,
    baselineBytes,
    emaRatio,
    metric: metric === undefined ? null : { name: metric.name, percent: metric.value, labels: metric.labels },
    dump: dump ?? null,
    inputs: inputs.map((input) => ({ ...input, values: input.values ?? null, labels: input.labels ?? null })),
    texts: texts ?? null,
    similarities: similarities ?? null,
  };
}

const shownInputs = 20;

export function runText({ subject, policy, dump, ...result }: RunOutcome): string {
  const { inputs, windows, emaBytes, coldBytes, booksAgree, baselineBytes, emaRatio, metric, texts, similarities } = result;
  const { name } = subject;
  const tokens = inputs.reduce((sum, input) => sum + input.tokens, 0);
  const classes = trafficClasses.filter((key) => emaBytes[key] > 0);
  return [
    `${name}, policy ${policy}: ${grouped(inputs.length)} inputs, ${grouped(tokens)} tokens in ${grouped(windows)} ${windows === 1 ? 'window' : 'windows'}; golden model, no simulator`,
    `bytes counted in the image and predicted from shapes ${booksAgree ? 'agree' : 'DO NOT AGREE'}`,
    ...(metric === undefined ? [] : [metricText(metric)]),
    '',
    ...(similarities === undefined ? inputLines(inputs, texts, hasClasses(subject)) : similarityLines(similarities)),
    ...(similarities === undefined && inputs.length > shownInputs
      ? [`... ${grouped(inputs.length - shownInputs)} more; --json prints all`]
      : []),
    '',
    formatTable(
      ['external memory access', 'bytes'],
      [
        ...classes.map((key) => [classNames[key], grouped(emaBytes[key])]),
        ['sum', grouped(sumTraffic(emaBytes))],
        ['of which load, once', grouped(sumTraffic(coldBytes))],
        ['baseline', grouped(baselineBytes)],
        ['ratio', `${emaRatio.toFixed(1)}x`],
      ],
    ),
    ...(dump === undefined ? [] : ['', `dump: ${dump}`]),
  ].join('\n');
}

function inputLines(inputs: RunOutcome['inputs'], texts: RunOutcome['texts'], classified: boolean): string[] {
  return texts === undefined
    ? inputs.slice(0, shownInputs).map((input) => (classified ? lineOf(input) : vectorLine(input)))
    : texts.slice(0, shownInputs).map(readTextLine);
}

function vectorLine({ input, tokens, output, values }: RunInput): string {
  if (values !== undefined)
    return `${String(input).padStart(4)}  ${tokens} tokens  ${values.length} values: ${values
      .slice(0, 6)
      .map((value) => value.toFixed(3))
      .join(' ')} ..`;
  const [first = []] = output;
  return `${String(input).padStart(4)}  ${tokens} tokens  ${output.length} ${output.length === 1 ? 'vector' : 'vectors'} of ${first.length}: ${first.slice(0, 6).join(' ')} ..`;
}

function lineOf({ input, tokens, predicted, labels }: RunInput): string {
  const known = labels?.some((label) => label >= 0) === true ? `  labels ${labels.join(' ')}` : '';
  return `${String(input).padStart(4)}  ${tokens} tokens  predicted ${predicted.join(' ')}${known}`;
}
