import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { host, scriptText } from '../../generator/host/host-script.js';
import { memoryText, parseMemory } from '../../generator/sim/memory-file.js';
import { elementOf, readTrace } from '../../generator/sim/trace-file.js';
import { temporaryFolder } from '../support/temporary.js';

describe('memory as text', () => {
  it('has a beat a line with the highest byte first', () => {
    expect(memoryText(Uint8Array.of(1, 2, 3, 0xfe, 5, 6, 7, 8), 4).toString()).toBe('fe030201\n08070605\n');
  });

  it('is read back as it was, whatever comments and addresses a simulator adds', () => {
    const bytes = Uint8Array.from({ length: 64 }, (_, i) => (i * 37) & 255);
    const text = Buffer.concat([Buffer.from('// 0x00000000\n@0\n'), memoryText(bytes, 16)]);
    expect(parseMemory(text, 16, 4)).toEqual({ bytes, unknown: new Set() });
  });

  it('names every byte that is unknown in part', () => {
    const { bytes, unknown } = parseMemory(Buffer.from('0Ax0\nxx7z'), 2, 2);
    expect([...unknown]).toEqual([0, 2, 3]);
    expect(bytes[1]).toBe(0x0a);
  });
});

describe('the trace', () => {
  it('is read word by word, across the pieces that a file comes in', async () => {
    const lines = Array.from({ length: 60_000 }, (_, i) => `P ${i.toString(16).padStart(4, '0')} 1 80ff7f00 ${(i + 5).toString(16)}`);
    const found = { features: 0, cycles: 0, instructions: [] as number[][], begun: 0, aborted: 0, ended: 0 };
    await temporaryFolder(async (folder) => {
      const path = join(folder, 'trace.txt');
      await writeFile(path, `I 0 a\n${lines.join('\n')}\nA\nW\nI 1 0\nL 002 0 xx11 ff 3\n`);
      await readTrace(path, {
        instruction: (window, pc) => found.instructions.push([window, pc]),
        word: (word) => {
          if (word.memory === 'P') {
            const bytes = [0, 1, 2, 3].map((lane) => elementOf(word, lane, 2)).join(' ');
            const words = [0, 1].map((lane) => elementOf(word, lane, 4)).join(' ');
            if (bytes === '0 127 -1 -128' && words === `${0x7f00} ${0x80ff - 0x10000}` && word.feature === found.features) found.features++;
            found.cycles += word.cycle - word.feature;
          } else {
            expect(word).toMatchObject({ memory: 'L', feature: 2, cycle: 255, slices: 3 });
            expect([elementOf(word, 0, 2), elementOf(word, 1, 2)]).toEqual([17, undefined]);
          }
        },
        windowBegins: () => found.begun++,
        aborted: () => found.aborted++,
        end: () => found.ended++,
      });
    });
    expect(found).toEqual({
      features: 60_000,
      cycles: 300_000,
      instructions: [
        [0, 10],
        [1, 0],
      ],
      begun: 1,
      aborted: 1,
      ended: 1,
    });
  });
});

describe('the script of the host', () => {
  it('has number, address, value and mask of each step, and ends', () => {
    expect(
      scriptText([
        host.write('CONTROL', { enable: 1, policy: 2 }),
        host.writeRefused('ID', { value: 0 }),
        host.poll('STATUS', { busy: 0, loaded: 1 }),
        host.interrupt(),
        host.pause(7),
      ]).split('\n'),
    ).toEqual([
      '00000001000000080000002100000000',
      '00000001000000000000000000000002',
      '000000030000000c0000000100000005',
      '00000004000000000000000000000000',
      '00000006000000000000000700000000',
      '00000000000000000000000000000000',
      '',
    ]);
  });
});
