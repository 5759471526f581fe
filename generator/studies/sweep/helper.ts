/** A helper process: measures what it is sent, point by point. */
import { serveParent } from '../../tools/helper-process.js';
import type { FromHelper, ToHelper } from './jobs.js';
import { Measurer } from './measure-job.js';

const measurer = new Measurer();

serveParent<ToHelper, FromHelper>(async (message, reply) => {
  if (message.kind === 'subject') return measurer.addSubject(message.subject);
  await measurer.run(message.job, (results) => reply({ kind: 'results', results }));
  reply({ kind: 'done' });
});
