/**
 * A second thread for the second half of every batch. Parameters go over and gradients come back through shared memory;
 * the halves are added in a fixed order, so the bits are those of one thread.
 */
import { Worker } from 'node:worker_threads';
import type { Ranges } from '../model/ranges.js';
import type { Encoder } from '../model/encoder.js';
import type { Example } from '../data/dataset.js';
import type { Noise } from './tape.js';
import type { Distillation, Outcome } from './step.js';

/** What the worker needs to build the same networks. */
export interface HelperSetup {
  readonly encoder: Encoder;
  /** Ranges of a quantised stage. */
  readonly ranges?: Ranges | undefined;
  /** Weights of the blocks have three values. */
  readonly ternary?: boolean | undefined;
  readonly teacher?: ({ readonly encoder: Encoder } & Omit<Distillation, 'teacher'>) | undefined;
}

export interface HelperMemory {
  readonly values: SharedArrayBuffer;
  readonly grads: SharedArrayBuffer;
  /** Loss, right, labels. */
  readonly outcome: SharedArrayBuffer;
  /** helperStates. */
  readonly state: SharedArrayBuffer;
}

export const helperStates = { working: 0, done: 1, failed: 2 } as const;

export interface HelperTask {
  readonly examples: readonly Example[];
  readonly labels: number;
  readonly noise?: Noise | undefined;
}

export class Helper {
  private readonly worker: Worker;
  private readonly memory: HelperMemory;

  constructor(script: URL, setup: HelperSetup, count: number) {
    this.memory = {
      values: new SharedArrayBuffer(4 * count),
      grads: new SharedArrayBuffer(4 * count),
      outcome: new SharedArrayBuffer(24),
      state: new SharedArrayBuffer(4),
    };
    this.worker = new Worker(script, { workerData: { setup, memory: this.memory } });
  }

  begin(values: Float32Array, task: HelperTask): void {
    new Float32Array(this.memory.values).set(values);
    Atomics.store(new Int32Array(this.memory.state), 0, helperStates.working);
    this.worker.postMessage(task);
  }

  /** Waits; the gradient goes to `grads`. */
  finish(grads: Float32Array): Outcome {
    const state = new Int32Array(this.memory.state);
    Atomics.wait(state, 0, helperStates.working);
    if (Atomics.load(state, 0) === helperStates.failed) throw new Error('the second training thread failed; run with --threads 1');
    grads.set(new Float32Array(this.memory.grads));
    const [loss = 0, right = 0, labels = 0] = new Float64Array(this.memory.outcome);
    return { loss, right, labels };
  }

  async stop(): Promise<void> {
    await this.worker.terminate();
  }
}

/** The compiled worker, or undefined when this runs from source, where one thread does all. */
export function workerScript(): URL | undefined {
  return import.meta.url.endsWith('.js') ? new URL('./worker.js', import.meta.url) : undefined;
}
