import { expect, it } from 'vitest';
import { presetParams } from '../../generator/params/presets.js';
import { simulationDocument, type SimulatedModel } from '../../generator/report/simulation.js';
import { startText } from '../../generator/report/start-text.js';
import { summarise } from '../../generator/sim/simulate.js';
import type { Metric } from '../../generator/subject/predictions.js';

const params = presetParams('tiny');
const clockMHz = 100;

const modelOf = (metric: Metric | undefined): SimulatedModel => ({
  name: 'lines',
  form: 'factorized',
  summary: { ...summarise(params, []), inputs: 3, tokens: 6 },
  units: [],
  baseline: 10,
  metric,
  texts: undefined,
  similarities: undefined,
  cards: [],
  divergence: [],
});
const accuracy: Metric = { name: 'accuracy', right: 35, labels: 36, value: 97.2222 };
const errorRate: Metric = { name: 'cer', right: 1, labels: 40, value: 2.5 };

it('a metric stands under its own name in the report, an error rate too', () => {
  const report = {
    title: 'x',
    params,
    simulator: 'verilator',
    policy: 'packed',
    seed: 1,
    clockMHz,
    models: [accuracy, errorRate, undefined].map(modelOf),
  };
  const tables = simulationDocument(report).sections.flatMap(({ blocks }) => blocks.filter((block) => block.kind === 'table'));
  const table = tables.find(({ head }) => head[0] === 'model')!;
  const column = table.head.indexOf('metric');
  expect(table.rows.map((row) => row[column])).toMatchInlineSnapshot(`
    [
      "97.22 % of 36 labels right",
      "character errors %: 2.50, over 40 characters",
      "-",
    ]
  `);
});

it('the table of start has labels that are right, or metrics by their names', () => {
  const rows = (...metrics: readonly (Metric | undefined)[]): string[] =>
    startText({ good: true, models: metrics.map(modelOf), lines: [], clockMHz, report: 'r.html' })
      .split('\n')
      .slice(3, 5 + metrics.length)
      .map((line) => line.slice(0, 80).trimEnd());
  expect(rows(accuracy, undefined)).toMatchInlineSnapshot(`
    [
      "task   inputs  tokens  labels right  cycles  us/token at 100 MHz  EMA bytes  bas",
      "-----  ------  ------  ------------  ------  -------------------  ---------  ---",
      "lines       3       6        97.2 %       0                  0.0          0",
      "lines       3       6             -       0                  0.0          0",
    ]
  `);
  expect(rows(accuracy, errorRate)).toMatchInlineSnapshot(`
    [
      "task   inputs  tokens                                        metric  cycles  us/",
      "-----  ------  ------  --------------------------------------------  ------  ---",
      "lines       3       6                    97.22 % of 36 labels right       0",
      "lines       3       6  character errors %: 2.50, over 40 characters       0",
    ]
  `);
});
