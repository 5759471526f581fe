/** A helper process: measures what it is sent, point by point; no point ends it. */
import { serveParent } from '../../tools/helper-process.js';
import { SubjectOnHardware } from './hardware.js';
import type { FromHelper, Item, Job, Result, ToHelper } from './jobs.js';
import { goldenAccuracy, measureAnalytic, measureGolden } from './measure.js';
import { reasonOf, type Outcome } from './outcome.js';
import { beatsOf, measureRtl } from './rtl.js';
import { measureSynthesis } from './synthesis.js';

const subjects = new Map<string, SubjectOnHardware>();
const accuracies = new Map<string, number | undefined>();

async function attempt(measure: () => Outcome | Promise<Outcome>): Promise<Outcome> {
  try {
    return await measure();
  } catch (error) {
    return { state: 'failed', reason: reasonOf(error) };
  }
}

/** Of the integer model, which is the same on all hardware. */
function accuracyOf(on: SubjectOnHardware, { point: { params } }: Item): number | undefined {
  const { id } = on.subject;
  if (!accuracies.has(id)) accuracies.set(id, goldenAccuracy(on, on.image(params)));
  return accuracies.get(id);
}

function measureQuick(item: Item, fidelity: Job['fidelity']): Outcome {
  const on = subjects.get(item.subject)!;
  if (fidelity === 'analytic') return { state: 'measured', objectives: measureAnalytic(on, item.point).objectives, detail: {} };
  return { state: 'measured', objectives: measureGolden(on, item.point, () => accuracyOf(on, item)), detail: {} };
}

async function run(job: Job, reply: (message: FromHelper) => void): Promise<void> {
  const { fidelity, items } = job;
  if (fidelity === 'analytic') {
    const results: Result[] = [];
    for (const item of items) results.push({ number: item.number, outcome: await attempt(() => measureQuick(item, fidelity)) });
    reply({ kind: 'results', results });
  } else {
    const beats = fidelity === 'rtl' ? beatsOf(items.map((item) => ({ on: subjects.get(item.subject)!, point: item.point }))) : 0;
    for (const item of items) {
      const outcome = await attempt(() =>
        fidelity === 'golden'
          ? measureQuick(item, fidelity)
          : fidelity === 'rtl'
            ? measureRtl(subjects.get(item.subject)!, item, job, beats)
            : measureSynthesis(item, job),
      );
      reply({ kind: 'results', results: [{ number: item.number, outcome }] });
    }
  }
  reply({ kind: 'done' });
}

serveParent<ToHelper, FromHelper>(async (message, reply) => {
  if (message.kind === 'subject') subjects.set(message.subject.id, new SubjectOnHardware(message.subject));
  else await run(message.job, reply);
});
