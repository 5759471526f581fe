/** The second thread: gradients of the batches that generator/train/helper.ts sends. */
import { parentPort, workerData } from 'node:worker_threads';
import { helperStates, textOf, type HelperMemory, type HelperSetup, type HelperTask } from './helper.js';
import { buildNetworks } from './networks.js';
import { pass } from './pass.js';

const { setup, memory } = workerData as { setup: HelperSetup; memory: HelperMemory };
const { network, distillation } = buildNetworks(setup);
const state = new Int32Array(memory.state);
distillation?.teacher.prepare();
// An error before this one ends the thread, which the other one waits for here and hears of.
parentPort?.postMessage('ready');

parentPort?.on('message', ({ examples, labels, noise }: HelperTask) => {
  let end: number = helperStates.failed;
  try {
    network.parameters.values().set(new Float32Array(memory.values));
    network.prepare();
    const { loss, right, labels: counted } = pass(network, examples, labels, distillation, noise);
    new Float32Array(memory.grads).set(network.parameters.grads());
    new Float64Array(memory.outcome).set([loss, right, counted]);
    end = helperStates.done;
  } catch (error) {
    new Uint8Array(memory.reason).set(textOf(error, memory.reason.byteLength));
  } finally {
    Atomics.store(state, 0, end);
    Atomics.notify(state, 0);
  }
});
