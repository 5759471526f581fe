/** What runs in a job of a sweep: one task of an array, point by point. */
import type { Job } from '../../jobs.js';
import { Measurer } from '../../measure-job.js';
import type { SweptModel } from '../../subject.js';
import { serveTask } from './serve-task.js';

await serveTask(async ({ job, items, subjectOf, begin, done }) => {
  const measurer = new Measurer();
  for (const id of new Set(items.map(({ subject }) => subject))) measurer.addSubject(subjectOf(id) as SweptModel);
  const keys = new Map(items.map((item) => [item.number, item.key]));
  await measurer.run(
    job as Job,
    (results) => results.forEach(({ number, outcome }) => done(keys.get(number)!, outcome)),
    ({ key }) => begin(key),
  );
});
