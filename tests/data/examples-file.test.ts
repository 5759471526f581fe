import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readExamples } from '../../generator/data/examples-file.js';
import { UserError } from '../../generator/util/errors.js';
import { smallConfig } from '../compress/random-encoder.js';

const folder = mkdtempSync(join(tmpdir(), 'trexgen-lines-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('a file of inputs', () => {
  it('has one kind of input in a line', () => {
    const path = join(folder, 'kinds.jsonl');
    const kinds = ['"ids":[1,7],"features":[[1]],"labels":[0]', '"text":"a","ids":[1]', '"text":"a","ids":[1],"features":[[1]]'];
    writeFileSync(path, kinds.map((line) => `{${line}}\n`).join(''));
    const wanted = ['1: ids: stands beside features', '2: text: stands beside ids', '3: text: stands beside ids and features'];
    for (const input of ['ids', 'patches'] as const)
      expect(() => readExamples(path, { ...smallConfig, input })).toThrow(
        wanted.map((line) => `${path}:${line}; give one of them`).join('\n'),
      );
  });

  it('is refused with one line for each field: its value, and what it must be', () => {
    const path = join(folder, 'in.jsonl');
    writeFileSync(path, '{"ids":[1,[2,3],4]}\n{"ids":[-1,1.5]}\n{"ids":["x"]}\n{"ids":7}\n');
    let problems: readonly string[] = [];
    try {
      readExamples(path, smallConfig);
    } catch (error) {
      problems = (error as UserError).problems;
    }
    const rule = 'must be a row of the table, an integer of at least 0, or a list of such rows';
    expect(problems.map((line) => line.replace(`${path}:`, ''))).toEqual([
      '1: ids.1: names 2 rows of the table, ids.0 1: all tokens name as many; where one has a type, give every one its type',
      `2: ids.0 = -1: ${rule}`,
      `2: ids.1 = 1.5: ${rule}`,
      `3: ids.0 = "x": ${rule}`,
      '4: ids = 7: must be a list, an entry a token',
    ]);
  });
});
