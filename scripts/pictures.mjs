// Draws the pictures of the README again, docs/pictures/*.svg, from the trained models and the preset small. Run it by npm run pictures.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { presetParams } from '../dist/generator/index.js';
import { loadTask } from '../dist/generator/data/load.js';
import { demoTaskNames } from '../dist/generator/data/built-in.js';
import { blocksSvg } from '../dist/generator/report/blocks.js';
import { chartSvg } from '../dist/generator/report/html.js';
import { blockPicture } from '../dist/generator/report/pictures.js';
import { windowPicture, windowTitle } from '../dist/generator/report/window-picture.js';
import { measureEma, windowsOf } from '../dist/generator/studies/evaluate/ema.js';
import { taskSubject } from '../dist/generator/subject/open.js';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'docs', 'pictures');
const params = presetParams('small');

/** Bytes per input after every factor of the chain (docs/evaluation.md), on the first 1,000 inputs of each test split. */
function steps(task) {
  const { image } = taskSubject(task, params, { inputs: 1, seed: 1 });
  const { baselineBytesPerInput: dense, chain } = measureEma(
    image,
    loadTask(task).splits.test.map(({ length }) => length),
    params,
  );
  const factorized = dense / chain.factorization;
  const shared = factorized / chain.sharing;
  const coded = shared / chain.coding;
  return [
    ['dense, 16 bits', dense],
    ['factorized', factorized],
    ['+ shared W_S', shared],
    ['+ coded', coded],
    ['+ batched', coded / chain.batching],
  ].map(([label, value]) => ({ label, value, task, text: Math.round(value).toLocaleString('en-US') }));
}

/** Linear, so that lengths can be compared; the numbers are for the shortest bars. */
function trafficChart(values) {
  const tasks = { field: 'task', type: 'nominal', sort: demoTaskNames };
  const bar = {
    y: { field: 'label', type: 'nominal', sort: values.map(({ label }) => label), axis: { title: null } },
    yOffset: tasks,
    x: { field: 'value', type: 'quantitative', axis: { title: 'bytes over the memory port per input', format: '~s', tickCount: 6 } },
  };
  return {
    width: 600,
    height: { step: 15 },
    data: { values },
    layer: [
      {
        mark: 'bar',
        encoding: {
          ...bar,
          color: { ...tasks, scale: { domain: demoTaskNames, range: ['#3366a8', '#e0822d', '#4c9a6a'] }, legend: { title: null } },
        },
      },
      { mark: { type: 'text', align: 'left', dx: 4, fontSize: 11 }, encoding: { ...bar, text: { field: 'text' } } },
    ],
  };
}

/** A file of its own: on white, because pages may be dark. */
function save(name, svg) {
  const own = svg.includes('xmlns=') ? svg : svg.replace('<svg', '<svg xmlns="http://www.w3.org/2000/svg"');
  writeFileSync(join(folder, `${name}.svg`), `${own.replace('<svg ', '<svg style="background:#fff" ').trimEnd()}\n`);
}

mkdirSync(folder, { recursive: true });
save('traffic', await chartSvg(trafficChart(demoTaskNames.flatMap(steps))));
const lengths = loadTask('brown')
  .splits.test.slice(0, 32)
  .map(({ length }) => length);
const names = {
  packed: 'Before: an input takes whole slices (policy packed)',
  tokens: 'After: inputs lie behind each other (policy tokens)',
};
save(
  'windows',
  windowPicture(
    Object.entries(names).map(([policy, name]) => {
      const windows = windowsOf(lengths, params, policy);
      return { title: windowTitle(name, windows, params), windows };
    }),
    params,
  ),
);
save('blocks', blockPicture(params));
save('instances', await blocksSvg(params));
