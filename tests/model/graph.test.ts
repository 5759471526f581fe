import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { calibrate } from '../../generator/compress/calibrate.js';
import { forward } from '../../generator/compress/forward.js';
import { factorizeEncoder } from '../../generator/compress/factorize-encoder.js';
import { pack } from '../../generator/compress/pack.js';
import { chooseScales } from '../../generator/compress/scales.js';
import { expectedTensors } from '../../generator/model/expected-tensors.js';
import { graphOf, type Step } from '../../generator/model/graph.js';
import type { ModelConfig } from '../../generator/model/config.js';
import { Network } from '../../generator/train/network.js';
import { Rounding } from '../../generator/train/rounding.js';
import { Engine } from '../../generator/train/wasm.js';
import { randomEncoder, randomExamples, smallConfig } from '../compress/random-encoder.js';

const shapes: readonly (readonly [string, Partial<ModelConfig>])[] = [
  ['pre-norm', {}],
  ['post-norm', { norm: 'post' }],
  ['pre-norm patches, a label an input', { input: 'patches', featureCount: 5, vocabulary: 0, head: 'sequence' }],
  ['post-norm patches', { input: 'patches', featureCount: 5, vocabulary: 0, norm: 'post' }],
];

/** Sites that a step reads, and those that it writes, in order. */
function sitesOf(step: Step): { readonly reads: readonly string[]; readonly writes: readonly string[] } {
  switch (step.kind) {
    case 'norm':
      return { reads: [], writes: [step.site, ...(step.alsoSite === undefined ? [] : [step.alsoSite])] };
    case 'linear':
      return {
        reads: [step.reads],
        writes: step.outputs.flatMap(({ site, activation }) => [
          step.projection,
          ...(site === undefined ? [] : [site]),
          ...(activation === undefined ? [] : [activation.site]),
        ]),
      };
    case 'attention':
      return { reads: Object.values(step.reads), writes: [step.site] };
    case 'head':
      return { reads: [step.reads], writes: [step.site] };
    case 'output':
      return { reads: [step.reads], writes: [] };
    default:
      return { reads: [], writes: [step.site] };
  }
}

function inWords(step: Step): string {
  if (step.kind === 'linear')
    return `${step.from} at ${step.reads} -> ${step.outputs.map(({ part, to, activation }) => `${part.name} -> ${activation === undefined ? '' : `${activation.of} -> `}${to}`).join(', ')}`;
  if (step.kind === 'norm')
    return `${step.part.path} -> x${step.replacesResidual ? ' and residual' : ''} at ${sitesOf(step).writes.join(' = ')}`;
  if (step.kind === 'output') return `output of ${step.reads}`;
  return `${step.kind}${step.kind === 'head' ? ` of ${step.reads}` : ''} at ${step.site}`;
}

describe('the graph of the model', () => {
  it('is the one place that knows the order of norms and the names of blocks', () => {
    const files = readdirSync('generator', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    const knowing = files.filter((file) =>
      /\bnorm\s*[!=]==\s*['"]|['"](?:pre|post)['"]\s*[!=]==|layers\.\$\{|shared\.\$\{|normKind\s*(?:[!=]==|\?\?)|'(?:embedding|positions|embeddingNorm|finalNorm|head)\.(?:weight|bias)/.test(
        readFileSync(join('generator', file), 'utf8'),
      ),
    );
    expect(knowing).toEqual([join('model', 'graph.ts')]);
  });

  it('is the one place that lists where norms may stand, beside the schema that reads it', () => {
    const files = readdirSync('generator', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    const listing = files.filter((file) => /'pre' *[|,] *'post'/.test(readFileSync(join('generator', file), 'utf8')));
    expect(listing).toEqual([join('model', 'config.ts')]);
  });

  it('reads as the order of a pre-norm encoder', () => {
    expect(graphOf({ ...smallConfig, layers: 1 }).steps.map(inWords)).toMatchInlineSnapshot(`
      [
        "embed at input",
        "residual at residual",
        "layers.0.attentionNorm -> x at layers.0.attentionNorm",
        "x at layers.0.attentionNorm -> query -> query, key -> key, value -> value",
        "attention at layers.0.attended",
        "attended at layers.0.attended -> out -> residual",
        "residual at residual",
        "layers.0.hiddenNorm -> x at layers.0.hiddenNorm",
        "x at layers.0.hiddenNorm -> hiddenIn -> gelu -> hidden",
        "hidden at hidden -> hiddenOut -> residual",
        "residual at residual",
        "finalNorm -> x at final",
        "head of final at logits",
      ]
    `);
  });

  it('reads as the order of a post-norm encoder', () => {
    expect(graphOf({ ...smallConfig, layers: 1, norm: 'post', head: 'sequence' }, { embeddingNorm: true }).steps.map(inWords))
      .toMatchInlineSnapshot(`
      [
        "embed at input",
        "embeddingNorm -> x and residual at layers.0.attentionNorm",
        "residual at residual",
        "x at layers.0.attentionNorm -> query -> query, key -> key, value -> value",
        "attention at layers.0.attended",
        "attended at layers.0.attended -> out -> residual",
        "residual at residual",
        "layers.0.attentionNorm -> x and residual at layers.0.hiddenNorm",
        "x at layers.0.hiddenNorm -> hiddenIn -> gelu -> hidden",
        "hidden at hidden -> hiddenOut -> residual",
        "residual at residual",
        "layers.0.hiddenNorm -> x and residual at layers.1.attentionNorm = final",
        "head of layers.1.attentionNorm at logits",
        "pool at pooled",
      ]
    `);
  });

  it.each(shapes)('has every site that the float model shows, in the same order, and reads only what was written: %s', (_, part) => {
    const encoder = factorizeEncoder(randomEncoder(3, part), { rank: 32, k: 4, banks: 4, seed: 1, iterations: 1 });
    const { steps } = graphOf(encoder.config);
    const seen: string[] = [];
    forward(encoder, randomExamples(5, encoder.config, 1)[0]!, (site) => seen.push(site));
    expect(seen.filter((site) => site !== 'features')).toEqual(steps.flatMap((step) => sitesOf(step).writes));
    const written = new Set<string>();
    for (const step of steps) {
      const { reads, writes } = sitesOf(step);
      expect(
        reads.filter((site) => !written.has(site)),
        `${step.kind} before ${writes.join(', ')}`,
      ).toEqual([]);
      writes.forEach((site) => written.add(site));
    }
  });

  it.each(shapes)('has tensors whose names docs/checkpoint.md lists: %s', (_, part) => {
    const rows = readFileSync('docs/checkpoint.md', 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('| `'));
    const config = { model: { ...smallConfig, ...part }, factorized: {} };
    const names = expectedTensors(config, { has: () => true, isInteger: () => false, problem: () => undefined }).map(({ name }) =>
      name.replace(/^layers\.\d+/, 'layers.N'),
    );
    const missing = names.filter((name) => {
      const suffix = name.slice(name.lastIndexOf('.'));
      const path = name.slice(0, -suffix.length);
      const last = `.${path.split('.').at(-1)!}`;
      return !rows.some(
        (row) =>
          (row.includes(`\`${path}.`) || row.includes(`\`${path}\``) || (row.includes('`layers.N.') && row.includes(`\`${last}\``))) &&
          row.includes(`${suffix}\``),
      );
    });
    expect([...new Set(missing)]).toEqual([]);
  });

  it.each(shapes)('gives training the biases of dense layers that packing stores: %s', (_, part) => {
    const encoder = randomEncoder(3, part);
    const scales = chooseScales(encoder, calibrate(encoder, randomExamples(5, encoder.config, 8)));
    const packed = pack(encoder, scales, { banks: 4 }).operations.filter(
      (operation) => operation.op === 'DENSE' && operation.destination === 'Q',
    );
    const { parameters } = new Network(new Engine(), encoder);
    const copies = new Map(parameters.list.map(({ name }) => [name, parameters.read(name)]));
    new Rounding(encoder, scales).roundParameters((name) => copies.get(name)!);
    packed.forEach((operation, block) => {
      if (operation.op !== 'DENSE') return;
      const path = `layers.${block}.query`;
      const steps = Array.from(operation.bias, (value) => value * 2 ** operation.biasShift);
      const rounded = copies.get(`${path}.bias`)!;
      const largest = steps.reduce((best, value, i) => (Math.abs(value) > Math.abs(steps[best]!) ? i : best), 0);
      const unit = rounded[largest]! / steps[largest]!;
      steps.forEach((value, i) => expect(rounded[i]! / unit, `${path}.bias[${i}]`).toBeCloseTo(value, 1));
    });
    expect(packed.length).toBe(encoder.config.layers);
  });
});
