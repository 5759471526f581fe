/** What `compress` prints, as text and as JSON. */
import { createHash } from 'node:crypto';
import { formatTable, grouped } from '../util/table.js';
import { trafficClasses } from '../contract/traffic-classes.js';
import { readImage } from '../program/image.js';
import { leastCosine, type FormComparison, type MeasuredForm } from './choose-form.js';
import type { CompressResult } from './compress-checkpoint.js';
import { metricTitles, shownValue } from './metrics.js';
import { printable } from '../util/printable.js';

const stepNames = {
  dense: 'dense, 16 bits',
  factorized: 'factorized',
  coded: '+ 4-bit W_S',
  sixBit: '+ 6-bit W_D',
  integer: 'integer, whole image',
} as const;

export function compressJson(result: CompressResult) {
  const { task, metric, checkpoint, factors, choice, shape, forms, columns, busBytes, seed, reports, stats, image } = result;
  return {
    task,
    checkpoint,
    factors,
    ...(factors !== 'none' && (forms === undefined ? shape : { banks: shape.banks })),
    columns,
    busBytes,
    seed,
    metric,
    steps: reports.map(({ step, score, blockBytes }) => ({
      step,
      bytes: Math.ceil(blockBytes),
      accuracy: score?.accuracy ?? null,
      labels: score?.labels ?? 0,
    })),
    image: {
      bytes: image.length,
      sha256: imageHash(image),
      coldBytes: stats.coldBytes,
      passBytes: stats.passBytes,
      cold: stats.cold,
      pass: stats.pass,
    },
    stats: stats.sparse,
    ...(choice !== undefined && { choice }),
  };
}

export function imageHash(image: Uint8Array): string {
  return createHash('sha256').update(image).digest('hex');
}

/** The manifest that lies beside the image: its header, its sizes by class and its hash. */
export function imageManifest(image: Uint8Array, file: string): Record<string, unknown> {
  return { file, fileBytes: image.length, sha256: imageHash(image), ...readImage(image).manifest };
}

export function compressText(result: CompressResult, withStats: boolean): string {
  const {
    task,
    metric,
    checkpoint,
    factors,
    shape: { k, rank, banks },
    forms,
    columns,
    busBytes,
    reports,
    stats,
  } = result;
  const origin = { trained: 'trained factors', 'post-training': 'factors without training', none: 'dense' }[factors];
  const lines = [
    `${printable(task)} from ${checkpoint}: ${origin}${factors === 'none' ? '' : `, ${forms === undefined ? `rank ${rank}, k ${k}` : 'chosen forms'}, ${banks} banks`}; for ${columns} columns, beats of ${busBytes} bytes`,
    '',
    formatTable(
      ['step', 'bytes of the blocks', metric === 'accuracy' ? 'validation %' : `validation, ${metricTitles[metric]}`],
      reports
        .map(({ step, score, blockBytes }) => [
          stepNames[step],
          grouped(Math.ceil(blockBytes)),
          score === undefined ? '' : shownValue(metric, score.accuracy),
        ])
        .concat(otherForm(result)),
    ),
    '',
    ...choiceLines(result),
    `once a model ${grouped(stats.coldBytes)} bytes, every window ${grouped(stats.passBytes)} bytes`,
  ];
  if (withStats) lines.push('', statsText(result));
  return lines.join('\n');
}

/** The row of the form that was not taken. */
function otherForm({ choice, metric, reports }: CompressResult): string[][] {
  if (choice === undefined) return [];
  const [name, form] =
    choice.taken === 'dense8'
      ? (['factors instead, whole image', choice.factorized] as const)
      : (['dense int8 instead, whole image', choice.dense8] as const);
  const shown = metric === 'cosine' && reports.some(({ score }) => score !== undefined);
  return [[name, grouped(form.bytes), shown ? shownValue('cosine', form.cosine) : '']];
}

function choiceLines({ choice }: CompressResult): string[] {
  if (choice === undefined) return [];
  const { factorized, dense8, inputs, heldOut, asked, taken, better } = choice;
  const of = ({ cosine, bytes }: MeasuredForm): string => `a cosine of ${cosine.toFixed(4)} to the float model in ${grouped(bytes)} bytes`;
  const where = `(${grouped(inputs)} ${heldOut ? 'inputs held out from the factors' : 'inputs that the factors were fitted to'})`;
  const both = `factors have ${of(factorized)}, dense int8 ${of(dense8)} ${where}`;
  if (asked) return better === 'factorized' ? [both, ''] : [`warning: ${both}; ${reasonOf(choice)}: --no-factorize takes int8`, ''];
  const other =
    taken === 'dense8' ? '--factorize takes the factors, --loss and --budget look for other forms' : '--no-factorize takes int8';
  return [`${taken === 'dense8' ? 'dense int8' : 'factors'} taken: ${both}; ${reasonOf(choice)}; ${other}`, ''];
}

/** Tells by the rule of choose-form.ts what speaks for the better form. */
function reasonOf({ factorized, dense8, better }: FormComparison): string {
  if (better === 'factorized') {
    return factorized.cosine >= leastCosine ? `they keep ${leastCosine} in fewer bytes` : 'they are as near in fewer bytes';
  }
  return factorized.bytes >= dense8.bytes ? 'factors take no fewer bytes' : `factors without training are taken from ${leastCosine} on`;
}

/** Bytes by class, and the sparse stream against the entropy of its symbols. */
function statsText({ stats: { cold, pass, sparse } }: CompressResult): string {
  const classes = trafficClasses.filter((name) => cold[name] + pass[name] > 0);
  const table = formatTable(
    ['class', 'once a model', 'every window'],
    classes.map((name) => [name, grouped(cold[name]), grouped(pass[name])]),
  );
  if (sparse.slots === 0) return `${table}\n\nno sparse layer: there is nothing to compare with an entropy`;
  const widths = [...new Set(sparse.indexBits)].sort((a, b) => a - b);
  const indices = widths[0] === 0 ? 'uncoded row indices of 16 bits' : `index codes of ${widths.join(', ')} bits`;
  return [
    table,
    '',
    formatTable(
      ['W_D', 'coded bytes', 'entropy bound'],
      [
        ['values', grouped(sparse.valueBytes), grouped(sparse.valueEntropyBytes)],
        ['indices', grouped(sparse.indexBytes), grouped(sparse.supportEntropyBytes)],
        ['both', grouped(sparse.valueBytes + sparse.indexBytes), grouped(sparse.valueEntropyBytes + sparse.supportEntropyBytes)],
      ],
    ),
    '',
    `${((sparse.overBound - 1) * 100).toFixed(1)} % over the bound; ${indices}; ${grouped(sparse.fillers)} of ${grouped(sparse.slots)} slots are zero`,
  ].join('\n');
}
