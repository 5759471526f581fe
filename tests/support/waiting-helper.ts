/** Measures the first point of a job like a helper of a sweep, and never comes to the others. */
import type { FromHelper, ToHelper } from '../../generator/studies/sweep/jobs.js';
import { serveParent } from '../../generator/tools/helper-process.js';

serveParent<ToHelper, FromHelper>(async (message, reply) => {
  if (message.kind === 'subject') return;
  const { number } = message.job.items[0]!;
  reply({ kind: 'results', results: [{ number, outcome: { state: 'measured', objectives: { cycles: number }, detail: {} } }] });
});
