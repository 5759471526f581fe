import { expect, test } from 'vitest';
import { allProperties, fifoProperties } from '../../bench/formal/properties.js';
import { prove } from '../../bench/formal/prove.js';
import { presetParams } from '../../generator/params/presets.js';
import { testNeeding } from '../support/tools.js';

test('the mutant of every proof finds its text in the unit', () => {
  const properties = allProperties(presetParams('tiny'));
  expect(properties.length).toBeGreaterThan(30);
  const lost = properties.filter(({ files, mutant }) => !files.some(({ text }) => text.includes(mutant.find)));
  expect(lost.map(({ unit, mutant }) => `${unit}: ${mutant.what}`)).toEqual([]);
});

const [bounds, , , held] = fifoProperties(presetParams('tiny'));

testNeeding(
  ['berkeley-abc'],
  'a fifo that never overflows is proved so for any number of cycles, and its mutant is refuted',
  async () => {
    expect((await prove(bounds!, 'unit', 100)).verdict).toEqual({ kind: 'unbounded' });
    expect((await prove(bounds!, 'mutant', 100)).verdict.kind).toBe('refuted');
  },
  300_000,
);

testNeeding(
  ['berkeley-abc'],
  'a fifo that drops its output is refuted as soon as a word can be dropped',
  async () => {
    expect((await prove(held!, 'mutant', 100)).verdict.kind).toBe('refuted');
  },
  300_000,
);
