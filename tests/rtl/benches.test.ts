import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeParams } from '../../generator/params/params.js';
import { coreUnits } from '../../generator/rtl/core-units.js';
import { designUnits } from '../../generator/rtl/design.js';
import { packageRoot } from '../../generator/util/package.js';

const root = packageRoot();
const params = makeParams({});

interface Reason {
  /** The bench that has the unit in it: a file of tests/rtl, or `chip` for testbench/chip_tb.v. */
  readonly under: 'core' | 'batcher' | 'ram_1r1w' | 'chip';
  readonly why: string;
}

/** Units that no bench has by themselves, each with the bench that has it inside and why that is enough. */
const withoutBench: Readonly<Record<string, Reason>> = {
  activations: { under: 'core', why: 'memories and their selection by the sequencer, whose instructions the core bench draws at random' },
  descriptor_reader: {
    under: 'batcher',
    why: 'reads and checks for the batcher, whose bench plays the memory, damaged descriptors among it',
  },
  key_value: { under: 'core', why: 'register files that have benches, steered by attention instructions of the core bench' },
  ram_macro: { under: 'ram_1r1w', why: 'the memory that ram_1r1w instantiates; its bench runs it in shapes of kind macro' },
  results: { under: 'core', why: 'drain and epilogue, which have benches, and delays between array and memories that only the core has' },
  scores: { under: 'core', why: 'softmax and key masks, which have benches, around one memory' },
  top: { under: 'chip', why: 'wires of the whole design; whole chips run in tests/sim' },
};

const units = readdirSync(join(root, 'templates'))
  .flatMap((file) => /^(.*)\.v\.hbs$/.exec(file)?.[1] ?? [])
  .sort();
const hasBench = (unit: string): boolean =>
  existsSync(join(root, 'testbench', `${unit}_tb.v`)) && existsSync(join(root, 'tests', 'rtl', `${unit}.test.ts`));

/** Whether the bench that a reason names holds the unit. */
function isUnder(unit: string, under: Reason['under']): boolean {
  const names = (list: readonly { readonly name: string }[]): string[] => list.map(({ name }) => name);
  switch (under) {
    case 'core':
      return names(coreUnits(params)).includes(unit);
    case 'chip':
      return names(designUnits(params)).includes(unit) && existsSync(join(root, 'testbench', 'chip_tb.v'));
    case 'batcher':
    case 'ram_1r1w':
      return readFileSync(join(root, 'tests', 'rtl', `${under}.test.ts`), 'utf8').includes(
        unit.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
      );
  }
}

describe('every unit of the hardware', () => {
  it('has a bench of its own, or stands here with the reason why not', () => {
    expect(units.filter((unit) => !hasBench(unit))).toEqual(Object.keys(withoutBench));
  });

  it('is a unit that templates and generator know by one name', () => {
    const wide = makeParams({ memory: { kind: 'macro' }, batcher: { windowBuffers: 2 } });
    const one = makeParams({ registerFile: { directions: 1 } });
    const known = [params, wide, one].flatMap((some) => designUnits(some).map(({ name }) => name));
    expect([...new Set(known)].sort()).toEqual(units);
  });

  it.each(Object.entries(withoutBench))('%s is in the bench that its reason names', (unit, { under, why }) => {
    expect(isUnder(unit, under)).toBe(true);
    expect(under === 'chip' || under === unit || hasBench(under)).toBe(true);
    expect(why.length).toBeGreaterThan(20);
  });
});
