import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { presetParams } from '../../../generator/params/presets.js';
import { diffConfigs } from '../../../generator/studies/diff/compare-configs.js';
import type { Item, Job } from '../../../generator/studies/sweep/jobs.js';

/** Folders in which something would have been simulated, and replaced what is there. */
const folders = vi.hoisted((): string[] => []);
vi.mock('../../../generator/studies/sweep/subject.js', () => ({ loadSubject: () => ({}), subjectId: () => 'x' }));
vi.mock('../../../generator/studies/sweep/measure.js', () => ({ measureAnalytic: () => ({ objectives: {} }) }));
vi.mock('../../../generator/studies/sweep/rtl.js', () => ({
  measureRtl: (_: unknown, { key }: Item, { folder }: Job) => {
    folders.push(join(folder, key));
    return { state: 'measured', objectives: {}, detail: {} };
  },
}));

it('simulates tasks that are paths inside its folder, each in one of its own', async () => {
  const small = { name: 'small', params: presetParams('small') };
  await diffConfigs({
    a: small,
    b: small,
    tasks: ['../t', 'mnist', '/somewhere/t'],
    run: { model: 'compressed', policy: 'packed', latency: 20, bytesPerCycle: 16 },
    measuring: { inputs: 1, accuracyInputs: 1, seed: 1, target: 'asic' },
    simulate: { simulator: 'icarus', folder: '/scratch' },
    synth: undefined,
  });
  expect(folders).toEqual(['0/a', '0/b', '1/a', '1/b', '2/a', '2/b'].map((name) => join('/scratch', name)));
});
