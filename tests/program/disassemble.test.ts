import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { expect, test, vi } from 'vitest';
import { addDisasm } from '../../generator/commands/disasm.js';
import { disassemble, formatLines } from '../../generator/program/disassemble.js';
import { readImage, writeImage } from '../../generator/program/image.js';
import { decodeInstruction, opcodes } from '../../generator/operations/opcodes.js';
import { widened } from '../../generator/program/widen.js';
import { randomModel } from '../support/random-model.js';

test('a program prints one instruction a line with shapes and bytes', () => {
  const image = readImage(writeImage(randomModel(1), { columns: 4, busBytes: 16 }));
  const lines = disassemble(image);
  expect(lines.reduce((sum, { bytes }) => sum + bytes, image.busBytes)).toBe(image.pass.length);
  expect(formatLines(lines)).toMatchInlineSnapshot(`
    "#    op       shape                  bytes detail
    0    LOAD     rows[12] -> X[12]          0
    1    DENSE    X[12] -> Rset[16]        208 * 825 >> 13, bias << 5
    2    NORM     R[16] -> X[16]            32 >> 11, beta << 4
    3    PROJECT  X[16] -> P[16]             0 matrix 0, * 761 >> 18
    4    EXPAND   P[16] -> Q[16]            80 k 4, index 2 bits, * 907 >> 15, bias << 5
    5    EXPAND   P[16] -> K[16]            80 k 4, index 2 bits, * 814 >> 15, bias << 5
    6    EXPAND   P[16] -> V[16]            80 k 4, index 2 bits, * 870 >> 15, bias << 1
    7    ATTEND   head[0 .. 7] -> X          0 scores * 870 >> 16, values >> 8
    8    ATTEND   head[8 .. 15] -> X         0 scores * 861 >> 16, values >> 9
    9    PROJECT  X[16] -> P[16]             0 matrix 1, * 966 >> 18
    10   EXPAND   P[16] -> Radd[16]         80 k 4, index 2 bits, * 587 >> 10, bias << 5
    11   NORM     R[16] -> X[16]            32 >> 12, beta << 6
    12   PROJECT  X[16] -> P[16]             0 matrix 2, * 689 >> 17
    13   EXPAND   P[16] -> H[24]           128 k 4, index 2 bits, * 644 >> 14, bias << 0, table
    14   PROJECT  H[24] -> P[16]             0 matrix 3, * 848 >> 18
    15   EXPAND   P[16] -> Radd[16]         80 k 4, index 2 bits, * 989 >> 11, bias << 0
    16   NORM     R[16] -> X[16]            32 >> 10, beta << 6
    17   DENSE    X[16] -> V[4]             80 * 771 >> 18, bias << 4
    18   ATTEND   head[0 .. 3] -> X          0 uniform, values >> 9
    19   STORE    X[4] -> rows[4]            0 first row
    20   END                                 0"
  `);
});

test('an uncoded program says so, and draws its larger bytes', () => {
  const image = readImage(writeImage(widened(randomModel(1)), { columns: 4, busBytes: 16 }));
  const [, embedding, , , query] = disassemble(image);
  expect([embedding, query].map((line) => [line!.bytes, line!.detail])).toMatchInlineSnapshot(`
    [
      [
        400,
        "wide, * 825 >> 13, bias << 5",
      ],
      [
        272,
        "k 4, wide, * 907 >> 15, bias << 5",
      ],
    ]
  `);
  expect(disassemble(image).reduce((sum, { bytes }) => sum + bytes, image.busBytes)).toBe(image.pass.length);
});

test('the END of a program for narrower activations says their width, in the low bits of its highest byte but one', () => {
  const end = (activationBits: number) =>
    disassemble(readImage(writeImage(randomModel(1, { activationBits }), { columns: 4, busBytes: 8 }))).at(-1);
  expect(end(8)).toMatchObject({ op: 'END', word: '0'.repeat(32), detail: '' });
  expect(end(5)).toMatchObject({ op: 'END', word: `0060${'0'.repeat(28)}`, detail: 'activations of 5 bits' });
});

test('each PROJECT carries the first word of its matrix in the store of codes', () => {
  const { cold, model } = readImage(writeImage(randomModel(1), { columns: 2, busBytes: 4 }));
  const bases = model.operations.flatMap((_, i) => {
    const { op, codeBase } = decodeInstruction(cold.subarray(16 * i, 16 * i + 16));
    return op === opcodes.PROJECT ? [codeBase] : [];
  });
  expect(bases).toEqual([0, 8 * 16, 8 * 32, 8 * 48]);
});

test('the command prints JSON, and names a file that it cannot read', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'disasm-')), 'model.tximg');
  await writeFile(path, writeImage(randomModel(1), { columns: 4, busBytes: 16 }));
  const printed: string[] = [];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  const run = (...words: string[]): Promise<Command> => {
    const program = new Command();
    addDisasm(program);
    return program.parseAsync(['disasm', ...words], { from: 'user' });
  };
  await run(path, '--json');
  write.mockRestore();
  expect(JSON.parse(printed.join(''))).toMatchObject({ manifest: { columns: 4 }, instructions: { length: 21 } });
  await expect(run('/nowhere.tximg')).rejects.toThrow('image = /nowhere.tximg: cannot be read (ENOENT); give the path of a *.tximg file');
});
