import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadCheckpoint, loadEncoder, memoryProblems, saveEncoder } from '../../generator/model/checkpoint.js';
import { writeSafetensors, type Tensor } from '../../generator/model/safetensors.js';
import { readSafetensors } from '../support/read-safetensors.js';
import { randomEncoder } from '../compress/random-encoder.js';
import { cpuSeconds } from '../support/cpu.js';
import { problemsOf } from '../support/problems.js';

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

function saved(encoder = randomEncoder(21)): string {
  const folder = mkdtempSync(join(tmpdir(), 'tensors-'));
  folders.push(folder);
  saveEncoder(folder, encoder);
  return folder;
}

/** The tensors of a saved checkpoint in two files and an index. */
function sharded(folder: string): { readonly index: Record<string, string>; readonly write: (index: Record<string, unknown>) => void } {
  const single = join(folder, 'model.safetensors');
  const tensors = [...readSafetensors(readFileSync(single), single)];
  const parts = [tensors.slice(0, 9), tensors.slice(9)].map((part, i) => ({
    name: `model-0000${i + 1}-of-00002.safetensors`,
    part: new Map<string, Tensor>(part),
  }));
  for (const { name, part } of parts) writeFileSync(join(folder, name), writeSafetensors(part, { format: 'pt' }));
  rmSync(single);
  const index = Object.fromEntries(parts.flatMap(({ name, part }) => [...part.keys()].map((tensor) => [tensor, name])));
  const write = (map: Record<string, unknown>): void =>
    writeFileSync(join(folder, 'model.safetensors.index.json'), JSON.stringify({ metadata: { total_size: 1 }, weight_map: map }));
  write(index);
  return { index, write };
}

describe('a checkpoint in several files', () => {
  it('is the one of a single file', () => {
    const encoder = randomEncoder(22);
    const folder = saved(encoder);
    sharded(folder);
    expect(loadEncoder(folder)).toEqual(encoder);
  });

  it('has an index that agrees with its files, in the same folder', async () => {
    const folder = saved();
    const { index, write } = sharded(folder);
    const found = async (change: Record<string, unknown>): Promise<string[]> => {
      write(change);
      return (await problemsOf(() => loadEncoder(folder))).map((problem) => problem.replace(`${folder}/`, ''));
    };
    const { 'head.bias': home, ...others } = index;
    const other = Object.values(index).find((name) => name !== home)!;
    expect(await found(others)).toEqual([
      `model.safetensors.index.json: weight_map.head.bias: is missing, ${home} holds it; write the index again`,
    ]);
    expect(await found({ ...index, 'head.bias': other })).toEqual([
      `model.safetensors.index.json: weight_map.head.bias: is in ${home} too; write the index again`,
      `model.safetensors.index.json: weight_map.head.bias = ${other}: that file has no such tensor; write the index again`,
    ]);
    expect(await found({ ...index, extra: '../x.safetensors' })).toEqual([
      'model.safetensors.index.json: weight_map.extra = "../x.safetensors": must be the name of a *.safetensors file in the same folder',
    ]);
    expect(await found({ ...index, extra: 'x.safetensors' })).toEqual([
      'x.safetensors: cannot be read (ENOENT); model.safetensors.index.json lists it; copy it too',
    ]);
    write(index);
    writeFileSync(join(folder, 'model.safetensors'), '');
    expect((await problemsOf(() => loadEncoder(folder)))[0]).toContain(
      'model.safetensors.index.json: the folder holds model.safetensors too; remove',
    );
  });
});

describe('a large checkpoint', () => {
  it('of more than 2 GiB is read tensor by tensor', () => {
    const encoder = randomEncoder(23, { norm: 'post' });
    const folder = saved(encoder);
    const path = join(folder, 'model.safetensors');
    const tensors = [...readSafetensors(readFileSync(path), path)];
    // Token types, of which only the first is read, made of a hole in the file, lie before every weight.
    const hole = 2 ** 31 + 2 ** 20;
    let at = hole;
    const header = Object.fromEntries([
      ['embeddings.token_type_embeddings.weight', { dtype: 'F32', shape: [hole / 128, 32], data_offsets: [0, hole] }],
      ...tensors.map(([name, { dtype, shape, bytes }]) => {
        const begin = at;
        at += bytes.length;
        return [name, { dtype, shape, data_offsets: [begin, at] }];
      }),
    ]) as object;
    const text = Buffer.from(JSON.stringify(header));
    const file = openSync(path, 'w');
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(text.length));
    writeSync(file, Buffer.concat([size, text]), 0, 8 + text.length, 0);
    let place = 8 + text.length + hole;
    for (const [, { bytes }] of tensors) place += writeSync(file, bytes, 0, bytes.length, place);
    closeSync(file);
    const before = process.memoryUsage().arrayBuffers;
    expect(loadEncoder(folder)).toEqual(encoder);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 26);
    truncateSync(path, 8 + text.length + hole);
    expect(() => loadEncoder(folder)).toThrow('the file is cut, copy it again');
  });

  it('of sizes that its tensors do not have is refused by the header, before anything is allocated', async () => {
    const folder = saved();
    const model = {
      input: 'ids',
      vocabulary: 100,
      featureCount: 0,
      width: 4096,
      layers: 64,
      heads: 16,
      hidden: 16384,
      maxLength: 128,
      classes: 2,
      head: 'token',
      norm: 'pre',
      activation: 'gelu',
      causal: false,
    };
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ task: 'x', model }));
    let problems: readonly string[] = [];
    expect(
      await cpuSeconds(async () => {
        problems = await problemsOf(() => loadCheckpoint(folder));
      }),
    ).toBeLessThan(1);
    expect(problems).toContain(`${join(folder, 'model.safetensors')}: positions.weight.shape = [16, 32]: must be [128, 4096]`);
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ task: 'x', model: { ...model, vocabulary: 2 ** 52, classes: 2 ** 40 } }));
    expect(await problemsOf(() => loadCheckpoint(folder))).toEqual(
      [`vocabulary = ${2 ** 52}: must be an integer in 0 .. 16777216`, `classes = ${2 ** 40}: must be an integer in 2 .. 16777216`].map(
        (problem) => `${join(folder, 'config.json')}: model.${problem}`,
      ),
    );
  });

  it('that the memory cannot hold is refused with both sizes', () => {
    const expected = [{ name: 'a', shape: [2 ** 20, 1024], kind: 'float' as const }];
    expect(memoryProblems('f', expected, 16 * 2 ** 30)).toEqual([]);
    expect(memoryProblems('f', expected, 8 * 2 ** 30)).toEqual([
      'f: its model needs 12.0 GiB of memory, this machine has 8.0; choose a smaller model or a larger machine',
    ]);
  });
});
