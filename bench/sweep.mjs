/** Measures the analytic fidelity of a sweep on one core with the compiled program, as it is installed (npm run bench:sweep): points a second with all that a point takes, its key and its row included. */
import { SweepDatabase } from '../dist/generator/studies/sweep/database.js';
import { SubjectOnHardware } from '../dist/generator/studies/sweep/hardware.js';
import { pointKey } from '../dist/generator/studies/sweep/key.js';
import { measureAnalytic } from '../dist/generator/studies/sweep/measure.js';
import { makeAxes } from '../dist/generator/studies/sweep/axes.js';
import { drawPoints } from '../dist/generator/studies/sweep/space.js';
import { loadSubject, modelHash } from '../dist/generator/studies/sweep/subject.js';
import { presetParams } from '../dist/generator/params/presets.js';

const measuring = { inputs: 4, accuracyInputs: 1, seed: 1, target: 'asic' };
const axes = makeAxes({
  'array.columns': [4, 8],
  'array.slices': [2, 4],
  'array.passes': '8..20:2',
  'port.busBytes': [8, 16, 32],
  'port.prefetchBeats': '32..256',
  'envelope.codeWords': [32768],
  'batcher.lookahead': '4..32',
  'run.latency': [10, 50, 100, 200],
  'run.policy': ['uniform', 'packed'],
});

// Time of the processor, so that other work on the machine does not count.
function seconds(work) {
  const start = process.cpuUsage();
  work();
  return process.cpuUsage(start).user / 1e6;
}

for (const task of ['mnist', 'g2p']) {
  const { points } = drawPoints(
    { base: presetParams('small'), axes: [...axes, { key: 'run.task', values: [task] }], constraints: [] },
    { kind: 'grid' },
  );
  const subject = loadSubject({ task, model: 'compressed' }, presetParams('small'), measuring);
  const hash = modelHash({ task, model: 'compressed' });
  const on = new SubjectOnHardware(subject);
  for (const round of ['cold', 'warm']) {
    const measured = seconds(() => points.forEach((point) => measureAnalytic(on, point)));
    console.log(`${task} on small, ${round}: ${points.length} points, ${(points.length / measured).toFixed(0)} points/s measured`);
  }
  const keyed = seconds(() => points.forEach((point) => pointKey(point, 'analytic', measuring, hash)));
  const rows = points.map((point) => ({
    key: pointKey(point, 'analytic', measuring, hash),
    fidelity: 'analytic',
    point,
    outcome: { state: 'measured', objectives: measureAnalytic(on, point).objectives, detail: {} },
  }));
  const database = await SweepDatabase.open(':memory:');
  const start = process.cpuUsage();
  for (let i = 0; i < rows.length; i += 1000) await database.append(rows.slice(i, i + 1000));
  const { user, system } = process.cpuUsage(start);
  database.close();
  console.log(`${task}: keys ${(points.length / keyed).toFixed(0)}/s, rows ${(points.length / ((user + system) / 1e6)).toFixed(0)}/s`);
}
