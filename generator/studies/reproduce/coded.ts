/** What the mechanisms are measured on: one workload as an uncompressed and as a compressed model, with the same inputs. */
import { taskOf } from '../../data/load.js';
import { modelFolder } from '../../data/places.js';
import type { Params } from '../../params/fields.js';
import { widened } from '../../program/widen.js';
import { taskSubject, workloadSubject } from '../../subject/open.js';
import { onHardware, type Subject } from '../../subject/subject.js';
import type { Coding } from '../../subject/workload/build.js';
import type { WorkloadShape } from '../../subject/workload/shapes.js';

/** Makes a Subject of the same model and inputs for each coding of its weights. */
export interface SubjectByCoding {
  readonly name: string;
  /** Subject in a coding, made when it is needed: an uncompressed model of a published shape is large. */
  in(coding: Coding): Subject;
}

/** A task's trained models with inputs of its test split; each is kept. */
export function codedTask(task: string, params: Params, inputs: number, seed: number): SubjectByCoding {
  const made = new Map<Coding, Subject>();
  const wide = (subject: Subject): Subject => onHardware({ ...subject, model: widened(subject.model) }, params);
  const makers: Readonly<Record<Coding, () => Subject>> = {
    factorized: () => taskSubject(task, params, { inputs, seed, checkpoint: modelFolder(task, 'compressed') }),
    dense8: () => taskSubject(task, params, { inputs, seed, checkpoint: modelFolder(task, 'dense'), factorize: false }),
    uncoded: () => wide(known('factorized')),
    dense16: () => wide(known('dense8')),
  };
  const known = (coding: Coding): Subject => {
    const subject = made.get(coding) ?? makers[coding]();
    made.set(coding, subject);
    return subject;
  };
  return { name: taskOf(task).name, in: known };
}

/** A published shape with random weights and inputs of these lengths. */
export function codedWorkload(shape: WorkloadShape, params: Params, lengths: readonly number[], seed: number): SubjectByCoding {
  return { name: shape.name, in: (coding) => workloadSubject(shape, params, { coding, lengths, seed }) };
}
