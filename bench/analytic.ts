/** Speed of the analytic model: configurations evaluated a second on one core, a window of four inputs each. */
import { outlineOf, planOf } from '../generator/analytic/plan.js';
import { WindowModel } from '../generator/analytic/window.js';
import { presetParams } from '../generator/params/presets.js';
import { buildWorkload } from '../generator/subject/workload/build.js';
import { workloads } from '../generator/subject/workload/shapes.js';

const task = { ...workloads.vitBase, name: 'task', width: 128, layers: 4, heads: 4, hidden: 512, rank: 128, k: 8 };
const parts = [0, 1, 2, 3].map((first) => ({ length: 30, first, position: 0, count: 1 }));
const points = 3000;

for (const { shape, preset } of [
  { shape: task, preset: 'small' },
  { shape: workloads.bertBase, preset: 'paper' },
]) {
  const params = presetParams(preset);
  const outline = outlineOf(buildWorkload(shape, { coding: 'factorized', banks: params.array.columns, seed: 1 }).operations);
  for (const round of ['cold', 'warm']) {
    // Time of the processor, so that other work on the machine does not count.
    const start = process.cpuUsage();
    let cycles = 0;
    for (let i = 0; i < points; i++)
      cycles += new WindowModel(planOf(outline, params), { latencyCycles: 10 + (i % 490), cyclesPerBeat: 1 }).cycles(parts);
    const seconds = process.cpuUsage(start).user / 1e6;
    console.log(
      `${shape.name} on ${preset}, ${round}: ${(points / seconds).toFixed(0)} points/s, ${(cycles / points).toFixed(0)} cycles in the mean`,
    );
  }
}
