import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { lintAll } from '../../generator/sim/lint.js';
import { withEnvironment } from '../support/fake-tools.js';
import { temporaryFolder } from '../support/temporary.js';

it('leaves no folder behind where a tool cannot run', () =>
  temporaryFolder(async (folder) => {
    const [tools, left] = ['tools', 'left'].map((name) => join(folder, name)) as [string, string];
    for (const path of [tools, left]) mkdirSync(path);
    await withEnvironment({ PATH: tools, TMPDIR: left }, () =>
      expect(lintAll([{ name: 'top.v', text: 'module top; endmodule\n' }], 'top')).rejects.toThrow('verilator'),
    );
    expect(readdirSync(left)).toEqual([]);
  }));
