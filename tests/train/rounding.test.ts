import { describe, expect, it } from 'vitest';
import { calibrate } from '../../generator/compress/calibrate.js';
import { embed } from '../../generator/compress/embed.js';
import { codeShared, factorizeEncoder, quantiseValues } from '../../generator/compress/factorize-encoder.js';
import { pack } from '../../generator/compress/pack.js';
import { chooseScales } from '../../generator/compress/scales.js';
import { runGolden } from '../../generator/golden/run-program.js';
import type { ModelConfig } from '../../generator/model/config.js';
import { packBatch } from '../../generator/train/batch.js';
import { Network } from '../../generator/train/network.js';
import { Rounding } from '../../generator/train/rounding.js';
import { predict } from '../../generator/train/step.js';
import { Tape, type Tensor } from '../../generator/train/tape.js';
import { Engine } from '../../generator/train/wasm.js';
import { randomEncoder, randomExamples } from '../compress/random-encoder.js';

const shapes: readonly [string, Partial<ModelConfig>][] = [
  ['pre-norm, GELU, labels a token', {}],
  ['post-norm, ReLU, causal', { norm: 'post', activation: 'relu', causal: true }],
  ['patches, a label a sequence', { input: 'patches', featureCount: 7, vocabulary: 0, head: 'sequence' }],
  ['post-norm patches', { input: 'patches', featureCount: 5, vocabulary: 0, norm: 'post' }],
];

function compressed(seed: number, part: Partial<ModelConfig>) {
  const dense = randomEncoder(seed, part);
  const examples = randomExamples(seed + 10, dense.config, 24);
  const encoder = quantiseValues(codeShared(factorizeEncoder(dense, { rank: 64, k: 8, banks: 4, seed, iterations: 3 })));
  const scales = chooseScales(encoder, calibrate(encoder, examples));
  const model = pack(encoder, scales, { banks: 4 });
  const network = new Network(new Engine(), encoder);
  const rounded = new Network(new Engine(), encoder);
  rounded.quantise(new Rounding(encoder, scales));
  return { encoder, examples, scales, model, network, rounded };
}

/** Keeps what every rounding left, in whole steps. */
class Spy extends Tape {
  readonly sites: number[][] = [];
  override round(x: Tensor, step: number, low?: number, high?: number): void {
    super.round(x, step, low, high);
    this.sites.push(Array.from(this.engine.floats(x.at, x.rows * x.width), (value) => Math.round(value / step)));
  }
}

describe('rounding while training', () => {
  it('gives the integers of the machine at every site of the first attention, up to its tables', () => {
    for (const seed of [51, 52, 53]) {
      const { encoder, examples, model, rounded } = compressed(seed, {});
      const example = examples.reduce((a, b) => (a.length > b.length ? a : b));
      const integers: number[][] = [];
      runGolden(model, [embed(encoder, example, model)], {
        trace: ({ operation, tensors }) => {
          if (operation.op !== 'ATTEND') integers.push(...tensors.map(({ data }) => [...data]));
        },
      });
      rounded.prepare();
      const spy = new Spy(rounded.engine);
      rounded.forward(spy, packBatch(rounded.engine, [example]));
      // Sites: input, residual, X, P, Q, K, V; the machine writes the first two as one.
      spy.sites.slice(1, 7).forEach((site, i) => {
        const off = site.map((value, at) => Math.abs(value - integers[i]![at]!));
        const share = off.filter((difference) => difference > 0).length / off.length;
        expect(Math.max(...off), `seed ${seed}, site ${i}`).toBeLessThanOrEqual([0, 1, 1, 2, 2, 2][i]!);
        expect(share, `seed ${seed}, site ${i}: share of values that differ`).toBeLessThanOrEqual([0, 0.06, 0.16, 0.3, 0.3, 0.3][i]!);
      });
    }
  });

  // Roundings of later layers fall differently as soon as one has: what agrees to the end is how large the noise is.
  it.each(shapes)('moves the logits as far as the integer model does: %s', (_, part) => {
    for (const seed of [51, 52]) {
      const { encoder, examples, model, network, rounded } = compressed(seed, part);
      const { outputs } = runGolden(
        model,
        examples.map((example) => embed(encoder, example, model)),
      );
      const plain = predict(network, examples);
      const noise = (logits: (i: number, c: number) => number): number => {
        let sum = 0;
        let count = 0;
        plain.forEach((row, i) =>
          row.forEach((value, c) => {
            // What the machine saturates, plain floats need not follow.
            if (Math.abs(outputs[i]![c]!) > 126) return;
            sum += (logits(i, c) - value) ** 2;
            count++;
          }),
        );
        return Math.sqrt(sum / count) / model.outputScale;
      };
      const machine = noise((i, c) => outputs[i]![c]! * model.outputScale);
      const predicted = predict(rounded, examples);
      const training = noise((i, c) => predicted[i]![c]!);
      expect(training / machine, `seed ${seed}: ${training} steps while training, ${machine} in the machine`).toBeGreaterThan(0.6);
      expect(training / machine, `seed ${seed}: ${training} steps while training, ${machine} in the machine`).toBeLessThan(1.6);
    }
  });

  it('rounds every parameter to a fixed point: rounding twice changes nothing', () => {
    const { encoder, scales, network } = compressed(61, {});
    const rounding = new Rounding(encoder, scales);
    const copies = new Map(network.parameters.list.map(({ name }) => [name, network.parameters.read(name)]));
    rounding.roundParameters((name) => copies.get(name)!);
    const once = new Map([...copies].map(([name, values]) => [name, values.slice()]));
    const changed = [...once]
      .filter(([name, values]) => values.some((value, i) => value !== network.parameters.read(name)[i]))
      .map(([name]) => name);
    expect(
      changed.filter((name) => name.endsWith('.bias') || name.endsWith('.gamma') || name.endsWith('.beta') || name === 'head.weights')
        .length,
    ).toBeGreaterThan(20);
    rounding.roundParameters((name) => copies.get(name)!);
    for (const [name, values] of copies) values.forEach((value, i) => expect(value, name).toBeCloseTo(once.get(name)![i]!, 5));
  });
});
