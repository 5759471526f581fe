import { describe, expect, it } from 'vitest';
import { alignColumns } from '../../generator/util/aligned.js';
import { derive } from '../../generator/params/derived.js';
import { presetParams, presets } from '../../generator/params/presets.js';
import { memories, memoryBits } from '../../generator/params/sizes.js';
import { trexgen } from '../support/cli.js';

describe('inspect', () => {
  it.each(Object.keys(presets))('prints parameters, widths, memories and multipliers of %s as JSON', async (preset) => {
    const { exitCode, stdout, stderr } = await trexgen('inspect', '--preset', preset, '--json');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const params = presetParams(preset);
    const found = JSON.parse(stdout) as { memoryBits: number; multiplierCount: number; multipliers: { count: number }[] };
    expect(found).toMatchObject({ params, derived: derive(params), envelope: { requestTokens: derive(params).windowTokens } });
    expect(found.memoryBits).toBe(memories(params).reduce((sum, memory) => sum + memoryBits(memory), 0));
    expect(found.multiplierCount).toBe(found.multipliers.reduce((sum, { count }) => sum + count, 0));
  });

  it('prints the same as text', async () => {
    const { exitCode, stdout } = await trexgen('inspect', '--preset', 'tiny', '--set', 'prefix=chip');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^configuration [0-9a-f]{16}\n {2}prefix +chip +first part of every module name\n/);
    expect(stdout).toMatch(/^ {2}accumulator +25 {2}bits$/m);
    expect(stdout).toMatch(/^ {2}h +1 +256 +32 +8,192 {2}hidden activations H$/m);
    expect(stdout).not.toMatch(/ $/m);
  });

  it('says what a narrow port costs', async () => {
    const { stdout } = await trexgen(
      'inspect',
      '--preset',
      'tiny',
      '--set',
      'array.passes=1',
      '--set',
      'port.busBytes=4',
      '--set',
      'array.columns=8',
    );
    expect(stdout).toContain(
      '  expand: a step holds its weights for 1 cycles and needs 64 bits; the port brings up to 32, so the array waits: 2 cycles per step\n',
    );
  });

  it('refuses what is not legal', async () => {
    expect(await trexgen('inspect', '--set', 'array.column=4')).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: 'array.column: unknown key; known keys are columns, pairedColumns, slices, passes, lanesPerSlice\n',
    });
  });
});

describe('alignColumns', () => {
  it('aligns to the side of each column and leaves no blanks at the end', () => {
    expect(
      alignColumns(
        [
          ['a', '1', 'x'],
          ['bbb', '100', ''],
        ],
        'lrl',
      ),
    ).toEqual(['a      1  x', 'bbb  100']);
  });
});
