import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { runCli } from '../../generator/commands/program.js';
import { makeParams } from '../../generator/params/params.js';
import { presetParams } from '../../generator/params/presets.js';
import { synthesizeInto } from '../../generator/synth/keep.js';
import type { SynthReport } from '../../generator/synth/cell-counts.js';
import { defaultLiberty, synthesize, type SynthRequest } from '../../generator/synth/synthesize.js';
import { instancesOf, parseStat } from '../../generator/synth/stat.js';
import { testNeeding } from '../support/tools.js';

const root = mkdtempSync(join(tmpdir(), 'trexgen-synth-test-'));
afterAll(() => rmSync(root, { recursive: true }));
let folders = 0;
const tiny = presetParams('tiny');
const run = (request: Omit<SynthRequest, 'params' | 'folder'>): Promise<SynthReport> =>
  synthesize({ params: tiny, folder: join(root, String(folders++)), ...request });

type Reference = Readonly<Record<string, Readonly<Record<string, Partial<SynthReport>>>>>;
const reference = JSON.parse(readFileSync(new URL('../../bench/synth/reference.json', import.meta.url), 'utf8')) as Reference;

describe('synthesis for FPGAs', () => {
  const multipliers = tiny.array.columns * tiny.array.slices * tiny.array.lanesPerSlice;

  test.each(['ecp5', 'xilinx', 'intel'] as const)(
    'every multiplier of the array is a DSP block of %s, and counts are those on record',
    async (target) => {
      const { dsp, version, byUnit, lut, ff, ramBlocks, cells } = await run({ target, unit: 'pe_array' });
      expect(dsp).toBe(multipliers);
      // Another version of yosys has other counts; npm run synth:reference puts them on record.
      const known = reference[version]?.[`tiny pe_array ${target}`];
      if (known !== undefined)
        expect({ lut, ff, dsp, ramBlocks, cells, byUnit }).toEqual({
          lut: known.lut,
          ff: known.ff,
          dsp: known.dsp,
          ramBlocks: known.ramBlocks,
          cells: known.cells,
          byUnit: known.byUnit,
        });
    },
    120_000,
  );

  test('two lanes of a paired column are one DSP block of xilinx', async () => {
    const params = makeParams({ array: { columns: 2, slices: 1, lanesPerSlice: 2, passes: 2, pairedColumns: 1 } });
    const { dsp } = await synthesize({ params, target: 'xilinx', unit: 'pe_array', folder: join(root, String(folders++)) });
    expect(dsp).toBe(3);
  }, 120_000);
});

describe('place and route', () => {
  testNeeding(
    ['nextpnr-ice40'],
    'the register file of tiny is placed and routed on an iCE40',
    async () => {
      const { placed, longestPathNs, ramBlocks } = await run({ target: 'ice40', unit: 'trf' });
      expect(placed).toMatchObject({ unit: 'trf', tool: 'nextpnr-ice40' });
      expect(longestPathNs).toBeGreaterThan(1);
      expect(longestPathNs).toBeLessThan(50);
      expect(ramBlocks).toBeGreaterThan(0);
    },
    180_000,
  );
});

describe('synthesis for a library', () => {
  testNeeding(
    ['sta', defaultLiberty],
    'areas are in gates, memories are black boxes, the longest path is timed',
    async () => {
      const { gateEquivalents, longestPathNs, memories, memoryBits, byUnit, paths, memoryGateEquivalents, ffWithEnable } = await run({
        target: 'asic',
        unit: 'rank_banks',
      });
      expect(gateEquivalents).toBeGreaterThan(50);
      expect(Object.values(byUnit).reduce((sum, unit) => sum + (unit.gateEquivalents ?? 0), 0)).toBe(gateEquivalents);
      expect(memories?.reduce((sum, { count }) => sum + count, 0)).toBe(tiny.array.columns);
      expect(memoryBits).toBe(memories!.reduce((sum, { words, bits, count }) => sum + words * bits * count, 0));
      // A flip-flop, a multiplexer for its enable and one for its read: more than four gates of two inputs, less than fifteen.
      expect(memoryGateEquivalents).toBeGreaterThan(4 * memoryBits!);
      expect(memoryGateEquivalents).toBeLessThan(15 * memoryBits!);
      expect(ffWithEnable!.of).toBeGreaterThan(0);
      expect(ffWithEnable!.count).toBeLessThanOrEqual(ffWithEnable!.of);
      expect(longestPathNs).toBe(paths![0]!.ns);
      expect(Math.max(...Object.values(byUnit).map(({ pathNs = 0 }) => pathNs))).toBe(longestPathNs);
      expect(longestPathNs).toBeGreaterThan(0.2);
    },
    120_000,
  );

  testNeeding(
    ['sta', defaultLiberty],
    'what is timed has buffers, and they are in no other count',
    async () => {
      const folder = join(root, 'buffered');
      const { cells, buffers = 0, bufferCell, byUnit } = await synthesize({ params: tiny, target: 'asic', unit: 'rank_banks', folder });
      expect(bufferCell).toBe('BUFX4');
      expect(buffers).toBeGreaterThan(0);
      expect(Object.values(byUnit).reduce((sum, unit) => sum + unit.buffers!, 0)).toBe(buffers);
      const text = (file: string): string => readFileSync(join(folder, file), 'utf8');
      const modules = new Map(instancesOf(parseStat(text('map.stat')), 'trex_rank_banks'));
      // Buffers of the text, each as often as its module stands in the design.
      const placed = [...modules].map(
        ([{ name }, times]) =>
          times *
          (text('buffered.v')
            .split(/^module /m)
            .find((part) => /^\\?(\S+?) ?\(/.exec(part)?.[1] === name)
            ?.match(/^ {2}BUFX4 trexgen_buffer_/gm)?.length ?? 0),
      );
      expect(placed.reduce((sum, count) => sum + count, 0)).toBe(buffers);
      expect(text('mapped.v')).not.toContain('trexgen_buffer_');
      expect(text('timing.tcl')).toContain('read_verilog buffered.v');
      const units = new Set([...modules.keys()].map(({ name }) => name));
      expect(
        [...modules].reduce(
          (sum, [module, times]) =>
            sum + times * Object.entries(module.cells).reduce((own, [type, count]) => own + (units.has(type) ? 0 : count), 0),
          0,
        ),
      ).toBe(cells);
    },
    120_000,
  );
});

describe('--period', () => {
  testNeeding(
    ['sta', defaultLiberty],
    'adders stay fast: an address comes sooner than with area first',
    async () => {
      const slow = await run({ target: 'asic', unit: 'axi_write' });
      const fast = await run({ target: 'asic', unit: 'axi_write', periodNs: 1 });
      expect(fast.longestPathNs).toBeLessThan(0.8 * slow.longestPathNs!);
    },
    240_000,
  );
});

describe('--out', () => {
  test('a folder that a synthesis has written is replaced as a whole, the report in it', async () => {
    const out = join(root, 'kept', 'out');
    mkdirSync(out, { recursive: true });
    writeFileSync(join(out, 'report.json'), JSON.stringify({ tool: 'yosys', configHash: 'of before' }));
    writeFileSync(join(out, 'old.log'), '');
    const report = await synthesizeInto(out, { params: tiny, target: 'ecp5', unit: 'rotator' });
    expect(JSON.parse(readFileSync(join(out, 'report.json'), 'utf8'))).toEqual(report);
    expect(readdirSync(out)).toEqual(expect.arrayContaining(['map.log', 'map.stat', 'map.ys']));
    expect(readdirSync(out)).not.toContain('old.log');
    expect(readdirSync(join(root, 'kept'))).toEqual(['out']);
  }, 120_000);
});

describe('bad input', () => {
  const cli = async (...argv: string[]): Promise<{ code: number; text: string }> => {
    let text = '';
    const write = process.stderr.write;
    process.stderr.write = (chunk: string | Uint8Array): boolean => (text += String(chunk)) !== '';
    try {
      return { code: await runCli(['synth', '--preset', 'tiny', ...argv]), text };
    } finally {
      process.stderr.write = write;
    }
  };

  test('a unit that does not exist is named with those that do', async () => {
    const { code, text } = await cli('--target', 'ecp5', '--unit', 'alu');
    expect(code).toBe(2);
    expect(text).toMatch(/^unit = alu: is not in this design; its units are top, registers, .*trf/);
  });

  test('a family that does not exist', async () => {
    const { code, text } = await cli('--target', 'gowin');
    expect(code).toBe(2);
    expect(text).toContain('ecp5, xilinx, ice40, intel, asic');
  });

  test('a period that is none, or of a family that has none', async () => {
    expect(await cli('--target', 'asic', '--period', '0')).toMatchObject({
      code: 2,
      text: expect.stringContaining('must be a number of nanoseconds from 0.001 to 1000') as string,
    });
    expect(await cli('--target', 'ecp5', '--period', '4')).toMatchObject({
      code: 2,
      text: expect.stringContaining('period = 4 ns: is an aim of asic alone') as string,
    });
  });

  test('a Liberty file that is none, or is not there', async () => {
    const file = join(root, 'bad.lib');
    writeFileSync(file, 'library (x) { cell (y) {');
    expect(await cli('--target', 'asic', '--liberty', file)).toMatchObject({
      code: 2,
      text: expect.stringContaining(`liberty = ${file}: is not a Liberty file`) as string,
    });
    expect(await cli('--target', 'asic', '--liberty', `${file}.none`)).toMatchObject({
      code: 2,
      text: expect.stringContaining('cannot be read') as string,
    });
  });

  test('a folder that cannot be written', async () => {
    writeFileSync(join(root, 'file'), '');
    const { code, text } = await cli('--target', 'ecp5', '--unit', 'trf', '--out', join(root, 'file', 'inside'));
    expect(code).toBe(2);
    expect(text).toMatch(/^out = .*: cannot be written \(E(NOTDIR|EXIST)\); give another path/);
  });

  test('a folder that holds something else stays as it is, and nothing is left beside it', async () => {
    const parent = join(root, 'parent');
    const out = join(parent, 'out');
    mkdirSync(out, { recursive: true });
    writeFileSync(join(out, 'notes.txt'), 'mine');
    expect(await cli('--target', 'ecp5', '--out', out)).toMatchObject({
      code: 2,
      text: expect.stringContaining('holds notes.txt, not written by trexgen synth; give an empty or a new folder') as string,
    });
    expect(await cli('--target', 'ecp5', '--unit', 'alu', '--out', join(parent, 'other'))).toMatchObject({ code: 2 });
    expect(readdirSync(parent)).toEqual(['out']);
    expect(readdirSync(out)).toEqual(['notes.txt']);
  });
});
