/** Measures like a helper of a sweep, but dies at the points whose number is a multiple of 5. */
import type { FromHelper, ToHelper } from '../../generator/studies/sweep/jobs.js';
import { serveParent } from '../../generator/tools/helper-process.js';

serveParent<ToHelper, FromHelper>(async (message, reply) => {
  if (message.kind === 'subject') return;
  for (const { number } of message.job.items) {
    if (number % 5 === 0) process.kill(process.pid, 'SIGKILL');
    reply({ kind: 'results', results: [{ number, outcome: { state: 'measured', objectives: { cycles: number }, detail: {} } }] });
  }
  reply({ kind: 'done' });
});
