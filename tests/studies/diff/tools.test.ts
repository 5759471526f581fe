import { expect, it, vi } from 'vitest';
import { diff } from '../../../generator/api/diff.js';
import { presetParams } from '../../../generator/params/presets.js';
import { diffConfigs } from '../../../generator/studies/diff/compare-configs.js';
import { MissingToolError } from '../../../generator/tools/run-tool.js';
import { withEnvironment } from '../../support/fake-tools.js';
import { temporaryFolder } from '../../support/temporary.js';

vi.mock('../../../generator/studies/diff/compare-configs.js', () => ({ diffConfigs: vi.fn() }));

it('looks for the tools of a synthesis before it measures workloads', () =>
  temporaryFolder(async (folder) => {
    const small = { name: 'small', params: presetParams('small') };
    const asked = withEnvironment({ PATH: folder }, () => diff({ a: small, b: small, synth: true, target: 'asic' }));
    await expect(asked).rejects.toThrow(MissingToolError);
    expect(diffConfigs).not.toHaveBeenCalled();
  }));
