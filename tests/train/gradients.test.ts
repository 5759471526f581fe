import { describe, expect, it } from 'vitest';
import { forward } from '../../generator/compress/forward.js';
import { factorizeEncoder } from '../../generator/compress/factorize-encoder.js';
import type { Encoder } from '../../generator/model/encoder.js';
import { randomFrom } from '../../generator/util/random.js';
import type { Example } from '../../generator/data/dataset.js';
import type { ModelConfig } from '../../generator/model/config.js';
import { Network } from '../../generator/train/network.js';
import { countOf, pass } from '../../generator/train/pass.js';
import { predict, type Distillation } from '../../generator/train/step.js';
import type { Noise } from '../../generator/train/tape.js';
import { Engine } from '../../generator/train/wasm.js';
import { randomEncoder, randomExamples } from '../compress/random-encoder.js';

/** Random labels, some of them not scored. */
function labelled(seed: number, config: ModelConfig, count: number): Example[] {
  const random = randomFrom(seed);
  return randomExamples(seed + 1, config, count).map((example, i) => ({
    ...example,
    labels: example.labels.map((_, t) => (i + t > 0 && random() < 0.1 ? -1 : Math.floor(random() * config.classes))),
  }));
}

/** Largest relative difference between the slope along a direction and the gradient, over all tensors. */
function checkGradients(network: Network, examples: readonly Example[], seed: number, distillation?: Distillation, noise?: Noise): void {
  const random = randomFrom(seed);
  const labels = countOf(examples, distillation);
  const lossNow = (): number => {
    network.prepare();
    return pass(network, examples, labels, distillation, noise).loss / labels;
  };
  distillation?.teacher.prepare();
  lossNow();
  const grads = new Map(network.parameters.list.map(({ name, grad, count }) => [name, network.engine.floats(grad, count).slice()]));
  for (const { name, at, count } of network.parameters.list) {
    const gradient = grads.get(name)!;
    const size = Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0));
    // Half along the gradient, half anywhere: the first catches a wrong size, the second a wrong direction.
    const other = gradient.map(() => 2 * random() - 1);
    const otherSize = Math.sqrt(other.reduce((sum, g) => sum + g * g, 0));
    const direction = gradient.map((g, i) => (size > 0 ? g / size : 0) + (0.5 * other[i]!) / otherSize);
    const expected = direction.reduce((sum, d, i) => sum + d * gradient[i]!, 0);
    const before = network.engine.floats(at, count).slice();
    const probe = (step: number): number => {
      network.engine.floats(at, count).set(before.map((w, i) => w + step * direction[i]!));
      return lossNow();
    };
    const step = 4e-3;
    const slope = (8 * (probe(step) - probe(-step)) - (probe(2 * step) - probe(-2 * step))) / (12 * step);
    network.engine.floats(at, count).set(before);
    expect(Math.abs(slope - expected), `seed ${seed}, ${name}: slope ${slope}, gradient ${expected}`).toBeLessThan(
      2e-4 + 0.01 * Math.abs(expected),
    );
  }
}

const shapes: readonly [string, Partial<ModelConfig>][] = [
  ['pre-norm, GELU, labels a token', {}],
  ['post-norm, ReLU, causal', { norm: 'post', activation: 'relu', causal: true }],
  ['SiLU', { activation: 'silu' }],
  ['GELU with tanh', { activation: 'gelu_tanh', layers: 1 }],
  [
    'embeddings of another width, RMSNorm, no final norm, outputs of the encoder',
    { normKind: 'rms', finalNorm: false, head: 'none', classes: 32, inputWidth: 16 },
  ],
  [
    'features as they are, epsilons of norms',
    { input: 'features', vocabulary: 0, featureCount: 32, layers: 1, normEpsilon: 0.1, normEpsilons: { finalNorm: 0.3 } },
  ],
  ['quick GELU', { activation: 'quick_gelu', layers: 1 }],
  [
    'patches, a label a sequence, odd sizes',
    { input: 'patches', featureCount: 7, vocabulary: 0, head: 'sequence', width: 20, heads: 5, hidden: 28, classes: 3 },
  ],
  ['post-norm patches, one layer, causal', { input: 'patches', featureCount: 5, vocabulary: 0, norm: 'post', layers: 1, causal: true }],
];

describe('the training engine', () => {
  it.each(shapes)('computes the logits of the reference forward pass: %s', (_, part) => {
    const encoder = randomEncoder(11, part);
    const examples = randomExamples(12, encoder.config, 7);
    const logits = predict(new Network(new Engine(), encoder), examples, 3);
    logits.forEach((row, i) => {
      const wanted = forward(encoder, examples[i]!);
      row.forEach((value, c) => expect(value, `example ${i}, logit ${c}`).toBeCloseTo(wanted[c]!, 3));
    });
  });

  it.each(shapes)('has the gradient that finite differences show: %s', (_, part) => {
    const encoder = randomEncoder(21, part);
    checkGradients(new Network(new Engine(), encoder), labelled(22, encoder.config, 5), 23);
  });

  it('has the right gradient through dropout, which drops what it should and makes up for it', () => {
    const encoder = randomEncoder(41);
    checkGradients(new Network(new Engine(), encoder), labelled(42, encoder.config, 5), 43, undefined, { rate: 0.3, seed: 77 });
    const engine = new Engine();
    const at = engine.put(new Float32Array(40000).fill(1));
    engine.kernels.dropout(at, 5, 0.7, 40000);
    const values = engine.floats(at, 40000);
    expect(values.filter((value) => value !== 0).length / 40000).toBeCloseTo(0.7, 1.7);
    expect(values.reduce((sum, value) => sum + value, 0) / 40000).toBeCloseTo(1, 1.7);
  });

  it.each([{}, { width: 20, heads: 5, hidden: 28, norm: 'post' }] as const)(
    'has the right gradient for shared matrices, sparse values and a teacher: %o',
    (part) => {
      const dense = randomEncoder(31, part);
      const encoder: Encoder = factorizeEncoder(dense, { rank: 44, k: 6, banks: 4, seed: 32, iterations: 2 });
      const engine = new Engine();
      const examples = randomExamples(35, dense.config, 5);
      predict(new Network(engine, encoder), examples, 3).forEach((row, i) => {
        const wanted = forward(encoder, examples[i]!);
        row.forEach((value, c) => expect(value, `example ${i}, logit ${c}`).toBeCloseTo(wanted[c]!, 3));
      });
      const teacher = new Network(engine, dense);
      checkGradients(new Network(engine, encoder), labelled(33, dense.config, 5), 34, {
        teacher,
        alpha: 0.5,
        temperature: 2,
        imitate: false,
      });
    },
  );

  it.each([{}, { norm: 'post', head: 'sequence', input: 'patches', vocabulary: 0, featureCount: 6 }] as const)(
    'has the right gradient of outputs and hidden states that imitate a teacher: %o',
    (part) => {
      const dense = randomEncoder(41, part);
      const engine = new Engine();
      const network = new Network(engine, factorizeEncoder(dense, { rank: 44, k: 6, banks: 4, seed: 42, iterations: 1 }));
      const distillation = { teacher: new Network(engine, dense), alpha: 1, temperature: 1, imitate: true };
      checkGradients(network, randomExamples(43, dense.config, 4), 44, distillation);
    },
  );
});
