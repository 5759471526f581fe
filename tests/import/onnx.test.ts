import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { onnx } from 'onnx-proto';
import { floatConstant } from '../../generator/import/onnx-constants.js';
import type { OnnxNode } from '../../generator/import/onnx-file.js';
import { embedded } from '../../generator/import/onnx-tables.js';
import type { Value } from '../../generator/import/onnx-values.js';
import { importOnnx } from '../../generator/import/read-onnx.js';
import type { ModelConfig } from '../../generator/model/config.js';
import type { Encoder } from '../../generator/model/encoder.js';
import { randomEncoder } from '../compress/random-encoder.js';
import { UserError } from '../../generator/util/errors.js';
import { fixedTokens, verifyOnnx } from '../../generator/import/verify.js';
import { exportEncoder, styles, writeOnnx } from '../support/onnx-graph.js';

const folder = mkdtempSync(join(tmpdir(), 'trexgen-onnx-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

const epsilon = Math.fround(1e-12);

function example(seed: number, part: Partial<ModelConfig>, embeddingNorm: boolean): Encoder {
  const encoder = randomEncoder(seed, { normEpsilon: epsilon, columnScales: true, ...part });
  return { ...encoder, task: 'model', embeddingNorm: embeddingNorm ? encoder.blocks[0]!.attentionNorm : undefined };
}

const small = { width: 16, hidden: 24, heads: 2, layers: 2, vocabulary: 20, maxLength: 8, classes: 5 };
const models = {
  'post-norm with a norm of the embeddings': example(1, { ...small, norm: 'post' }, true),
  'pre-norm, mean of the logits, relu': example(2, { ...small, norm: 'pre', head: 'sequence', activation: 'relu' }, false),
  'features as they are, neither final norm nor head': example(
    5,
    { ...small, norm: 'pre', input: 'features', featureCount: 16, vocabulary: 0, finalNorm: false, head: 'none', classes: 16 },
    false,
  ),
  'pre-norm of features': example(3, { ...small, norm: 'pre', input: 'patches', featureCount: 6, vocabulary: 0 }, false),
};

describe('ONNX graphs', () => {
  it.each(
    Object.entries(models).flatMap(([name, encoder]) =>
      Object.keys(styles).map((style) => [name, style as keyof typeof styles, encoder] as const),
    ),
  )('%s, exported as %s, is the encoder that it was made of, to the bit', async (_, style, encoder) => {
    const { report, encoder: found } = await importOnnx(writeOnnx(at('model.onnx'), encoder, styles[style]));
    expect(report.unsupported).toEqual([]);
    expect(found).toEqual(encoder);
  });

  it.each(
    (['silu', 'quick_gelu', 'gelu_tanh'] as const).flatMap((activation) =>
      (['fused', 'split', 'gemm'] as const).map((style) => [activation, style] as const),
    ),
  )('%s, exported as %s, comes in as it was', async (activation, style) => {
    const encoder = example(4, { ...small, layers: 1, activation }, false);
    const path = writeOnnx(at('model.onnx'), encoder, styles[style]);
    const imported = await importOnnx(path);
    expect(imported.report.unsupported).toEqual([]);
    expect(imported.encoder).toEqual(encoder);
    expect((await verifyOnnx(path, imported)).largestDifference).toBeLessThan(1e-4);
  });

  it('RMSNorm, and an epsilon of one norm alone', async () => {
    const plain = models['pre-norm, mean of the logits, relu'];
    const model = onnx.ModelProto.decode(exportEncoder(plain, styles.packed));
    const norms = model.graph!.node!.filter(({ opType }) => opType === 'LayerNormalization');
    for (const node of norms) Object.assign(node, { opType: 'SimplifiedLayerNormalization', input: node.input!.slice(0, 2) });
    norms[1]!.attribute = [{ name: 'epsilon', type: 1, f: 0.5 }];
    writeFileSync(at('rms.onnx'), onnx.ModelProto.encode(model).finish());
    const imported = await importOnnx(at('rms.onnx'));
    expect(imported.report.unsupported).toEqual([]);
    expect(imported.encoder!.config).toEqual({ ...plain.config, normKind: 'rms', normEpsilons: { 'layers.0.hiddenNorm': 0.5 } });
    expect(imported.encoder!.blocks[1]!.attentionNorm.beta.every((value) => value === 0)).toBe(true);
    expect((await verifyOnnx(at('rms.onnx'), imported)).largestDifference).toBeLessThan(1e-4);
    norms[1]!.opType = 'LayerNormalization';
    norms[1]!.input = [...norms[1]!.input!, norms[1]!.input![1]!];
    writeFileSync(at('rms.onnx'), onnx.ModelProto.encode(model).finish());
    const mixed = (await importOnnx(at('rms.onnx'))).report.unsupported;
    expect(mixed).toEqual([`${at('rms.onnx')}: norms = RMSNorm, LayerNorm: must be the same in every block`]);
  });

  it('a part of a larger model: from features of tokens to a norm', async () => {
    const { graph } = onnx.ModelProto.decode(exportEncoder(models['pre-norm of features'], styles.packed));
    const ofOp = (op: string) => graph!.node!.filter(({ opType }) => opType === op);
    const [from, to] = [ofOp('LayerNormalization')[0]!.input![0]!, ofOp('LayerNormalization').at(-1)!.output![0]!];
    const { blocks, finalNorm } = models['pre-norm of features'];
    const path = writeOnnx(at('larger.onnx'), models['pre-norm of features'], styles.packed);
    const { encoder, report } = await importOnnx(path, { from, to });
    expect(encoder).toMatchObject({
      blocks,
      finalNorm,
      config: { input: 'features', featureCount: 16, head: 'none', classes: 16, maxLength: 512 },
    });
    expect(report.host).toEqual([
      'features: rounded to 8 bits',
      'positions: the source has none; 512 rows of zeros',
      'outputs: those of the encoder, for every token',
      `before ${from}: computed by the source's own nodes`,
      `output logits: not imported, ${to} is`,
    ]);
    await expect(importOnnx(path, { from: 'nowhere' })).rejects.toThrow(
      `from = nowhere: ${path} has no such tensor; give the name of a node's output`,
    );
  });

  const verified = (Object.keys(styles) as (keyof typeof styles)[]).map(
    (style, i) => [style, Object.values(models).filter(({ config }) => config.head !== 'none')[i % 3]!] as const,
  );
  it.each(verified)('%s: onnxruntime computes what our float model computes', async (style, encoder) => {
    const path = writeOnnx(at('verified.onnx'), encoder, styles[style]);
    const imported = await importOnnx(path);
    const result = await verifyOnnx(path, imported);
    expect(result).toMatchObject({ file: path, inputs: 8, output: 'logits', equal: true });
    expect(result.largestValue).toBeGreaterThan(0.1);
    expect(result.largestDifference).toBeLessThan(1e-4);
    const { head } = encoder;
    const other = { ...imported, encoder: { ...imported.encoder!, head: { ...head, bias: head.bias.map((value) => value + 0.01) } } };
    expect((await verifyOnnx(path, other)).equal).toBe(false);
    expect((await verifyOnnx(path, imported, 'logits')).equal).toBe(true);
    await expect(verifyOnnx(path, imported, 'inner')).rejects.toThrow(
      `verify: to = inner: is no output of ${path}, which has logits; leave --verify out`,
    );
  });
});

it('a model that cannot be run is no fault of ours, with the first line of the reason', async () => {
  const encoder = models['pre-norm, mean of the logits, relu'];
  const path = writeOnnx(at('short.onnx'), encoder, styles.packed);
  const imported = await importOnnx(path);
  const model = onnx.ModelProto.decode(exportEncoder(encoder, styles.packed));
  // A table of one position, which two tokens are too many for.
  const table = model.graph!.initializer!.find(({ dims }) => String(dims) === '8,16')!;
  Object.assign(table, { dims: [1, 16], rawData: table.rawData!.slice(0, 64) });
  writeFileSync(path, onnx.ModelProto.encode(model).finish());
  const run = verifyOnnx(path, imported);
  await expect(run).rejects.toThrow(UserError);
  await expect(run).rejects.toThrow(
    /^\S+short\.onnx: cannot be run by onnxruntime-web: .*indices element out of.*; export the model again, or import it without --verify$/,
  );
});

it('inputs fix the number of tokens where they have tokens', () => {
  const input = (shape: readonly (number | string)[]) => ({ name: 'x', isTensor: true, type: 'float32', shape }) as const;
  expect(fixedTokens([input([1, 3, 48, 320])])).toBeUndefined();
  expect(fixedTokens([input(['batch', 'tokens', 16]), input([1, 3, 48, 320]), input([1, 40])])).toBe(40);
});

type Node = onnx.INodeProto;

describe('ONNX files that are refused, by the first node that is not understood', () => {
  const encoder = models['pre-norm, mean of the logits, relu'];

  const problemsOf = async (
    change: (model: onnx.ModelProto) => void,
    style: keyof typeof styles = 'split',
    of: Encoder = encoder,
  ): Promise<readonly string[]> => {
    const model = onnx.ModelProto.decode(exportEncoder(of, styles[style]));
    change(model);
    writeFileSync(at('bad.onnx'), onnx.ModelProto.encode(model).finish());
    try {
      return (await importOnnx(at('bad.onnx'))).report.unsupported.map((problem) =>
        problem.replace(`${folder}/`, '').replace(/; the encoder that is known .*$/, ''),
      );
    } catch (error) {
      return (error as { problems: readonly string[] }).problems.map((problem) => problem.replace(`${folder}/`, ''));
    }
  };
  const nodesOf = ({ graph }: onnx.ModelProto, op: string): Node[] => graph!.node!.filter(({ opType }) => opType === op);
  const nameOf = (node: Node | undefined): string => `node ${node?.name} (${node?.domain ? `${node.domain}.` : ''}${node?.opType})`;

  it.each([
    ['Mish', 'is not understood'],
    ['If', 'chooses nodes at run time, which is not followed'],
  ])('%s', async (op, why) => {
    let node: Node | undefined;
    const problems = await problemsOf((model) => {
      node = nodesOf(model, 'Relu')[0]!;
      node.opType = op;
      nodesOf(model, 'Relu')[0]!.opType = 'Unheard';
    });
    expect(problems).toEqual([`bad.onnx: ${nameOf(node)}: ${why}`]);
  });

  it('activations that are known and not computed', async () => {
    expect(await problemsOf((model) => nodesOf(model, 'Relu').forEach((node) => (node.opType = 'Tanh')))).toEqual([
      'bad.onnx: activation = tanh: is not computed; needs gelu, relu, silu, gelu_tanh, quick_gelu',
    ]);
    expect(await problemsOf((model) => (nodesOf(model, 'Relu')[0]!.opType = 'Tanh'))).toEqual([
      'bad.onnx: activation = tanh, relu: must be the same in every block',
      'bad.onnx: activation = tanh: is not computed; needs gelu, relu, silu, gelu_tanh, quick_gelu',
    ]);
  });

  it('a QuickGelu of another factor than 1.702, or 1, which is silu', async () => {
    const quick = example(4, { ...small, layers: 1, activation: 'quick_gelu' }, false);
    let node: Node | undefined;
    const alphaOf = (alpha: number) => (model: onnx.ModelProto) => {
      node = nodesOf(model, 'QuickGelu')[0]!;
      node.attribute = [{ name: 'alpha', type: 1, f: alpha }];
    };
    expect(await problemsOf(alphaOf(1.3), 'fused', quick)).toEqual([`bad.onnx: ${nameOf(node)}: is not understood`]);
    expect(await problemsOf(alphaOf(1), 'fused', quick)).toEqual([]);
    expect((await importOnnx(at('bad.onnx'))).encoder!.config.activation).toBe('silu');
  });

  it('fused attention that turns features, or has several widths', async () => {
    let node: Node | undefined;
    const withAttribute = (attribute: onnx.IAttributeProto) => (model: onnx.ModelProto) => {
      node = nodesOf(model, 'Attention')[0]!;
      node.attribute!.push(attribute);
    };
    expect(await problemsOf(withAttribute({ name: 'do_rotary', type: 2, i: 1 }), 'fused')).toEqual([
      `bad.onnx: ${nameOf(node)}: turns features by their positions, which is not computed`,
    ]);
    expect(await problemsOf(withAttribute({ name: 'qkv_hidden_sizes', type: 7, ints: [12, 12, 24] }), 'fused')).toEqual([
      `bad.onnx: ${nameOf(node)}: qkv_hidden_sizes = 12, 12, 24: Q, K and V must have one width, 16`,
    ]);
    expect(await problemsOf(withAttribute({ name: 'qkv_hidden_sizes', type: 7, ints: [16, 16, 16] }), 'fused')).toEqual([]);
  });

  it('positions that have gaps', async () => {
    const integers = (name: string, values: readonly number[], dims: readonly number[]): onnx.ITensorProto => ({
      name,
      dims: [...dims],
      dataType: 7,
      rawData: new Uint8Array(BigInt64Array.from(values.map(BigInt)).buffer),
    });
    let [slice, gather]: (Node | undefined)[] = [];
    const changed = (step: number, change: (node: Node) => void) => (model: onnx.ModelProto) => {
      model.graph!.initializer!.push(integers('zero', [0], []), integers('step', [step], []), integers('steps', [step], [1]));
      slice = nodesOf(model, 'Slice')[0]!;
      gather = model.graph!.node!.find(({ input }) => input!.includes(slice!.output![0]!))!;
      change(slice);
    };
    const sliceBy = (node: Node): void => void (node.input = [...node.input!, 'steps']);
    const rangeBy = (node: Node): void => void Object.assign(node, { opType: 'Range', input: ['zero', node.input![2]!, 'step'] });
    const ids = models['post-norm with a norm of the embeddings'];
    for (const change of [sliceBy, rangeBy]) expect(await problemsOf(changed(1, change), 'gemm', ids)).toEqual([]);
    expect(await problemsOf(changed(2, sliceBy), 'gemm', ids)).toEqual([`bad.onnx: ${nameOf(slice)}: is not understood`]);
    expect(await problemsOf(changed(2, rangeBy), 'gemm', ids)).toEqual([`bad.onnx: ${nameOf(gather)}: is not understood`]);
    const first = (node: Node): void => void (node.input = [...node.input!.slice(0, 3), 'zeros', 'steps']);
    const alongFirst = (model: onnx.ModelProto): void => {
      model.graph!.initializer!.push(integers('zeros', [0], [1]));
      changed(1, first)(model);
    };
    expect(await problemsOf(alongFirst, 'gemm', ids)).toEqual([`bad.onnx: ${nameOf(gather)}: is not understood`]);
  });

  it('token types that are neither ids nor constants', () => {
    const table = (name: string, rows: number): Value => ({
      kind: 'constant',
      constant: floatConstant(name, [rows, 4], new Float32Array(4 * rows)),
    });
    const vector: Value = { kind: 'constant', constant: floatConstant('v', [4], new Float32Array(4)) };
    const node: OnnxNode = {
      index: 0,
      name: 'e',
      op: 'com.microsoft.EmbedLayerNormalization',
      inputs: [],
      outputs: [],
      attributes: new Map(),
    };
    const sumOf = (types: Value | undefined): unknown => {
      const [, , x] = embedded(node, [
        { kind: 'ids', input: 'ids' },
        types,
        table('words', 9),
        table('places', 8),
        table('types', 2),
        vector,
        vector,
      ]);
      return x?.kind === 'tokens' && x.is.kind === 'add' ? x.is.b : undefined;
    };
    expect(sumOf({ kind: 'mask' })).toBeUndefined();
    expect(sumOf({ kind: 'ids', input: 'types' })).toMatchObject({ kind: 'embedding', table: { name: 'types' }, input: 'types' });
    expect(sumOf({ kind: 'integers', fill: 1 })).toMatchObject({ kind: 'rows', table: { name: 'types' }, rows: [1] });
    expect(sumOf(undefined)).toMatchObject({ kind: 'rows', table: { name: 'places' } });
  });

  it('a bias of the scores', async () => {
    let first: Node | undefined;
    const biased = await problemsOf((model) => {
      const softmax = nodesOf(model, 'Softmax')[0]!;
      first = model.graph!.node!.find(({ output }) => output![0] === softmax.input![0])!;
      const values = Float32Array.from({ length: 16 }, (_, i) => i);
      model.graph!.initializer!.push({ name: 'relative', dims: [1, 1, 4, 4], dataType: 1, rawData: new Uint8Array(values.buffer) });
      first.input = first.input!.map((name) => (name.startsWith('MatMul') || name.startsWith('Div') ? name : 'relative'));
    });
    expect(biased).toEqual([`bad.onnx: ${nameOf(first)}: adds a bias to the scores (as a relative position bias), which is not computed`]);
  });

  it('names that nothing defines, and numbers of two kinds that meet', async () => {
    const usersOf = ({ graph }: onnx.ModelProto, name: string): Node => graph!.node!.find(({ input }) => input!.includes(name))!;
    let reader: Node | undefined;
    const missing = await problemsOf((model) => {
      const at = model.graph!.initializer!.findIndex(({ dataType }) => dataType === 7);
      const [{ name }] = model.graph!.initializer!.splice(at, 1) as [onnx.ITensorProto];
      reader = usersOf(model, name!);
    });
    expect(missing[0]).toMatch(/reads \S+, which nothing in the file defines; export it again$/);
    expect(missing[0]).toContain(nameOf(reader));
    const mixed = await problemsOf((model) => {
      const matrix = model.graph!.initializer!.find(({ name, dims }) => dims!.length === 2 && usersOf(model, name!).opType === 'MatMul')!;
      reader = usersOf(model, matrix.name!);
      Object.assign(matrix, { dataType: 6 });
    });
    expect(mixed).toEqual([expect.stringMatching(/: \S+ are floats, \S+ integers; must be of one type, export it again$/)]);
    expect(mixed[0]).toContain(nameOf(reader));
  });

  it('a node that needs its own output, and a graph that names none', async () => {
    const softmax = (model: onnx.ModelProto): Node => nodesOf(model, 'Softmax')[0]!;
    const own = await problemsOf((model) => void (softmax(model).input = softmax(model).output!));
    expect(own).toEqual([
      expect.stringMatching(/^bad\.onnx: node .* \(Softmax\): needs its own output; a graph has no cycles, export it again$/),
    ]);
    const around = await problemsOf((model) => {
      const [first, last] = [nodesOf(model, 'Add')[0]!, nodesOf(model, 'Add').at(-1)!];
      first.input = [first.input![0]!, last.output![0]!];
    });
    expect(around).toEqual([expect.stringMatching(/: needs its own output; a graph has no cycles, export it again$/)]);
    expect(await problemsOf((model) => void (model.graph!.output = []))).toEqual(['bad.onnx: its graph names no output; export it again']);
  });

  it('names that are defined twice', async () => {
    const first = (model: onnx.ModelProto): string => model.graph!.initializer![0]!.name!;
    let name = '';
    let node: Node | undefined;
    const asBefore = 'one name has one value, export it again';
    const initializers = await problemsOf((model) => {
      name = first(model);
      model.graph!.initializer!.push({ ...model.graph!.initializer![0]! });
    });
    expect(initializers).toEqual([`bad.onnx: initializer ${name}: defines ${name}, as initializer ${name} does; ${asBefore}`]);
    const outputOf = (defined: (model: onnx.ModelProto) => string) =>
      problemsOf((model) => {
        node = nodesOf(model, 'Softmax')[0]!;
        name = defined(model);
        node.output = [name];
      });
    const ofInitializer = await outputOf(first);
    expect(ofInitializer).toEqual([`bad.onnx: ${nameOf(node)}: defines ${name}, as initializer ${name} does; ${asBefore}`]);
    const ofInput = await outputOf(({ graph }) => graph!.input![0]!.name!);
    expect(ofInput).toEqual([`bad.onnx: ${nameOf(node)}: defines ${name}, as input ${name} does; ${asBefore}`]);
    let other: Node | undefined;
    const ofNode = await outputOf(({ graph }) => (other = graph!.node![0])!.output![0]!);
    expect(ofNode).toEqual([`bad.onnx: ${nameOf(node)}: defines ${name}, as ${nameOf(other)} does; ${asBefore}`]);
    // Files of old versions name every initializer as an input.
    const listed = (model: onnx.ModelProto): void =>
      void model.graph!.input!.push(...model.graph!.initializer!.map(({ name: one }) => ({ name: one! })));
    expect(await problemsOf(listed)).toEqual([]);
  });

  it('no order of nodes: what a file has is put in order', async () => {
    expect(await problemsOf((model) => void model.graph!.node!.reverse())).toEqual([]);
  });

  it('opsets, data types, values in other files, and what is no ONNX file', async () => {
    expect(
      await problemsOf((model) => {
        model.opsetImport![0]!.version = 8;
        const [a, b] = model.graph!.initializer!;
        Object.assign(a!, {
          name: 'outside',
          dataLocation: 1,
          rawData: new Uint8Array(),
          externalData: [{ key: 'location', value: 'model.onnx.data' }],
        });
        Object.assign(b!, { name: 'bytes', dataType: 3 });
      }),
    ).toEqual([
      'bad.onnx: opset = 8: must be 9 .. 22; export the model with one of these',
      'bad.onnx: initializer outside: its values are in model.onnx.data; save the model with all values in one file (onnx.save_model, save_as_external_data=False)',
      'bad.onnx: initializer bytes: data type INT8 is not read; needs FLOAT, FLOAT16, BFLOAT16 or DOUBLE, without quantisation',
    ]);
    writeFileSync(at('text.onnx'), 'no protobuf at all');
    await expect(importOnnx(at('text.onnx'))).rejects.toThrow(
      /text\.onnx: (is not an ONNX file, or is damaged; copy or export it again|has no graph; is it an ONNX file\?)$/,
    );
  });
});
