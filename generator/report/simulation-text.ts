import { peCycleCauses, usefulCauses } from '../contract/registers.js';
import { sumTraffic, trafficClasses } from '../contract/traffic-classes.js';
import { classNames, emaRatio, microsecondsPerToken, type SimulatedModel } from './simulation.js';
import { metricText } from '../subject/predictions.js';
import { readTextLine } from '../subject/read-texts.js';
import { similarityLines } from '../subject/similarities.js';
import { formatTable, grouped, percent } from '../util/table.js';

export interface SimulationOutcome {
  /** Every bit and every byte was right. */
  readonly good: boolean;
  /** Numbers that the chip has stored, row by row, of each input. */
  readonly outputs: readonly (readonly number[])[];
  readonly model: SimulatedModel;
  readonly simulator: string;
  readonly policy: string;
  readonly clockMHz: number;
  readonly buildSeconds: number;
  readonly report: string | undefined;
  /** What differs, and what was recorded. */
  readonly lines: readonly string[];
}

export function simulationJson({ model, simulator, policy, clockMHz, buildSeconds, report, lines }: SimulationOutcome) {
  const { name, form, summary, baseline, metric, texts, similarities } = model;
  const idle = Object.fromEntries(
    peCycleCauses.filter((cause) => !usefulCauses.includes(cause)).map((cause) => [cause, summary.causes[cause]]),
  );
  const { inputs, tokens, windows, segments, valuesCompared, mismatches, emaAgree, emaBytes, coldBytes, cycles, utilization, configHash } =
    summary;
  return {
    model: name,
    form,
    inputs,
    tokens,
    windows,
    segments,
    valuesCompared,
    mismatches,
    emaAgree,
    emaBytes,
    emaTotal: sumTraffic(emaBytes),
    coldBytes: sumTraffic(coldBytes),
    baselineBytes: baseline,
    emaRatio: emaRatio(model),
    cycles,
    clockMHz,
    microsecondsPerToken: microsecondsPerToken(summary, clockMHz),
    utilization,
    usefulUtilization: utilization.useful,
    idle,
    work: Object.fromEntries(usefulCauses.map((cause) => [cause, summary.causes[cause]])),
    metric: metric === undefined ? null : { name: metric.name, percent: metric.value, labels: metric.labels },
    texts: texts ?? null,
    similarities: similarities ?? null,
    simulator,
    policy,
    configHash,
    buildSeconds,
    simulationSeconds: summary.simulationSeconds,
    seconds: summary.seconds,
    report: report ?? null,
    divergence: lines,
  };
}

const shownTexts = 20;

export function simulationText({ model, simulator, policy, clockMHz, report, lines }: SimulationOutcome): string {
  const { name, form, summary, metric, baseline, texts = [], similarities } = model;
  const { inputs, tokens, windows, segments, valuesCompared, mismatches, emaAgree, emaBytes, cycles, utilization, causes, configHash } =
    summary;
  const classes = trafficClasses.filter((key) => emaBytes[key] > 0);
  return [
    `${name}, configuration ${configHash}, ${simulator}, policy ${policy}: ${grouped(inputs)} inputs, ${grouped(tokens)} tokens in ${grouped(windows)} ${windows === 1 ? 'window' : 'windows'}, ${segments.mean.toFixed(1)} inputs per window and ${segments.most} at most`,
    `${grouped(valuesCompared)} values compared, ${grouped(mismatches)} differ; bytes of chip, golden ledger and analytic model ${emaAgree ? 'agree' : 'DO NOT AGREE'}`,
    ...(form === 'dense int8' ? ['weights are dense, of 8 bits: the image has no factors'] : []),
    ...(metric === undefined ? [] : [metricText(metric)]),
    ...texts.slice(0, shownTexts).map(readTextLine),
    ...(similarities === undefined ? [] : ['', ...similarityLines(similarities), '']),
    `${grouped(cycles)} cycles, ${microsecondsPerToken(summary, clockMHz).toFixed(2)} us a token at ${clockMHz} MHz`,
    `array utilization ${percent(utilization.array)}, useful utilization ${percent(utilization.useful)}`,
    '',
    formatTable(
      ['external memory access', 'bytes'],
      [
        ...classes.map((key) => [classNames[key], grouped(emaBytes[key])]),
        ['sum', grouped(sumTraffic(emaBytes))],
        ['baseline', grouped(baseline)],
        ['ratio', `${emaRatio(model).toFixed(1)}x`],
      ],
    ),
    '',
    formatTable(
      ['PE-cycles', 'share'],
      peCycleCauses.map((cause) => [cause, percent(causes[cause])]),
    ),
    ...(lines.length === 0 ? [] : ['', ...lines]),
    ...(report === undefined ? [] : ['', `report: ${report}`]),
  ].join('\n');
}
