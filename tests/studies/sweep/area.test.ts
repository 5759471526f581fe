import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { areaPoints, configurations } from '../../../bench/synth/configurations.js';
import { makeParams } from '../../../generator/params/params.js';
import { areaParts, logicGates } from '../../../generator/studies/sweep/area.js';

type Reference = Record<string, Record<string, { readonly gateEquivalents?: number } | undefined>>;
const [latest] = Object.values(
  JSON.parse(readFileSync(new URL('../../../bench/synth/reference.json', import.meta.url), 'utf8')) as Reference,
);

describe('the estimated area', () => {
  // A change of the hardware that moves it further needs a new fit: npm run synth:reference -- 'tiny top asic' and so on, then area.ts.
  it.each(areaPoints)('of %s is within 3 percent of what yosys makes of it', (name) => {
    const measured = latest?.[`${name} top asic`]?.gateEquivalents ?? NaN;
    expect(Math.abs(logicGates(makeParams(configurations[name])) / measured - 1)).toBeLessThan(0.03);
  });

  it.each([
    ['vector.lanes', { vector: { lanes: 1 } }, 'datapaths of norm', -1],
    ['array.passes', { array: { passes: 32 } }, 'keys of other inputs', 1],
    ['port.busBytes', { port: { busBytes: 32 } }, 'port: rows and streams', 1],
    ['array.columns', { array: { columns: 16 } }, 'array: multipliers with their adders', 1],
  ] as const)('follows %s in its part', (_, input, part, sign) => {
    const change = areaParts(makeParams(input))[part]! - areaParts(makeParams({}))[part]!;
    expect(Math.sign(change)).toBe(sign);
  });
});
