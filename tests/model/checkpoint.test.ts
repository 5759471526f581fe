import { existsSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { calibrate } from '../../generator/compress/calibrate.js';
import { codeShared, factorizeEncoder, quantiseValues } from '../../generator/compress/factorize-encoder.js';
import { forward } from '../../generator/compress/forward.js';
import type { Encoder } from '../../generator/model/encoder.js';
import { decodeMatrix } from '../../generator/model/coded-matrix.js';
import { loadCheckpoint, loadEncoder, saveEncoder } from '../../generator/model/checkpoint.js';
import { toHalf, fromHalf } from '../../generator/model/half.js';
import { stored, writeSafetensors, type Tensor } from '../../generator/model/safetensors.js';
import { readSafetensors } from '../support/read-safetensors.js';
import { tensorOf, valuesOf } from '../../generator/model/tensor-values.js';
import { randomEncoder, randomExamples } from '../compress/random-encoder.js';

const folder = (): string => mkdtempSync(join(tmpdir(), 'checkpoint-'));
const factor = { rank: 16, k: 6, banks: 4, seed: 1, iterations: 2 };

function saved(encoder: Encoder): string {
  const path = folder();
  saveEncoder(path, encoder, { seed: 3 });
  return path;
}

/** Change the tensors of a saved checkpoint in place. */
function edit(path: string, change: (tensors: Map<string, Tensor>) => void): string {
  const file = join(path, 'model.safetensors');
  const tensors = readSafetensors(readFileSync(file), file);
  change(tensors);
  writeFileSync(file, writeSafetensors(tensors));
  return path;
}

describe('a checkpoint', () => {
  const structures = [
    {},
    { norm: 'post' as const },
    { input: 'patches' as const, featureCount: 7, vocabulary: 0, head: 'sequence' as const },
    { input: 'patches' as const, featureCount: 7, vocabulary: 0, norm: 'post' as const, activation: 'relu' as const, causal: true },
  ];

  it.each(structures)('of a dense encoder comes back to the bit: %o', (part) => {
    const encoder = randomEncoder(5, part);
    const path = saved(encoder);
    expect(loadCheckpoint(path)).toEqual({ encoder, ranges: undefined, meta: { seed: 3 } });
    expect(readdirSync(path).sort()).toEqual(['config.json', 'model.safetensors']);
  });

  it('keeps factors, codes and 6-bit values to the bit', () => {
    const factorized = factorizeEncoder(randomEncoder(6), factor);
    expect(loadEncoder(saved(factorized))).toEqual(factorized);
    const quantised = quantiseValues(codeShared(factorized));
    // Codes win over floats wherever both are there, so only codes are kept.
    const shared = quantised.shared.map(({ coded }) => ({ dictionary: decodeMatrix(coded!), coded }));
    expect(loadEncoder(saved(quantised))).toEqual({ ...quantised, shared });
    const offGrid = { ...quantised, blocks: quantised.blocks.map((block) => ({ ...block, out: { ...block.out, valueScale: 0.5 } })) };
    expect(loadEncoder(saved(offGrid))).toEqual({ ...offGrid, shared });
  });

  it('in 16 bits is the encoder with every float rounded', () => {
    const encoder = randomEncoder(7);
    const path = folder();
    saveEncoder(path, encoder, {}, { storage: 'F16' });
    const loaded = loadEncoder(path);
    expect(loaded.embedding).toEqual(encoder.embedding.map((value) => fromHalf(toHalf(value))));
    saveEncoder(path, encoder, {}, { storage: 'BF16' });
    expect(
      loadEncoder(path).positions.every((value, i) => Math.abs(value - encoder.positions[i]!) <= Math.abs(encoder.positions[i]!) / 256),
    ).toBe(true);
  });

  it('needs only task and model in its configuration', () => {
    const encoder = randomEncoder(8);
    const path = saved(encoder);
    writeFileSync(join(path, 'config.json'), JSON.stringify({ task: 'mine', model: encoder.config }));
    expect(loadCheckpoint(path)).toEqual({ encoder: { ...encoder, task: 'mine' }, ranges: undefined, meta: {} });
  });

  it('keeps the ranges of its sites to the bit', () => {
    const encoder = randomEncoder(8);
    const ranges = calibrate(encoder, randomExamples(9, encoder.config, 3));
    const path = folder();
    saveEncoder(path, encoder, {}, { ranges });
    expect(loadCheckpoint(path).ranges).toEqual(ranges);
  });
});

function problems(path: string): string[] {
  try {
    loadEncoder(path);
  } catch (error) {
    return (error as Error).message.split('\n').map((line) => line.replace(`${path}/`, ''));
  }
  return [];
}

describe('a bad checkpoint', () => {
  it('lists missing, extra and misshapen tensors and wrong kinds at once, from the header alone', () => {
    const path = edit(saved(randomEncoder(9)), (tensors) => {
      tensors.delete('layers.1.query.bias');
      tensors.set('pooler.weight', tensorOf('F32', [1], [0]));
      tensors.set('layers.0.key.weight', tensorOf('F32', [32, 31], new Float32Array(32 * 31)));
      tensors.set('head.bias', tensorOf('I32', [5], [1, 2, 3, 4, 5]));
    });
    expect(problems(path)).toEqual([
      'model.safetensors: layers.0.key.weight.shape = [32, 31]: must be [32, 32]',
      'model.safetensors: layers.1.query.bias: is missing; needs [32] of F64, F32, F16, BF16',
      'model.safetensors: head.bias.dtype = I32: must be one of F64, F32, F16, BF16',
      'model.safetensors: pooler.weight: the configuration has no such tensor; remove it or correct config.json',
    ]);
  });

  it('names tensors whose numbers do not fit 32 bits', () => {
    const path = edit(saved(quantiseValues(codeShared(factorizeEncoder(randomEncoder(9), factor)))), (tensors) => {
      const positions = valuesOf(stored(tensors.get('positions.weight')!));
      positions[32 + 4] = -1e300;
      tensors.set('positions.weight', tensorOf('F64', [16, 32], positions));
      tensors.set('shared.0.scale', tensorOf('F64', [1], [1e37]));
      tensors.set('layers.0.key.valueScale', tensorOf('F64', [1], [2e37]));
      tensors.set('head.bias', tensorOf('F64', [5], [1, -3.4028234663852886e38, 3.5e38, 0, Infinity]));
    });
    expect(problems(path).sort()).toMatchInlineSnapshot(`
      [
        "model.safetensors: head.bias[2] = 3.5e+38: overflows 32 bits, in which weights are computed; scale it down",
        "model.safetensors: head.bias[4] = Infinity: must be a finite number; take a checkpoint from before it diverged",
        "model.safetensors: layers.0.key.valueScale = 2e+37: times a code of up to 31 it overflows 32 bits, in which weights are computed; scale it down",
        "model.safetensors: positions.weight[1, 4] = -1e+300: overflows 32 bits, in which weights are computed; scale it down",
        "model.safetensors: shared.0.scale = 1e+37: times a code of up to 128 it overflows 32 bits, in which weights are computed; scale it down",
      ]
    `);
  });

  it('lists numbers that are not finite, once the header is good', () => {
    const path = edit(saved(randomEncoder(9)), (tensors) => {
      for (const [name, value] of [
        ['positions.weight', NaN],
        ['head.bias', -Infinity],
      ] as const) {
        const { shape, ...tensor } = tensors.get(name)!;
        const bad = valuesOf(stored({ shape, ...tensor }));
        bad[3] = value;
        tensors.set(name, tensorOf('F32', shape, bad));
      }
    });
    expect(problems(path)).toEqual([
      'model.safetensors: positions.weight[0, 3] = NaN: must be a finite number; take a checkpoint from before it diverged',
      'model.safetensors: head.bias[3] = -Infinity: must be a finite number; take a checkpoint from before it diverged',
    ]);
  });

  it('lists supports that break the bank rule, codes out of range and shared matrices that do not fit', () => {
    const path = edit(saved(quantiseValues(codeShared(factorizeEncoder(randomEncoder(6), factor)))), (tensors) => {
      const rows = valuesOf(stored(tensors.get('layers.0.query.rows')!));
      rows[0] = rows[0]! + 1;
      tensors.set('layers.0.query.rows', tensorOf('I16', [6, 32], rows));
      tensors.set(
        'layers.0.key.rows',
        tensorOf(
          'I16',
          [6, 32],
          rows.map(() => 16),
        ),
      );
      tensors.set('layers.0.out.values', tensorOf('I8', [6, 32], new Int8Array(6 * 32).fill(-32)));
      tensors.set('layers.1.out.valueScale', tensorOf('F64', [1], [-1]));
      tensors.set('shared.0.codes', tensorOf('U8', [32, 16], new Uint8Array(32 * 16).fill(16)));
    });
    const found = problems(path);
    expect(found).toHaveLength(5);
    expect(found[0]).toBe('model.safetensors: shared.0.codes[0, 0] = 16: must be 0 .. 15');
    expect(found[1]).toMatch(/^model.safetensors: layers.0.query.rows\[0, 0\] = \d+: must lie in bank 0 of 4$/);
    expect(found.slice(2)).toEqual([
      'model.safetensors: layers.0.key.rows[0, 0] = 16: must be 0 .. 15',
      'model.safetensors: layers.0.out.values[0, 0] = -32: must be -31 .. 31',
      'model.safetensors: layers.1.out.valueScale = -1: must be above 0',
    ]);
  });

  it('lists what is missing of a coded matrix', () => {
    const path = edit(saved(codeShared(factorizeEncoder(randomEncoder(6), factor))), (tensors) => {
      tensors.delete('shared.1.book');
      tensors.set('shared.1.scale', tensorOf('F32', [2], [1, 1]));
    });
    expect(problems(path)).toEqual([
      'model.safetensors: shared.1.book: is missing; needs [16] of I32, U32, I16, U16, I8, U8',
      'model.safetensors: shared.1.scale.shape = [2]: must be [1]',
    ]);
  });

  it('lists every problem of its configuration', () => {
    const encoder = factorizeEncoder(randomEncoder(6), factor);
    const path = saved(encoder);
    const config = JSON.parse(readFileSync(join(path, 'config.json'), 'utf8')) as { model: object; factorized: Record<string, object> };
    const write = (value: unknown): void =>
      writeFileSync(join(path, 'config.json'), typeof value === 'string' ? value : JSON.stringify(value));
    write({
      ...config,
      model: { ...config.model, heads: 3 },
      factorized: { ...config.factorized, 'layers.2.out': { matrix: 0, k: 40, rank: 18, banks: 4 } },
    });
    expect(problems(path)).toEqual([
      'config.json: model.width = 32: must be a multiple of heads = 3',
      'config.json: factorized.layers.2.out: the model has layers 0 .. 1',
      'config.json: factorized.layers.2.out.rank = 18: must be a multiple of 4 banks',
      'config.json: factorized.layers.2.out.k = 40: must be at most rank = 18',
    ]);
    write({ task: 'x', model: { ...config.model, width: 'wide', depth: 3 } });
    expect(problems(path)).toEqual([
      'config.json: model.width = "wide": must be an integer in 4 .. 4096',
      'config.json: model.depth = 3: is not a known field; known are input, vocabulary, featureCount, width, inputWidth, layers, heads, hidden, maxLength, classes, head, norm, finalNorm, normKind, activation, causal, normEpsilon, normEpsilons, columnScales',
    ]);
    write({ ...config, factorized: { ...config.factorized, 'layers.1.hiddenOut': { matrix: 0, k: 4, rank: 16, banks: 4 } } });
    expect(problems(path)[0]).toBe(
      'model.safetensors: factorized.layers.1.hiddenOut.matrix = 0: needs [64, 16], layers.0.query has it as [32, 16]',
    );
    write('{');
    expect(problems(path)[0]).toMatch(/^config.json: is not valid JSON \(.*\); fix it$/);
  });

  it('that is not there is named', () => {
    expect(problems('/nowhere')).toEqual([
      'config.json: cannot be read (ENOENT); a checkpoint is a folder with config.json and model.safetensors',
    ]);
    expect(existsSync('/nowhere')).toBe(false);
  });
});

describe('names of other families', () => {
  const renamed = (encoder: Encoder, rename: (tensors: Map<string, Tensor>) => void): Encoder => loadEncoder(edit(saved(encoder), rename));
  const move = (tensors: Map<string, Tensor>, from: string, to: string): void => {
    for (const kind of ['weight', 'bias']) {
      const tensor = tensors.get(`${from}.${kind}`);
      if (tensor === undefined) continue;
      tensors.set(`${to}.${kind}`, tensor);
      tensors.delete(`${from}.${kind}`);
    }
  };

  it('those of PyTorch load, packed Q, K, V included', () => {
    const encoder = randomEncoder(11);
    const loaded = renamed(encoder, (tensors) => {
      for (const i of [0, 1]) {
        const from = `layers.${i}`;
        const to = `encoder.layers.${i}`;
        move(tensors, `${from}.out`, `${to}.self_attn.out_proj`);
        move(tensors, `${from}.hiddenIn`, `${to}.linear1`);
        move(tensors, `${from}.hiddenOut`, `${to}.linear2`);
        move(tensors, `${from}.attentionNorm`, `${to}.norm1`);
        move(tensors, `${from}.hiddenNorm`, `${to}.norm2`);
        for (const kind of ['weight', 'bias']) {
          const parts = ['query', 'key', 'value'].map((name) => tensors.get(`${from}.${name}.${kind}`)!);
          tensors.set(`${to}.self_attn.in_proj_${kind}`, {
            dtype: 'F32',
            shape: [96, ...parts[0]!.shape.slice(1)],
            bytes: Uint8Array.from(Buffer.concat(parts.map(({ bytes }) => bytes))),
          });
          for (const name of ['query', 'key', 'value']) tensors.delete(`${from}.${name}.${kind}`);
        }
      }
    });
    expect(loaded).toEqual(encoder);
  });

  it('those of BERT that cannot be understood are named with the rest', () => {
    const types = 'bert.embeddings.token_type_embeddings.weight';
    const ids = (...values: bigint[]): Tensor => ({
      dtype: 'I64',
      shape: [1, values.length],
      bytes: new Uint8Array(BigInt64Array.from(values).buffer),
    });
    const found = (change: (tensors: Map<string, Tensor>) => void): string[] =>
      problems(
        edit(saved(randomEncoder(12)), (tensors) => {
          tensors.delete('head.bias');
          change(tensors);
        }),
      ).filter((problem) => !problem.startsWith('model.safetensors: head.bias: is missing'));
    const withTypes = (tensor: Tensor) => found((tensors) => tensors.set(types, tensor));
    expect(withTypes(tensorOf('F32', [2, 8], new Float32Array(16)))).toEqual([
      `model.safetensors: ${types}.shape = [2, 8]: must be [types, 32], as wide as the positions`,
    ]);
    expect(withTypes(tensorOf('F32', [64], new Float32Array(64)))).toEqual([
      `model.safetensors: ${types}.shape = [64]: must be [types, 32], as wide as the positions`,
    ]);
    expect(withTypes(tensorOf('F32', [0, 32], []))).toEqual([
      `model.safetensors: ${types}.shape = [0, 32]: must be [types, 32], as wide as the positions`,
    ]);
    expect(withTypes(tensorOf('I8', [2, 32], new Int8Array(64)))).toEqual([
      `model.safetensors: ${types}.dtype = I8: must be one of F64, F32, F16, BF16`,
    ]);
    expect(withTypes(tensorOf('F32', [2, 32], new Float32Array(64).with(3, NaN)))).toEqual([
      `model.safetensors: ${types}[0, 3] = NaN: must be a finite number`,
    ]);
    expect(
      found((tensors) =>
        tensors
          .set(types, tensorOf('F32', [1, 32], new Float32Array(32)))
          .set(types.slice(5), tensorOf('F32', [1, 32], new Float32Array(32))),
      ),
    ).toEqual([expect.stringMatching(/token_type_embeddings.weight: the file has .*token_type_embeddings.weight already; remove one$/)]);
    expect(
      found((tensors) => {
        tensors.delete('positions.weight');
        tensors.set(types, tensorOf('I8', [1, 32], new Int8Array(32)));
      }),
    ).toEqual([
      `model.safetensors: ${types}.dtype = I8: must be one of F64, F32, F16, BF16`,
      'model.safetensors: positions.weight: is missing; needs [16, 32] of F64, F32, F16, BF16',
    ]);
    expect(found((tensors) => tensors.set('embeddings.position_ids', ids(0n, 2n, 1n)))).toEqual([
      'model.safetensors: embeddings.position_ids[1] = 2: must be 1; only positions in order are supported',
    ]);
    expect(found((tensors) => tensors.set('embeddings.position_ids', tensorOf('F32', [1, 2], [0, 1])))).toEqual([
      'model.safetensors: embeddings.position_ids: is F32 [1, 2]: must be I64 [1, positions]; remove it, positions are in order',
    ]);
  });

  it('those of BERT load, its first token type added to the positions', () => {
    const encoder = {
      ...randomEncoder(12, { norm: 'post' }),
      embeddingNorm: { gamma: new Float32Array(32).fill(0.5), beta: new Float32Array(32) },
    };
    const first = Float32Array.from({ length: 64 }, (_, i) => (i < 32 ? i / 8 : 99));
    const loaded = renamed(encoder, (tensors) => {
      move(tensors, 'embedding', 'bert.embeddings.word_embeddings');
      move(tensors, 'positions', 'bert.embeddings.position_embeddings');
      move(tensors, 'embeddingNorm', 'bert.embeddings.LayerNorm');
      move(tensors, 'head', 'classifier');
      tensors.set('bert.embeddings.token_type_embeddings.weight', tensorOf('F32', [2, 32], first));
      tensors.set('bert.embeddings.position_ids', { dtype: 'I64', shape: [1, 1], bytes: new Uint8Array(8) });
      for (const i of [0, 1]) {
        const to = `bert.encoder.layer.${i}`;
        for (const name of ['query', 'key', 'value']) move(tensors, `layers.${i}.${name}`, `${to}.attention.self.${name}`);
        move(tensors, `layers.${i}.out`, `${to}.attention.output.dense`);
        move(tensors, `layers.${i}.attentionNorm`, `${to}.attention.output.LayerNorm`);
        move(tensors, `layers.${i}.hiddenIn`, `${to}.intermediate.dense`);
        move(tensors, `layers.${i}.hiddenOut`, `${to}.output.dense`);
        move(tensors, `layers.${i}.hiddenNorm`, `${to}.output.LayerNorm`);
      }
    });
    const positions = encoder.positions.map((value, at) => value + first[at % 32]!);
    expect(loaded).toEqual({ ...encoder, positions });
    const [example] = randomExamples(13, encoder.config, 1);
    expect(forward(loaded, example!)).toEqual(forward({ ...encoder, positions }, example!));
  });
});
