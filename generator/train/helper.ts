/**
 * A second thread for the second half of every batch. Parameters go over and gradients come back through shared memory;
 * the halves are added in a fixed order, so the bits are those of one thread.
 */
import { Worker } from 'node:worker_threads';
import type { Ranges } from '../model/ranges.js';
import type { Encoder } from '../model/encoder.js';
import type { Example } from '../data/dataset.js';
import { ToolError } from '../util/errors.js';
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
  /** Why it has failed, in UTF-8, zeros behind it. */
  readonly reason: SharedArrayBuffer;
}

export const helperStates = { working: 0, done: 1, failed: 2 } as const;

export interface HelperTask {
  readonly examples: readonly Example[];
  readonly labels: number;
  readonly noise?: Noise | undefined;
}

/** The second thread has ended, or cannot do its part. */
export class HelperFailed extends ToolError {
  constructor(reason: string) {
    super(`the second training thread failed: ${reason}; run with --threads 1`);
    this.name = 'HelperFailed';
  }
}

/** The first line of an error, in so many bytes at most. */
export function textOf(error: unknown, mostBytes: number): Uint8Array {
  return new TextEncoder().encode(String(error).split('\n')[0]).subarray(0, mostBytes);
}

/** Half of a batch takes seconds; a thread that has died, as of memory, would be waited for without an end. */
const patienceMs = 3_600_000;

export class Helper {
  private readonly worker: Worker;
  private readonly memory: HelperMemory;
  private readonly built: Promise<void>;

  constructor(script: URL, setup: HelperSetup, count: number) {
    this.memory = {
      values: new SharedArrayBuffer(4 * count),
      grads: new SharedArrayBuffer(4 * count),
      outcome: new SharedArrayBuffer(24),
      state: new SharedArrayBuffer(4),
      reason: new SharedArrayBuffer(400),
    };
    this.worker = new Worker(script, { workerData: { setup, memory: this.memory } });
    this.built = new Promise((resolve, reject) => {
      this.worker.once('message', () => resolve());
      this.worker.once('error', (error) => reject(new HelperFailed(String(error).split('\n')[0]!)));
      this.worker.once('exit', (code) => reject(new HelperFailed(`it has ended with code ${code}`)));
    });
    // Whoever waits is told; nobody has to wait.
    this.built.catch(() => undefined);
  }

  /**
   * Waits until its networks are built.
   *
   * Errors   HelperFailed when they cannot be
   */
  async ready(): Promise<void> {
    await this.built;
  }

  begin(values: Float32Array, task: HelperTask): void {
    new Float32Array(this.memory.values).set(values);
    Atomics.store(new Int32Array(this.memory.state), 0, helperStates.working);
    this.worker.postMessage(task);
  }

  /**
   * Waits; the gradient goes to `grads`.
   *
   * Errors   HelperFailed with the reason
   */
  finish(grads: Float32Array): Outcome {
    const state = new Int32Array(this.memory.state);
    if (Atomics.wait(state, 0, helperStates.working, patienceMs) === 'timed-out')
      throw new HelperFailed(`no answer in ${patienceMs / 60_000} minutes`);
    if (Atomics.load(state, 0) === helperStates.failed) throw new HelperFailed(this.reason());
    grads.set(new Float32Array(this.memory.grads));
    const [loss = 0, right = 0, labels = 0] = new Float64Array(this.memory.outcome);
    return { loss, right, labels };
  }

  private reason(): string {
    return new TextDecoder().decode(Uint8Array.from(new Uint8Array(this.memory.reason))).replace(/\0+$/, '');
  }

  async stop(): Promise<void> {
    await this.worker.terminate();
  }
}

/** The compiled worker, or undefined when this runs from source, where one thread does all. */
export function workerScript(): URL | undefined {
  return import.meta.url.endsWith('.js') ? new URL('./worker.js', import.meta.url) : undefined;
}
