/** The program of a job that only notes its run: what it works on has its results. */
import { serveTask } from '../../generator/studies/sweep/launch/slurm/serve-task.js';

await serveTask(async () => undefined);
