import type { TrainConfig } from '../data/recipe-schema.js';
import { readTrainConfig } from '../train/config-file.js';
import { refuse } from '../util/errors.js';
import { runTraining, type TrainReport, type TrainRequest } from '../train/run-training.js';

export interface TrainOptions extends Omit<TrainRequest, 'config'> {
  /** Changes of the recipe, or a JSON file with them. */
  readonly config?: TrainConfig | string;
  /** Non-zeros a column of W_D; this and the next two win over `config`. */
  readonly nonzeros?: number;
  /** Rows of W_D. */
  readonly rank?: number;
  /** Banks that the support keeps to; 1 for an unbalanced one. */
  readonly banks?: number;
}

/**
 * Trains a task's encoder: the dense teacher, the factorized and quantised model from it, or that from scratch. An interrupted
 * run continues from what its folder holds.
 *
 * Errors   UserError for bad options, missing data or a teacher that does not fit; Interrupted when `signal` aborts it;
 *          Diverged when the loss is not a number any more
 */
export async function train({ config: given = {}, nonzeros, rank, banks, ...request }: TrainOptions): Promise<TrainReport> {
  const config = typeof given === 'string' ? readTrainConfig(given) : given;
  refuse(
    config.factor?.forms === undefined
      ? []
      : Object.entries({ nonzeros, rank }).flatMap(([name, value]) =>
          value === undefined
            ? []
            : [`${name} = ${value}: factor.forms of the recipe gives every group of layers its own; leave one of them out`],
        ),
  );
  const factor = {
    ...config.factor,
    ...(nonzeros !== undefined && { k: nonzeros }),
    ...(rank !== undefined && { rank }),
    ...(banks !== undefined && { banks }),
  };
  return runTraining({ ...request, config: { ...config, factor } });
}
