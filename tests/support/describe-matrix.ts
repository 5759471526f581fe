import { describe, expect, test } from 'vitest';
import type { Simulator } from '../../generator/sim/build.js';
import { chipCase, matrix, matrixSeed, resetProblems, runCase, titleOf } from './chip-matrix.js';

/** Every chip of the matrix in one simulator; Icarus sees what is unknown, so nothing is written there before its run. */
export function describeMatrix(simulator: Simulator): void {
  describe(`the whole chip in ${simulator}, all pairs of choices from seed ${matrixSeed}`, () => {
    matrix().forEach((choice, number) => {
      test(`stores what golden stores, counts what golden counts${simulator === 'verilator' ? ', behind resets in mid-run, and again after soft resets' : ''}: ${number}, ${titleOf(choice)}`, async () => {
        const chip = chipCase(choice, number);
        const { mismatches, differences, problems, emaAgree, valuesCompared, windows, cycles } = await runCase(chip, simulator, {
          cutOff: simulator === 'verilator',
        });
        expect({ mismatches, differences, problems, emaAgree }).toEqual({ mismatches: 0, differences: [], problems: [], emaAgree: true });
        expect(valuesCompared).toBeGreaterThan(0);
        expect(windows.length).toBeGreaterThan(0);
        if (simulator === 'verilator') expect(await resetProblems(chip, cycles, number)).toEqual([]);
      }, 300_000);
    });
  });
}
