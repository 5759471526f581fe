/** Loaded into every process of a job (NODE_OPTIONS): takes SLOW_JOB_MS before its work, and notes when it began and ended. */
import { appendFileSync } from 'node:fs';

const { SLURM_ARRAY_TASK_ID: task, SLOW_JOB_MS: delay = '0', SLOW_JOB_LOG: log } = process.env;
if (task !== undefined && log !== undefined) {
  const note = () => performance.timeOrigin + performance.now();
  const began = performance.timeOrigin;
  process.on('exit', () => appendFileSync(log, `${began} ${note()}\n`));
  await new Promise((resolve) => setTimeout(resolve, Number(delay)));
}
