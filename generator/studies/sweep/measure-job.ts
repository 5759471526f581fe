/** The points of a job, one after the other; no point ends it. */
import { SubjectOnHardware } from './hardware.js';
import type { Item, Job, Result } from './jobs.js';
import { goldenAccuracy, measureAnalytic, measureGolden } from './measure.js';
import { reasonOf, type Outcome } from './outcome.js';
import { beatsOf, measureRtl } from './rtl.js';
import type { SweptModel } from './subject.js';
import { measureSynthesis } from './synthesis.js';

async function attempt(measure: () => Outcome | Promise<Outcome>): Promise<Outcome> {
  try {
    return await measure();
  } catch (error) {
    return { state: 'failed', reason: reasonOf(error) };
  }
}

export class Measurer {
  private readonly subjects = new Map<string, SubjectOnHardware>();
  private readonly accuracies = new Map<string, number | undefined>();

  addSubject(subject: SweptModel): void {
    this.subjects.set(subject.id, new SubjectOnHardware(subject));
  }

  /** `begin` is told of every point before it is measured; analytic points come all at once. */
  async run(job: Job, onResults: (results: readonly Result[]) => void, begin: (item: Item) => void = () => undefined): Promise<void> {
    const { fidelity, items } = job;
    if (fidelity === 'analytic') {
      const results: Result[] = [];
      for (const item of items) results.push({ number: item.number, outcome: await attempt(() => this.quick(item, fidelity)) });
      onResults(results);
      return;
    }
    // One memory for all simulations of the job, counted at the first of them.
    let beats: number | undefined;
    const beatsOfAll = (): number =>
      (beats ??= beatsOf(items.map((item) => ({ on: this.subjects.get(item.subject)!, point: item.point }))));
    for (const item of items) {
      begin(item);
      const outcome = await attempt(() =>
        fidelity === 'golden'
          ? this.quick(item, fidelity)
          : fidelity === 'rtl'
            ? measureRtl(this.subjects.get(item.subject)!, item, job, beatsOfAll())
            : measureSynthesis(item, job),
      );
      onResults([{ number: item.number, outcome }]);
    }
  }

  private quick(item: Item, fidelity: 'analytic' | 'golden'): Outcome {
    const on = this.subjects.get(item.subject)!;
    if (fidelity === 'analytic') return { state: 'measured', objectives: measureAnalytic(on, item.point).objectives, detail: {} };
    return { state: 'measured', objectives: measureGolden(on, item.point, () => this.accuracyOf(on, item)), detail: {} };
  }

  /** Accuracy of the integer model, which is the same on all hardware. */
  private accuracyOf(on: SubjectOnHardware, { point: { params } }: Item): number | undefined {
    const { id } = on.subject;
    if (!this.accuracies.has(id)) this.accuracies.set(id, goldenAccuracy(on, on.image(params)));
    return this.accuracies.get(id);
  }
}
