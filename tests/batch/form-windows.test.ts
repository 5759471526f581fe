import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formWindows, walk, type BatchShape } from '../../generator/batch/form-windows.js';
import { policies, type Policy } from '../../generator/contract/codes.js';

const paper: BatchShape = { slices: 4, sliceTokens: 32, lookahead: 16, passOver: 8, segments: 32 };

/** Windows as text: "index@first+count" of each request. */
function shown(lengths: readonly number[], policy: Policy, shape: Partial<BatchShape> = {}): string[] {
  return formWindows(lengths, { ...paper, ...shape }, policy).map((window) =>
    window.map(({ index, first, count }) => `${index}@${first}+${count}`).join(' '),
  );
}

/** Windows of tokens as text: "index@first.position" of each request. */
function tokens(lengths: readonly number[], shape: Partial<BatchShape> = {}): string[] {
  return formWindows(lengths, { ...paper, ...shape }, 'tokens').map((window) =>
    window.map(({ index, first, position }) => `${index}@${first}.${position}`).join(' '),
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

  it('fills slices with tokens: a short request lies behind others, a long one begins a slice and leaves the rest of its last one', () => {
    expect(tokens([8, 24, 20, 10])).toEqual(['0@0.0 1@1.0 2@2.0 3@3.0']);
    // The emptiest slice, ties to the lowest.
    expect(tokens([32, 8, 24, 20, 10, 3, 5])).toEqual(['0@0.0 1@1.0 2@2.0 3@3.0 4@1.8 5@1.18 6@3.20']);
    // The lowest slice that fits, while a request of two slices waits.
    expect(tokens([8, 24, 20, 40, 10])).toEqual(['0@0.0 1@0.8 2@1.0 3@2.0 4@3.8']);
    expect(tokens([70, 26, 26, 6])).toEqual(['0@0.0 1@3.0 2@2.6 3@3.26']);
  });

  it('leaves a long request whose slices are not empty, and lets short ones by as often as the bound says', () => {
    expect(tokens([40, 70, 20, 33])).toEqual(['0@0.0 2@1.8 3@2.0', '1@0.0']);
    // 97 tokens need four empty slices.
    expect(tokens([40, 97, 24, 32, 32, 1])).toEqual(['0@0.0 2@1.8 3@2.0 4@3.0', '1@0.0 5@3.1']);
    const lengths = [64, 97, 97, ...Array.from({ length: 6 }, () => 32)];
    expect(tokens(lengths, { passOver: 1, lookahead: 4 })).toEqual(['0@0.0 3@2.0', '1@0.0', '2@0.0', '4@0.0 5@1.0 6@2.0 7@3.0', '8@0.0']);
  });

  it('holds no more requests than segments, long or short', () => {
    expect(tokens([1, 1, 1, 1, 1, 1], { segments: 4 })).toEqual(['0@0.0 1@1.0 2@2.0 3@3.0', '4@0.0 5@1.0']);
    expect(tokens([33, 1, 1, 1, 33, 1], { segments: 4 })).toEqual(['0@0.0 1@1.1 2@1.2 3@1.3', '4@0.0 5@2.0']);
  });

  it('leaves nobody who would fit, under tokens, while segments remain and nobody was passed over too often', () => {
    fc.assert(
      fc.property(
        fc.record({ slices: fc.constantFrom(1, 2, 4), sliceTokens: fc.integer({ min: 1, max: 9 }), segments: fc.constantFrom(4, 8) }),
        fc.array(fc.tuple(fc.boolean(), fc.nat()), { minLength: 1, maxLength: 16 }),
        ({ slices, sliceTokens, segments }, requests) => {
          const shape: BatchShape = { slices, sliceTokens, segments, lookahead: 16, passOver: 1 };
          const queue = requests.map(([long, size], index) => ({
            index,
            length: 1 + (size % (long ? slices * sliceTokens : sliceTokens)),
            passedOver: 0,
          }));
          const { window, rest } = walk(queue, shape, 'tokens');
          expect([...window, ...rest].map(({ index }) => index).sort((a, b) => a - b)).toEqual(queue.map(({ index }) => index));
          const places = new Set(
            window.flatMap(({ first, position, length }) => Array.from({ length }, (_, i) => first * sliceTokens + position + i)),
          );
          const free = (from: number, length: number): boolean =>
            from + length <= slices * sliceTokens && Array.from({ length }, (_, i) => from + i).every((place) => !places.has(place));
          for (const { length } of window.length < segments ? rest : []) {
            for (let slice = 0; slice < slices; slice++) {
              const from = slice * sliceTokens;
              // A short one fits at the end of a slice if anywhere in it; a long one needs whole slices.
              if (length <= sliceTokens) expect(free(from + sliceTokens - length, length)).toBe(false);
              else expect(free(from, Math.ceil(length / sliceTokens) * sliceTokens)).toBe(false);
            }
          }
        },
      ),
      { numRuns: 300 },
    );
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
          segments: fc.constantFrom(4, 8),
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
            const { slices, sliceTokens, segments } = shape;
            const places = Array<number>(slices * sliceTokens).fill(0);
            for (const { index, first, position, length, count } of window) {
              expect([length, count]).toEqual([lengths[index], Math.ceil(length / sliceTokens)]);
              expect(position + length <= sliceTokens || position === 0).toBe(true);
              if (policy !== 'tokens') expect(position).toBe(0);
              const from = first * sliceTokens + position;
              expect(from + length).toBeLessThanOrEqual(places.length);
              for (let place = from; place < from + length; place++) places[place]!++;
            }
            expect(Math.max(...places)).toBe(1);
            for (let slice = 0; slice < slices; slice++) {
              const held = places.slice(slice * sliceTokens, (slice + 1) * sliceTokens);
              expect(held.lastIndexOf(1)).toBe(held.filter((one) => one === 1).length - 1);
            }
            expect(window.length).toBeLessThanOrEqual(segments);
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
