// Steps a second of the training engine: one thread, forward, backward, Adam, on the shape of a small encoder.
//   npx tsx bench/train.ts
import { randomFrom } from '../generator/util/random.js';
import type { Example } from '../generator/data/dataset.js';
import type { ModelConfig } from '../generator/model/config.js';
import { initialEncoder } from '../generator/train/initial.js';
import { Network } from '../generator/train/network.js';
import { train, defaultSchedule } from '../generator/train/trainer.js';
import { Engine } from '../generator/train/wasm.js';

const config: ModelConfig = {
  input: 'ids',
  vocabulary: 100,
  featureCount: 0,
  width: 64,
  layers: 4,
  heads: 4,
  hidden: 256,
  maxLength: 50,
  classes: 10,
  head: 'token',
  norm: 'pre',
  activation: 'gelu',
  causal: false,
};
const random = randomFrom(1);
const whole = (limit: number): number => Math.floor(random() * limit);
const examples: Example[] = Array.from({ length: 64 }, () => ({
  length: 50,
  ids: Int32Array.from({ length: 50 }, () => whole(config.vocabulary)),
  labels: Int32Array.from({ length: 50 }, () => whole(config.classes)),
}));

const measure = async (steps: number): Promise<number> => {
  const network = new Network(new Engine(), initialEncoder('bench', config, 1));
  const before = process.cpuUsage();
  const { seconds } = await train(network, examples, { schedule: { ...defaultSchedule, steps } });
  const { user, system } = process.cpuUsage(before);
  console.log(
    `${steps} steps in ${seconds.toFixed(2)} s: ${(steps / seconds).toFixed(2)} steps/s; ${(steps / ((user + system) / 1e6)).toFixed(2)} steps a second of processor time`,
  );
  return steps / seconds;
};

await measure(5);
await measure(40);
