/** What runs in a job of a reproduction: one simulation. Arguments are those of a sweep's job (studies/sweep/launch/slurm/job.ts). */
import { reasonOf } from '../sweep/outcome.js';
import type { SharedData } from '../sweep/launch/work.js';
import { serveTask } from '../sweep/launch/slurm/serve-task.js';
import type { PartItem } from './launch.js';
import { measurePart, type PlainRequest } from './parts.js';

interface RequestData extends SharedData {
  readonly request: PlainRequest;
}

await serveTask(async ({ items, subjectOf, begin, done }) => {
  for (const item of items as readonly PartItem[]) {
    begin(item.key);
    try {
      await measurePart((subjectOf(item.subject) as RequestData).request, item.part);
      done(item.key, { state: 'measured', objectives: {}, detail: {} });
    } catch (error) {
      done(item.key, { state: 'failed', reason: reasonOf(error) });
    }
  }
});
