import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { presetParams } from '../../../generator/params/presets.js';
import { keepFront, keptFolders, synthesisFolder } from '../../../generator/studies/sweep/kept-files.js';
import type { Sweep, SweptPoint } from '../../../generator/studies/sweep/run-sweep.js';
import { runDefaults } from '../../../generator/studies/sweep/space.js';
import { temporaryFolder } from '../../support/temporary.js';

const params = presetParams('small');
const other = { ...params, array: { ...params.array, slices: 1 } };

/** A point that went through simulation and synthesis. */
function swept(simulation: string, front: boolean, hardware = params, failed = false): SweptPoint {
  const outcome = failed ? { state: 'failed', reason: 'x' } : { state: 'measured', objectives: {}, detail: {} };
  return {
    simulation,
    front,
    point: { params: hardware, run: runDefaults },
    outcome,
    levels: new Map([
      ['rtl', outcome],
      ['synthesis', outcome],
    ]),
  } as unknown as SweptPoint;
}

it('files stay of the front and of what has failed, and those that a point of the front shares with others', async () => {
  const points = [swept('a', true), swept('b', false), swept('c', false, other), swept('d', false, other, true)];
  const sweep = { points, plan: { measuring: { target: 'ice40' } } } as unknown as Sweep;
  const [shared, own] = [params, other].map((one) => synthesisFolder(one, 'ice40'));
  await temporaryFolder(async (folder) => {
    for (const name of ['a', 'b', 'c', 'd', shared!, own!, 'of-another-sweep']) mkdirSync(join(folder, 'runs', name), { recursive: true });
    keepFront(sweep, folder);
    const left = ['a', 'b', 'c', 'd', shared!, own!, 'of-another-sweep'].filter((name) => existsSync(join(folder, 'runs', name)));
    expect(left).toEqual(['a', 'd', shared, own, 'of-another-sweep']);
    expect(points.map((one) => keptFolders(sweep, one, folder))).toEqual([
      ['runs/a/', `runs/${shared}/`],
      [`runs/${shared}/`],
      [`runs/${own}/`],
      ['runs/d/', `runs/${own}/`],
    ]);
  });
});
