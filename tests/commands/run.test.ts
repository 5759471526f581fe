import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'npyjs';
import { describe, expect, it } from 'vitest';
import { writeImage } from '../../generator/program/image.js';
import { trexgen } from '../support/cli.js';
import { randomModel } from '../support/random-model.js';
import { temporaryFolder } from '../support/temporary.js';

const model = randomModel(5, { banks: 4, width: 8, heads: 1, headWidth: 4, hidden: 8, rank: 8, k: 3, inputWidth: 6 });
const image = writeImage(model, { columns: 4, busBytes: 8 });
const small = [
  '--preset',
  'tiny',
  '--set',
  'envelope.width=12',
  '--set',
  'envelope.hidden=12',
  '--set',
  'envelope.rank=8',
  '--set',
  'array.passes=2',
];
const rows = [
  [
    [1, -2, 3, -4, 5, -6],
    [127, -128, 0, 9, 8, 7],
  ],
  [[0, 1, 0, -1, 0, 2]],
];
const lines = `${JSON.stringify({ rows: rows[0] })}\n\n${JSON.stringify({ rows: rows[1], labels: [0] })}\n`;

interface Printed {
  readonly inputs: readonly {
    readonly output: readonly (readonly number[])[];
    readonly predicted: readonly number[];
    readonly labels: readonly number[] | null;
  }[];
  readonly emaBytes: object;
  readonly emaAgree: boolean;
}

async function withFiles<T>(text: string, use: (files: { image: string; inputs: string; folder: string }) => Promise<T>): Promise<T> {
  return temporaryFolder(async (folder) => {
    const files = { image: join(folder, 'model.tximg'), inputs: join(folder, 'inputs.jsonl'), folder };
    writeFileSync(files.image, image);
    writeFileSync(files.inputs, text);
    return use(files);
  });
}

describe('run', () => {
  it('prints outputs, predictions and bytes that the simulated chip has too, from the same file of inputs', async () => {
    await withFiles(lines, async (files) => {
      const common = ['--image', files.image, '--inputs-file', files.inputs, ...small, '--json'];
      const { exitCode, stdout, stderr } = await trexgen('run', ...common);
      expect([exitCode, stderr]).toEqual([0, '']);
      const run = JSON.parse(stdout) as Printed;
      expect(run.inputs).toHaveLength(2);
      expect(run.emaAgree).toBe(true);
      run.inputs.forEach(({ output, predicted }) => expect(predicted).toEqual(output.map((row) => row.indexOf(Math.max(...row)))));
      const out = join(files.folder, 'out');
      const chip = JSON.parse((await trexgen('simulate', ...common, '--simulator', 'icarus', '--out', out)).stdout) as {
        mismatches: number;
        emaBytes: object;
      };
      expect(chip.mismatches).toBe(0);
      expect(run.emaBytes).toEqual(chip.emaBytes);
      const unit = JSON.parse(readFileSync(join(out, 'unit-0.json'), 'utf8')) as { result: { outputs: number[][] } };
      expect(unit.result.outputs).toEqual(run.inputs.map(({ output }) => output.flat()));
    });
  });

  it('dumps the input bytes and every stored word as .npy and JSON, which agree', async () => {
    await withFiles(lines, async (files) => {
      const dump = join(files.folder, 'dump');
      const { stdout } = await trexgen('run', '--image', files.image, '--inputs-file', files.inputs, ...small, '--json', '--dump', dump);
      const run = JSON.parse(stdout) as Printed;
      const index = JSON.parse(readFileSync(join(dump, 'index.json'), 'utf8')) as {
        inputs: { tensors: { file: string; instruction: number; memory: string }[] }[];
      };
      index.inputs.forEach(({ tensors }, input) => {
        const lists = JSON.parse(readFileSync(join(dump, `input-${input}.json`), 'utf8')) as {
          rows: number[][];
          tensors: { values: number[][]; shape: number[] }[];
        };
        expect(lists.rows).toEqual(rows[input]);
        expect(new Set(tensors.map(({ instruction }) => instruction)).size).toBe(model.operations.length);
        tensors.forEach(({ file }, n) => {
          const bytes = readFileSync(join(dump, file));
          const { shape, data } = parse(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer);
          expect(shape).toEqual(lists.tensors[n]!.shape);
          expect([...(data as Int8Array)]).toEqual(lists.tensors[n]!.values.flat());
        });
        expect(lists.tensors.at(-1)!.values).toEqual(run.inputs[input]!.output);
      });
    });
  });

  it("shows a task's predictions beside its labels", async () => {
    const { exitCode, stdout } = await trexgen('run', '--task', 'g2p', '--inputs', '3');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^g2p, policy tokens: 3 inputs, /);
    expect(stdout).toMatch(/labels right\n\n {3}0 {2}\d+ tokens {2}predicted [\d ]+ {2}labels [\d ]+\n/);
  });

  it('prints the two bytes of an index as one row', async () => {
    const { stdout } = await trexgen('run', '--task', 'g2p', '--inputs', '2', '--json');
    for (const { output, predicted } of (JSON.parse(stdout) as Printed).inputs)
      expect(output.map((row) => [row.length, (row[0]! & 255) + 256 * (row[1]! & 255)])).toEqual(predicted.map((index) => [2, index]));
  });
});

describe('run refuses', () => {
  it.each([
    ['{"rows": [[1, 2]]}', /^.*inputs\.jsonl:1: rows\.0: has 2 bytes; LOAD reads 6 per token\n$/],
    ['{"rows": [[1, 2, 3, 4, 5, 128]]}', /inputs\.jsonl:1: rows\.0\.5 = 128: must be an integer in -128 \.\. 127$/m],
    ['{"ids": [1]}', /inputs\.jsonl:1: has no rows; ids and features need the model that embeds them: give --task or --checkpoint/],
    ['{"rows": [[1, 2, 3, 4, 5, 6]], "labels": [1000]}', /labels = 1000: must be below \d+, the outputs of the model/],
    [' \n', /has no inputs; give at least one/],
  ])('%s', async (text, message) => {
    await withFiles(text, async (files) => {
      const { exitCode, stdout, stderr } = await trexgen('run', '--image', files.image, '--inputs-file', files.inputs, ...small);
      expect([exitCode, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(message);
    });
  });

  it.each([
    [['--checkpoint', 'x'], /^task, image: neither is given; .*\ncheckpoint: it embeds the inputs of a file; give --inputs-file too\n$/],
    [['--task', 'g2p', '--inputs-file', 'none.jsonl'], /^inputs = none\.jsonl: cannot be read \(ENOENT\)/],
  ])('%j', async (argv, message) => {
    const { exitCode, stderr } = await trexgen('run', ...argv);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
  });
});
