// Predicts every array of a small space and prints the best of them. In a clone of trexgen, for its trained model of mnist.
// Usage: npx jiti sweep.ts
import { sweep } from 'trexgen';

const { points, plan } = await sweep({
  file: {
    preset: 'small',
    space: { 'array.columns': [8, 16], 'array.passes': [2, 4], 'run.task': ['mnist'] },
    constraints: ['multipliers <= 1024'],
    objectives: ['cycles', 'area'],
  },
  jobs: 1,
});
for (const { point, front, outcome } of points) {
  const { columns, passes } = point.params.array ?? {};
  const found =
    outcome.state === 'measured' ? plan.objectives.map((name) => `${name} ${outcome.objectives[name]}`).join(', ') : outcome.reason;
  console.log(`${columns} columns, ${passes} passes: ${found}${front ? ' <- on the front' : ''}`);
}
