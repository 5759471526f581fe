import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { applyPatch } from 'diff';
import { describe, expect, it } from 'vitest';
import { predict } from '../../../generator/analytic/predict.js';
import { diffRtl } from '../../../generator/studies/diff/rtl.js';
import { makeParams } from '../../../generator/params/params.js';
import { presetParams } from '../../../generator/params/presets.js';
import { designUnits } from '../../../generator/rtl/design.js';
import { renderUnit } from '../../../generator/rtl/render.js';
import { taskSubject } from '../../../generator/subject/open.js';
import { trexgen } from '../../support/cli.js';
import { temporaryFolder } from '../../support/temporary.js';

interface Printed {
  readonly changes: readonly { readonly name: string; readonly a: number; readonly b: number }[];
  readonly units: readonly { readonly unit: string; readonly state: string; readonly patch?: string }[];
  readonly workloads: readonly {
    readonly task: string;
    readonly predicted: Readonly<Record<'a' | 'b', Readonly<Record<string, unknown>>>>;
  }[];
}

const small = presetParams('small');

describe('the Verilog of two configurations', () => {
  it('differs in the units that a parameter reaches, and the patch leads from one to the other', () => {
    const other = makeParams({ port: { prefetchBeats: 128 }, registerFile: { directions: 1 }, prefix: 'trex' });
    const diff = diffRtl(small, other);
    const text = (params: typeof small, unit: string): string =>
      renderUnit(
        params.prefix,
        designUnits(params).find(({ name }) => name === unit)!,
      ).text;
    const changed = diff.filter(({ state }) => state === 'changed');
    expect(changed.map(({ unit }) => unit)).toContain('stream_reader');
    for (const { unit, patch, added, removed } of changed) {
      expect(applyPatch(text(small, unit), patch)).toBe(text(other, unit));
      expect(patch.split('\n').filter((line) => /^\+(?!\+\+ )/.test(line))).toHaveLength(added);
      expect(patch.split('\n').filter((line) => /^-(?!-- )/.test(line))).toHaveLength(removed);
    }
    expect(diff.find(({ unit }) => unit === 'softmax')).toEqual({ unit: 'softmax', state: 'same', added: 0, removed: 0, patch: '' });
    expect(diff.find(({ unit }) => unit === 'turner')).toMatchObject({ state: 'only in B', removed: 0 });
    expect(diff.find(({ unit }) => unit === 'trf')).toMatchObject({ state: 'only in A', added: 0 });
  });

  it('of equal ones is the same', () => {
    expect(diffRtl(small, makeParams({})).every(({ state }) => state === 'same')).toBe(true);
  });
});

describe('diff', () => {
  it('names the parameters, what follows from them, and the units', async () => {
    const { exitCode, stdout } = await trexgen('diff', 'small', 'paper', '--tasks', 'none');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^ {2}array\.lanesPerSlice +2 {2}-> +32 {2}lanes +16\.00x$/m);
    expect(stdout).toMatch(/^ {2}array multipliers +64 {2}-> +1,024 {2}multipliers +16\.00x$/m);
    expect(stdout).toMatch(/^Verilog: \d+ of \d+ units differ; --rtl shows them$/m);
    expect(stdout).not.toContain('@@');
  });

  it('predicts cycles and bytes of both, and says why where one is not possible', () =>
    temporaryFolder(async (folder) => {
      const path = join(folder, 'narrow.json');
      writeFileSync(path, JSON.stringify({ array: { lanesPerSlice: 4 }, envelope: { hidden: 64 } }));
      const wide = join(folder, 'wide.json');
      writeFileSync(wide, JSON.stringify({ array: { lanesPerSlice: 4 } }));
      const { exitCode, stdout } = await trexgen('diff', path, wide, '--json', '--rtl', '--seed', '2');
      expect(exitCode).toBe(0);
      const {
        changes,
        workloads: [mnist],
        units,
      } = JSON.parse(stdout) as Printed;
      expect(changes).toEqual([{ name: 'envelope.hidden', unit: 'features', a: 64, b: 512 }]);
      expect(mnist!.predicted.a['reason']).toMatch(/^envelope\.hidden = 64: .* raise it by 448, to 512$/);
      const params = makeParams({ array: { lanesPerSlice: 4 } });
      const { image, examples } = taskSubject('mnist', params, { inputs: 4, seed: 2 });
      const want = predict({
        model: image.model,
        params,
        lengths: examples.map(({ length }) => length),
        policy: 'packed',
        memory: { latencyCycles: 20, cyclesPerBeat: 1 },
      });
      expect(mnist!.predicted.b['cycles']).toBe(want.cycles);
      expect(units.find(({ state }) => state === 'changed')!.patch).toMatch(/^--- a\/trex_\w+\.v\n\+\+\+ b\/trex_\w+\.v\n@@ /);
    }));

  it.each([
    [['small', 'tinny'], /^preset = "tinny": must be one of tiny, /],
    [['none.json', 'small'], /^config = none\.json: cannot be read \(ENOENT\)/],
    [['small', 'tiny', '--tasks', 'mnst'], /mnst must be one of mnist, g2p, brown, /],
  ])('refuses %j', async (argv, text) => {
    const { exitCode, stdout, stderr } = await trexgen('diff', ...argv);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(text);
  });
});
