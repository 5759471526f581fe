import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../generator/util/errors.js';
import { writeImage } from '../../generator/program/image.js';
import { packageRoot } from '../../generator/util/package.js';
import { printable, problemLine } from '../../generator/util/printable.js';
import { buildWorkload } from '../../generator/subject/workload/build.js';
import { scaledDown, workloads } from '../../generator/subject/workload/shapes.js';
import { trexgen } from '../support/cli.js';
import { temporaryFolder } from '../support/temporary.js';

const evil = '\u001b]0;title\u0007\u001b[2J\u009b1m\u202e\u200b\ud800\r\nforged: line';

describe('text for a terminal', () => {
  it('shows what steers it as JSON would, and keeps all else', () => {
    expect(printable(evil)).toBe('\\u001b]0;title\\u0007\\u001b[2J\\u009b1m\\u202e\\u200b\\ud800\\u000d\\u000aforged: line');
    expect(printable('Zürich 東京 😀 a\nb\tc', '\n\t')).toBe('Zürich 東京 😀 a\nb\tc');
    expect(JSON.parse(printable(JSON.stringify({ task: evil }), '\n\t'))).toEqual({ task: evil });
  });

  it('is one line of bounded length in problems, which are counted after the first hundred', () => {
    const long = problemLine('\u001b'.repeat(1e5));
    expect(long.length).toBeLessThanOrEqual(4000);
    expect(problemLine(long)).toBe(long);
    const { problems, message } = new UserError(Array.from({ length: 1e5 }, () => evil));
    expect([problems.length, problems.at(-1), message.split('\n').length]).toEqual([101, 'and 99900 more problems', 101]);
  });

  it('is written by one helper alone', () => {
    const folder = join(packageRoot(), 'generator');
    // The wrapper passes on Verilator's own words; the entry point tells that an output is gone; a job prints into its log; a program
    // that a function waits for tells its parent, which prints.
    const allowed = [
      'commands/print.ts',
      'cli.ts',
      'tools/verilator-wrapper.ts',
      'studies/sweep/launch/slurm/serve-task.ts',
      'util/child-program.ts',
    ];
    const found = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
      (name) =>
        name.endsWith('.ts') &&
        !allowed.includes(name) &&
        /\bconsole\.|process\.std(out|err)\.write/.test(readFileSync(join(folder, name), 'utf8')),
    );
    expect(found).toEqual([]);
  });

  it('comes from the name of an image as well', async () => {
    const model = { ...buildWorkload(scaledDown(workloads.bertBase, 16, 1), { coding: 'factorized', banks: 8, seed: 1 }), task: evil };
    await temporaryFolder(async (folder) => {
      const path = join(folder, 'evil.tximg');
      writeFileSync(path, writeImage(model, { columns: 8, busBytes: 16 }));
      const trace = join(folder, 'trace.csv');
      writeFileSync(trace, '\ufeff4,0\n');
      for (const argv of [
        ['trace', '--image', path, '--trace', trace],
        ['run', '--image', path, '--inputs', '1'],
        ['disasm', path, '--json'],
      ]) {
        const { exitCode, stdout, stderr } = await trexgen(...argv);
        expect({ argv: argv[0], exitCode, stderr }).toEqual({ argv: argv[0], exitCode: 0, stderr: '' });
        expect(`${stdout}${stderr}`).not.toMatch(/[^\P{Cc}\n\t]|^forged/mu);
      }
    });
  });
});
