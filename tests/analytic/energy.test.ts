import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { windowActivity } from '../../generator/analytic/energy/activity.js';
import { estimateEnergy } from '../../generator/analytic/energy/estimate.js';
import { energyTable, readEnergyTable } from '../../generator/analytic/energy/table.js';
import { norm as normUnit } from '../../generator/rtl/norm.js';
import { renderUnit } from '../../generator/rtl/render.js';
import { runGolden } from '../../generator/golden/run-program.js';
import { derive } from '../../generator/params/derived.js';
import { makeParams } from '../../generator/params/params.js';
import { noTraffic } from '../../generator/contract/traffic-classes.js';
import { buildWorkload, codings, workloadRequests } from '../../generator/subject/workload/build.js';
import { scaledDown, workloads } from '../../generator/subject/workload/shapes.js';

const params = makeParams({ array: { columns: 4, slices: 2, lanesPerSlice: 2, passes: 3 } });
const shape = scaledDown(workloads.bertBase, 16, 1);
const parts = [
  { length: 5, first: 0, position: 0, count: 1 },
  { length: 2, first: 1, position: 0, count: 1 },
];
const build = (coding: (typeof codings)[number]) => buildWorkload(shape, { coding, banks: 4, seed: 1 });

describe('activity', () => {
  it.each(codings)('counts the multiplies that the golden model counts: %s', (coding) => {
    const model = build(coding);
    const { counts } = runGolden(
      model,
      workloadRequests(
        model,
        parts.map(({ length }) => length),
        2,
      ),
    );
    expect(windowActivity(model.operations, params, parts).multiplies).toBe(counts.dense + counts.sparse + counts.attention);
  });

  it('reads one word of X a dense step and a word of every bank of P a sparse step', () => {
    const { lanes } = derive(params);
    const operations = build('factorized')
      .operations.filter(({ op }) => op === 'EXPAND')
      .slice(0, 1);
    const [expand] = operations;
    const { memoryBits } = windowActivity(operations, params, parts);
    // 48 outputs in 12 tiles of k = 3 steps, 3 passes each.
    expect(expand).toMatchObject({ k: 3, outer: 48 });
    expect(memoryBits.p).toBe(12 * 3 * 3 * 4 * 8 * lanes);
    expect(memoryBits.q).toBe(48 * 3 * 8 * lanes);
    expect(memoryBits.x).toBe(0);
  });

  it('reads and writes the sums of LayerNorm in the width that the Verilog gives them', () => {
    const operations = build('factorized')
      .operations.filter(({ op }) => op === 'NORM')
      .slice(0, 1);
    const [norm] = operations;
    const text = renderUnit('trex', normUnit(params)).text;
    const residual = Number(/parameter RESIDUAL_BITS = (\d+)/.exec(text)?.[1]);
    const widths = ['SUM1', 'SUM2'].map((sum) => {
      const [, times = '1', less = '0'] = new RegExp(
        `parameter ${sum}_BITS +?= (?:(\\d+)\\*)?RESIDUAL_BITS(?:-(\\d+))? \\+ LOG_WIDTH,`,
      ).exec(text) ?? ['', 'NaN'];
      return Number(times) * residual - Number(less);
    });
    const bits = widths.reduce((sum, width) => sum + width + Math.ceil(Math.log2(params.envelope.width)), 0);
    if (norm?.op !== 'NORM') throw new Error('the workload has a LayerNorm');
    expect(windowActivity(operations, params, parts).memoryBits['norm sums']).toBe(2 * norm.inner * 3 * derive(params).lanes * bits);
  });
});

describe('the estimate', () => {
  const none = {
    multiplies: 0,
    results: 0,
    normalised: 0,
    memoryBits: {
      x: 0,
      h: 0,
      q: 0,
      r: 0,
      p: 0,
      k: 0,
      v: 0,
      scores: 0,
      codes: 0,
      accumulators: 0,
      'activation table': 0,
      'norm sums': 0,
      stream: 0,
    },
  };

  it('of an 8-bit multiply and the addition to its accumulator is what the table says', () => {
    const { array, vector, memories } = estimateEnergy({ ...none, multiplies: 1000 }, noTraffic(), params, energyTable);
    expect(array).toBeCloseTo(1000 * (0.0031 * 64 + 0.0034 * derive(params).accBits), 6);
    expect([vector, memories]).toEqual([0, 0]);
  });

  it('of external memory is bits times picojoules, for every kind of memory', () => {
    const { external } = estimateEnergy(none, { ...noTraffic(), dense: 1000 }, params, energyTable);
    expect(external).toEqual({ 'LPDDR4 [Ha]': 8000 * 14, 'DDR3/4 [H]': 8000 * 20.3 });
  });

  it('of the chip is divided by the scale of the technology, that of the memory outside is not', () => {
    const activity = windowActivity(build('factorized').operations, params, parts);
    const [one, half] = [1, 2].map((chipScale) =>
      estimateEnergy(activity, { ...noTraffic(), dense: 8 }, params, { ...energyTable, chipScale }),
    );
    expect(half!.array + half!.vector + half!.memories).toBeCloseTo((one!.array + one!.vector + one!.memories) / 2, 3);
    expect(half!.external).toEqual(one!.external);
  });
});

describe("a table of one's own", () => {
  const withFile = (text: string, check: (path: string) => void): void => {
    const folder = mkdtempSync(join(tmpdir(), 'trexgen-test-'));
    writeFileSync(join(folder, 'energy.json'), text);
    check(join(folder, 'energy.json'));
    rmSync(folder, { recursive: true });
  };

  it('is read from JSON', () => {
    const own = { ...energyTable, chipScale: 2.6 };
    withFile(JSON.stringify(own), (path) => expect(readEnergyTable(path)).toEqual(own));
  });

  it('names the fields that are wrong', () => {
    withFile(JSON.stringify({ ...energyTable, chipScale: -1 }), (path) =>
      expect(() => readEnergyTable(path)).toThrow(/^energy = .*: chipScale = -1: must be a number above 0$/),
    );
    withFile('{', (path) => expect(() => readEnergyTable(path)).toThrow(/^energy = .*energy\.json: is not valid JSON \(.*\); fix it$/));
    expect(() => readEnergyTable('/nowhere.json')).toThrow('energy = /nowhere.json: cannot be read');
  });
});
