/** Which model a command works on: a task's, an image, or a workload of a published shape. */
import { taskNames } from '../../data/dataset.js';
import { refuse, UserError } from '../../util/errors.js';
import type { Params } from '../../params/fields.js';
import { imageBytes } from '../../program/image-file.js';
import { requireFit } from '../../program/fits.js';
import { readImage, writeImage, type Image } from '../../program/image.js';
import { taskRun } from '../task-run.js';
import { printable } from '../../util/printable.js';
import { buildWorkload } from './build.js';
import { withEnds, workloadNames, workloads, type WorkloadName } from './shapes.js';

export interface ModelSource {
  readonly task?: string;
  readonly image?: string;
  readonly workload?: string;
}

export interface NamedModel {
  readonly name: string;
  readonly image: Image;
  /** Lengths of the task's test split; none otherwise. */
  readonly lengths: readonly number[];
  /** Longest input of the model; undefined where nothing says it. */
  readonly positions: number | undefined;
}

/** Names of --workload: each shape as the bare stack, or with embedding and head. */
export const workloadChoices: readonly string[] = workloadNames.flatMap((name) => [name, `${name}+ends`]);

export function workloadShape(choice: string) {
  const name = workloadNames.find((known) => choice === known || choice === `${known}+ends`);
  if (name === undefined) throw new UserError([`workload = ${choice}: must be one of ${workloadChoices.join(', ')}`]);
  return choice === name ? workloads[name as WorkloadName] : withEnds(name);
}

/** Errors: UserError when none or several are given, when the model is missing, or when it does not fit the hardware. */
export function namedModel({ task, image, workload }: ModelSource, params: Params): NamedModel {
  const given = [task, image, workload].filter((name) => name !== undefined).length;
  refuse(
    given === 1
      ? []
      : [
          `task, image, workload: ${given === 0 ? 'none is given' : 'only one may be given'}; use --task ${taskNames.join('|')}, --image FILE or --workload ${workloadChoices.join('|')}`,
        ],
  );
  if (task !== undefined) {
    const run = taskRun(task, params, 1, 1);
    return {
      name: task,
      image: run.image,
      lengths: run.dataset.splits.test.map(({ length }) => length),
      positions: run.encoder.config.maxLength,
    };
  }
  const { columns } = params.array;
  const { busBytes } = params.port;
  const found = readImage(
    image !== undefined
      ? imageBytes(image)
      : writeImage(buildWorkload(workloadShape(workload!), { coding: 'factorized', banks: columns, ...params.numerics, seed: 1 }), {
          columns,
          busBytes,
        }),
  );
  requireFit(found, params, []);
  return { name: printable(found.model.task), image: found, lengths: [], positions: undefined };
}
