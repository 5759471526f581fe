import { expect } from 'vitest';
import { fifoProperties } from '../../bench/formal/properties.js';
import { prove } from '../../bench/formal/prove.js';
import { presetParams } from '../../generator/params/presets.js';
import { testNeeding } from '../support/tools.js';

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
