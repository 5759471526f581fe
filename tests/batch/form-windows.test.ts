import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formWindows, type BatchShape } from '../../generator/batch/form-windows.js';
import { policies, type Policy } from '../../generator/contract/codes.js';

const paper: BatchShape = { slices: 4, sliceTokens: 32, lookahead: 16, passOver: 8 };

/** Windows as text: "index@first+count" of each request. */
function shown(lengths: readonly number[], policy: Policy, shape: Partial<BatchShape> = {}): string[] {
  return formWindows(lengths, { ...paper, ...shape }, policy).map((window) =>
    window.map(({ index, first, count }) => `${index}@${first}+${count}`).join(' '),
  );
}

describe('forming windows', () => {
  it('gives every request its own window under single', () => {
    expect(shown([32, 1, 128], 'single')).toEqual(['0@0+1', '1@0+1', '2@0+4']);
  });

  it('packs any mix whose slices fit', () => {
    expect(shown([64, 32, 32, 96, 64, 20], 'packed')).toEqual(['0@0+2 1@2+1 2@3+1', '3@0+3 5@3+1', '4@0+2']);
  });

  it('joins only one class under uniform and gives three slices the room of four', () => {
    expect(shown([64, 32, 33, 96, 1, 70], 'uniform')).toEqual(['0@0+2 2@2+2', '1@0+1 4@1+1', '3@0+3', '5@0+3']);
  });

  it('sees no further than the look-ahead', () => {
    expect(shown([96, 64, 64, 32], 'packed', { lookahead: 3 })).toEqual(['0@0+3', '1@0+2 2@2+2', '3@0+1']);
    expect(shown([96, 64, 64, 32], 'packed', { lookahead: 4 })).toEqual(['0@0+3 3@3+1', '1@0+2 2@2+2']);
    expect(shown([32, 32], 'packed', { lookahead: 1 })).toEqual(['0@0+1', '1@0+1']);
  });

  it('stops behind a request that was passed over too often', () => {
    const lengths = [96, 96, 128, 32, 32, 32];
    expect(shown(lengths, 'packed', { passOver: 1 })).toEqual(['0@0+3 3@3+1', '1@0+3', '2@0+4', '4@0+1 5@1+1']);
    expect(shown(lengths, 'packed', { passOver: 2 })).toEqual(['0@0+3 3@3+1', '1@0+3 4@3+1', '2@0+4', '5@0+1']);
  });

  it('counts a window once, however many pass over in it', () => {
    expect(shown([64, 96, 128, 32, 32, 32], 'packed', { passOver: 2 })).toEqual(['0@0+2 3@2+1 4@3+1', '1@0+3 5@3+1', '2@0+4']);
  });

  it('leaves refused lengths out', () => {
    expect(shown([0, 129, 5], 'packed')).toEqual(['2@0+1']);
    expect(shown([0], 'packed')).toEqual([]);
  });

  it('takes every request once, never overlaps, keeps to the bound and to the order where nobody may pass', () => {
    fc.assert(
      fc.property(
        fc.record({
          slices: fc.constantFrom(1, 2, 4),
          sliceTokens: fc.integer({ min: 1, max: 9 }),
          lookahead: fc.constantFrom(1, 2, 4, 8),
          passOver: fc.integer({ min: 1, max: 3 }),
        }),
        fc.array(fc.integer({ min: 1, max: 36 }), { maxLength: 40 }),
        fc.constantFrom(...policies),
        (shape, lengths, policy) => {
          const windows = formWindows(lengths, shape, policy);
          const fits = lengths.flatMap((length, index) => (length <= shape.slices * shape.sliceTokens ? [index] : []));
          expect(
            windows
              .flat()
              .map(({ index }) => index)
              .sort((a, b) => a - b),
          ).toEqual(fits);
          for (const [number, window] of windows.entries()) {
            let next = 0;
            for (const { index, first, count } of window) {
              expect(first).toBeGreaterThanOrEqual(next);
              expect(count).toBe(Math.ceil((lengths[index] ?? 0) / shape.sliceTokens));
              next = first + count;
            }
            expect(next).toBeLessThanOrEqual(shape.slices);
            if (policy === 'single' || shape.lookahead === 1) expect(window.length).toBe(1);
            // The oldest that waits is always in the window.
            const waiting = windows
              .slice(number)
              .flat()
              .map(({ index }) => index);
            expect(window[0]?.index).toBe(Math.min(...waiting));
          }
          for (const index of fits) {
            const own = windows.findIndex((window) => window.some((placed) => placed.index === index));
            const overtaken = windows.slice(0, own).filter((window) => window.some((placed) => placed.index > index)).length;
            expect(overtaken).toBeLessThanOrEqual(shape.passOver);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
