/** The name of a point by its content: what is equal is measured once, today and after a restart. */
import { createHash } from 'node:crypto';
import { configHash } from '../../rtl/design.js';
import type { TargetName } from '../../synth/targets.js';
import { packageVersion } from '../../util/package.js';
import type { Point } from './space.js';

export const fidelities = ['analytic', 'golden', 'rtl', 'synthesis'] as const;
export type Fidelity = (typeof fidelities)[number];

/** What is the same for all points of a sweep. */
export interface Measuring {
  /** Inputs of a run. */
  readonly inputs: number;
  /** Inputs of the validation split, for the accuracy of the golden model. */
  readonly accuracyInputs: number;
  readonly seed: number;
  /** Target of the synthesis. */
  readonly target: TargetName;
}

const version = packageVersion();

/** What decides the result at this fidelity, and nothing else. */
export function pointKey({ params, run }: Point, fidelity: Fidelity, measuring: Measuring, modelHash: string): string {
  const { inputs, seed, accuracyInputs, target } = measuring;
  // Simulators agree to the cycle, so a point does not depend on which of them ran it.
  const used = fidelity === 'analytic' ? { inputs, seed } : { inputs, seed, accuracyInputs, ...(fidelity === 'synthesis' && { target }) };
  const { task, model, policy, latency, bytesPerCycle } = run;
  const text = JSON.stringify([version, fidelity, configHash(params), task, model, policy, latency, bytesPerCycle, modelHash, used]);
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
