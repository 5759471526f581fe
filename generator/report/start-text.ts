/** What `trexgen start` found, as text. */
import { sumTraffic } from '../contract/traffic-classes.js';
import { formatTable, grouped, percent } from '../util/table.js';
import { metricText } from '../subject/predictions.js';
import { emaRatio, microsecondsPerToken, type SimulatedModel } from './simulation.js';

export interface StartResult {
  /** Every bit and every byte was right. */
  readonly good: boolean;
  readonly models: readonly SimulatedModel[];
  /** Predictions of the chip, and what differs. */
  readonly lines: readonly string[];
  readonly clockMHz: number;
  readonly report: string;
}

/** Predictions, a line of the table for each task, whether all agreed, and where the report is. */
export function startText({ models, lines, clockMHz, report }: StartResult): string {
  const sum = (of: (model: SimulatedModel) => number): number => models.reduce((total, model) => total + of(model), 0);
  // Other metrics are no share of labels that are right; an error rate is the opposite.
  const accuracies = models.every(({ metric }) => metric === undefined || metric.name === 'accuracy');
  const differ = sum(({ summary }) => summary.mismatches);
  return [
    '',
    'predictions of the chip; [what the label says where it differs]',
    ...lines,
    '',
    formatTable(
      [
        'task',
        'inputs',
        'tokens',
        accuracies ? 'labels right' : 'metric',
        'cycles',
        `us/token at ${clockMHz} MHz`,
        'EMA bytes',
        'baseline',
        'ratio',
        'array util.',
        'useful util.',
      ],
      models.map((model) => {
        const { name, summary, metric, baseline } = model;
        return [
          name,
          grouped(summary.inputs),
          grouped(summary.tokens),
          metric === undefined ? '-' : accuracies ? `${metric.value.toFixed(1)} %` : metricText(metric),
          grouped(summary.cycles),
          microsecondsPerToken(summary, clockMHz).toFixed(1),
          grouped(sumTraffic(summary.emaBytes)),
          grouped(baseline),
          `${emaRatio(model).toFixed(1)}x`,
          percent(summary.utilization.array),
          percent(summary.utilization.useful),
        ];
      }),
    ),
    '',
    `${grouped(sum(({ summary }) => summary.valuesCompared))} values of ${grouped(sum(({ summary }) => summary.inputs))} inputs compared with the golden model, ${differ} differ; ` +
      `bytes of chip, golden ledger and analytic model ${models.every(({ summary }) => summary.emaAgree) ? 'agree' : 'DO NOT AGREE'}`,
    '',
    `report: ${report}`,
  ].join('\n');
}
