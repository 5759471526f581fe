/** Speed of the golden model: million multiply-accumulates a second on one core, by kind of product. */
import { runGolden } from '../generator/golden/run-program.js';
import { randomModel, randomRequests, type ModelShape } from '../tests/support/random-model.js';

const shape: Partial<ModelShape> = {
  width: 128,
  heads: 4,
  headWidth: 32,
  hidden: 512,
  rank: 64,
  k: 16,
  banks: 16,
  layers: 4,
  inputWidth: 64,
  classes: 10,
};

for (const coding of ['factorized', 'dense'] as const) {
  for (const tokens of [32, 128]) {
    const model = randomModel(1, { ...shape, coding });
    const requests = randomRequests(
      2,
      model,
      Array.from({ length: 16 }, () => tokens),
    );
    runGolden(model, requests);
    // Time of the processor, so that other work on the machine does not count.
    const start = process.cpuUsage();
    const { counts } = runGolden(model, requests);
    const seconds = process.cpuUsage(start).user / 1e6;
    const total = counts.dense + counts.sparse + counts.attention;
    const parts = Object.entries(counts)
      .map(([kind, count]) => `${kind} ${(count / 1e6).toFixed(0)} M`)
      .join(', ');
    console.log(
      `${coding}, ${tokens} tokens: ${(total / seconds / 1e6).toFixed(0)} M MAC/s (${parts}; ${(16 / seconds).toFixed(0)} requests/s)`,
    );
  }
}
