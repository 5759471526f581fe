import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, describe, expect, it } from 'vitest';
import { makeParams } from '../../generator/params/params.js';
import { presets } from '../../generator/params/presets.js';
import { designSources } from '../../generator/rtl/design.js';
import { templatesFolder } from '../../generator/rtl/render.js';
import { tally } from '../../generator/rtl/tally.js';
import { runSimulation } from '../../generator/sim/build.js';
import { buildBench, render } from '../support/unit-bench.js';

/** Who gives a parameter its value, by the heading above it (docs/architecture.md, "Parameters of a unit"). */
type Giver = 'instance' | 'configuration' | 'either' | 'derived';
const headings: Readonly<Record<string, Giver>> = {
  '// Made with the configuration; do not override.': 'configuration',
  '// Made with the configuration; an instance may choose another.': 'either',
  '// The same in every configuration; do not override.': 'configuration',
  '// Derived; do not override.': 'derived',
};

interface Parameter {
  readonly name: string;
  readonly value: string;
  readonly comment: boolean;
  readonly text: string;
  readonly giver: Giver;
}

function parametersOf(text: string): Parameter[] {
  const list = /^module \w+ #\(\n([\s\S]*?)\n\) \(/m.exec(text)?.[1] ?? '';
  let giver: Giver = 'instance';
  return list.split('\n').flatMap((line) => {
    giver = headings[line.trim()] ?? giver;
    const found = /^ {2}parameter (\w+) *= (.*?),?(?: +\/\/ (.{3,}))?$/.exec(line);
    return found === null ? [] : [{ name: found[1]!, value: found[2]!, comment: line.includes(' // '), text: found[3] ?? '', giver }];
  });
}

/** What is wrong with the parameters of the units and with those that their instances pass. */
function faults(sources: readonly { readonly text: string }[]): string[] {
  const units = new Map(sources.map(({ text }) => [/^module (\w+)/m.exec(text)![1]!, parametersOf(text)]));
  const declared = [...units].flatMap(([unit, parameters]) =>
    parameters.flatMap(({ name, value, comment, giver }) => [
      ...(giver !== 'derived' && !comment ? [`${unit} ${name}: has no comment`] : []),
      ...(giver === 'derived' && /^\d+$/.test(value) ? [`${unit} ${name}: is a number, and stands among the derived ones`] : []),
      ...(giver !== 'derived' && !/^\d+$/.test(value) ? [`${unit} ${name}: is derived, and not marked so`] : []),
    ]),
  );
  const passed = sources.flatMap(({ text }) =>
    [...text.matchAll(/^ *(\w+) (?:#\(([\s\S]*?)\) )?(u_\w+) \($/gm)].flatMap(([, unit, list = '', instance]) => {
      const names = [...list.matchAll(/\.([A-Z]\w*)\(/g)].map(([, name]) => name!);
      return (units.get(unit!) ?? []).flatMap(({ name, giver }) => [
        ...(giver === 'instance' && !names.includes(name) ? [`${instance}: does not pass ${name}`] : []),
        ...((giver === 'configuration' || giver === 'derived') && names.includes(name) ? [`${instance}: overrides ${name}`] : []),
      ]);
    }),
  );
  return [...declared, ...passed];
}

const tiny = makeParams(presets.tiny);
const oneDirection = makeParams({ ...presets.tiny, registerFile: { directions: 1 } });
const configurations = [
  { name: 'tiny', params: tiny },
  { name: 'one direction', params: oneDirection },
  { name: 'macros, two window buffers', params: makeParams({ memory: { kind: 'macro' }, batcher: { windowBuffers: 2 } }) },
];

describe('parameters of every unit', () => {
  it.each(configurations)('have a comment or are marked as derived; an instance passes those that are its own: $name', ({ params }) => {
    expect(faults(designSources(params))).toEqual([]);
  });

  it('have their comments in the units that a flow puts in the place of another', () => {
    const texts = readdirSync(join(templatesFolder(), 'flows'))
      .filter((name) => name.endsWith('.v.hbs'))
      .map((name) => ({ text: readFileSync(join(templatesFolder(), 'flows', name), 'utf8').replace(/\{\{\w+\}\}/g, '1') }));
    expect(texts.flatMap(({ text }) => parametersOf(text)).map(({ name }) => name)).toContain('LANE_BITS');
    expect(faults(texts.filter(({ text }) => text.includes('  parameter ')))).toEqual([]);
  });

  it('are found wanting when one is bare, unmarked, forgotten or overridden', () => {
    const unit =
      'module a #(\n  parameter X = 1,\n  parameter Y = X + 1,  // one more\n  // Derived; do not override.\n  parameter Z = 2\n) (\n);\nendmodule';
    const user = 'module b (\n);\n  a #(.Y(3), .Z(4)) u_a (\n  );\nendmodule';
    expect(faults([{ text: unit }, { text: user }])).toEqual([
      'a X: has no comment',
      'a Y: is derived, and not marked so',
      'a Z: is a number, and stands among the derived ones',
      'u_a: does not pass X',
      'u_a: overrides Z',
    ]);
  });
});

/** Unit, parameter, a value that it cannot have; others, such as a width below 1, no tool elaborates. */
const wrong: readonly (readonly [string, string, number])[] = [
  ['top', 'ADDR_BITS', 48],
  ['top', 'BUS_BYTES', 32],
  ['registers', 'ADDR_BITS', 48],
  ['window_former', 'LOOKAHEAD', 3],
  ['window_former', 'PASS_OVER', 256],
  ['key_mask', 'SLICES', 3],
  ['key_mask', 'SLICE_LANES', 3],
  ['tally', 'SUM_BITS', 33],
  ['descriptor_reader', 'BUS_BYTES', 32],
  ['axi_read', 'BUS_BYTES', 12],
  ['axi_read', 'BURST_BEATS', 257],
  ['axi_read', 'CLIENTS', 5],
  ['axi_write', 'BUS_BYTES', 12],
  ['axi_write', 'BURST_BEATS', 0],
  ['axi_write', 'CLIENTS', 3],
  ['stream_reader', 'BUS_BYTES', 32],
  ['section_decoder', 'COLUMNS', 6],
  ['section_decoder', 'BUS_BYTES', 12],
  ['cold_loader', 'BUS_BYTES', 32],
  ['cold_loader', 'ACT_BITS', 9],
  ['core', 'COLUMNS', 3],
  ['core', 'LANES', 5],
  ['core', 'RANK', 9],
  ['core', 'ACT_BITS', 3],
  ['activations', 'ACT_BITS', 3],
  ['rank_banks', 'COLUMNS', 3],
  ['rank_banks', 'ACT_BITS', 9],
  ['code_store', 'COLUMNS', 3],
  ['code_store', 'CODE_WORDS', 1],
  ['code_store', 'MATRICES', 0],
  ['pe_array', 'COLUMNS', 3],
  ['pe_array', 'LANES', 5],
  ['pe_array', 'PASSES', 0],
  ['pe_array', 'ACC_BITS', 33],
  ['results', 'COLUMNS', 3],
  ['results', 'ACT_BITS', 3],
  ['drain', 'COLUMNS', 3],
  ['drain', 'PASSES', 0],
  ['epilogue', 'ACC_BITS', 33],
  ['epilogue', 'ACT_BITS', 3],
  ['epilogue', 'MULTIPLIER_STAGES', 3],
  ['epilogue', 'EXTRA_STAGES', 2],
  ['rows', 'BUS_BYTES', 12],
  ['sequencer', 'COLUMNS', 3],
  ['sequencer', 'INSTRUCTIONS', 1],
  ['sequencer', 'CODE_WORDS', 1],
  ['fifo', 'DEPTH', 0],
  ['softmax', 'MAX_KEYS', 4096],
  ['norm', 'ACT_BITS', 9],
  ['norm', 'MAX_WIDTH', 2049],
  ['norm', 'BIAS_SHIFT_MAX', 32],
  ['norm', 'MULTIPLIER_STAGES', 3],
  ['norm', 'EXTRA_STAGES', 2],
  ['trf', 'BANKS', 3],
  ['trf', 'WRITE', 3],
  ['column_file', 'BANKS', 12],
  ['column_file', 'WRITE', 3],
  ['column_file', 'READ', 3],
  ['rotator', 'COUNT', 3],
  ['multiplier', 'A_BITS', 3],
  ['multiplier', 'B_BITS', 1],
  ['multiplier', 'OUT_BITS', 40],
  ['multiplier', 'STAGES', 3],
  ['fit_shift', 'OUT_BITS', 1],
  ['fit_shift', 'STAGES', 2],
  ['pe_array', 'PAIRED_COLUMNS', 9],
  ['ram_1r1w', 'DEPTH', 0],
  ['ram_1r1w', 'WORD_BITS', 7],
  ['ram_1r1w', 'READ_CYCLES', 2],
  ['ram_1r1w', 'READ_OLD', 2],
  ['activations', 'LANES', 5],
  ['batcher', 'PASSES', 0],
  ['batcher', 'BUS_BYTES', 12],
  ['cold_loader', 'COLUMNS', 3],
  ['cold_loader', 'MATRICES', 0],
  ['core', 'ACC_BITS', 33],
  ['core', 'CODE_WORDS', 1],
  ['core', 'MATRICES', 0],
  ['core', 'INSTRUCTIONS', 1],
  ['counters', 'COLUMNS', 3],
  ['counters', 'BUS_BYTES', 12],
  ['key_mask', 'PASSES', 0],
  ['key_value', 'COLUMNS', 3],
  ['key_value', 'ACT_BITS', 9],
  ['meter', 'COLUMNS', 3],
  ['meter', 'LANES', 5],
  ['meter', 'PASSES', 0],
  ['rank_banks', 'PASSES', 0],
  ['results', 'PASSES', 0],
  ['results', 'ACC_BITS', 33],
  ['rows', 'PASSES', 0],
  ['scores', 'COLUMNS', 3],
  ['sequencer', 'PASSES', 0],
  ['turned_stage', 'BUS_BYTES', 12],
  ['value_walk', 'COLUMNS', 3],
  ['value_walk', 'BANKS', 3],
  ['load_ahead', 'SEGMENTS', 0],
  ['window_control', 'SEGMENTS', 0],
  ['recovery', 'DRAIN_CYCLES', 0],
  ['ram_macro', 'DEPTH', 0],
  ['ram_macro', 'WORD_BITS', 7],
  ['ram_macro', 'READ_CYCLES', 2],
];

/** A value that the comment of a parameter excludes; undefined when it names no range. */
function excludedBy(comment: string): number | undefined {
  const least = / >= (\d+)$/.exec(comment)?.[1];
  if (comment.includes('power of two')) return least === '4' ? 12 : 3;
  if (least !== undefined) return Number(least) - 1;
  const most = /\d+ \.\. (\d+)$/.exec(comment)?.[1];
  return most === undefined ? undefined : Number(most) + 1;
}

describe('a configuration that cannot be', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trexgen-parameters-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const libraries = configurations.map(({ name, params }) => {
    const library = join(folder, name);
    mkdirSync(library);
    for (const file of designSources(params)) writeFileSync(join(library, file.name), file.text);
    return library;
  });
  const later = join(folder, 'later.v');
  writeFileSync(later, 'module later;\n  initial #1 $display("time 1");\nendmodule\n');

  /** What a unit says by itself; beside it stands a module that speaks when time goes on. */
  async function simulate(unit: string, ...override: readonly string[]): Promise<string> {
    const top = `trex_${unit}`;
    const library = libraries.find((one) => existsSync(join(one, `${top}.v`)))!;
    const program = join(folder, 'unit.vvp');
    const options = ['-g2005', '-s', top, '-s', 'later', '-y', library, ...override.map((one) => `-P${top}.${one}`)];
    const build = await execa('iverilog', [...options, '-o', program, later, join(library, `${top}.v`)], { reject: false });
    return build.exitCode === 0 ? (await execa('vvp', ['-n', program])).stdout : build.stderr;
  }

  it.each(wrong)('stops the simulation at time 0 and says where: %s, %s = %i', async (unit, parameter, value) => {
    const output = await simulate(unit, `${parameter}=${value}`);
    expect(output).toMatch(new RegExp(`^trex_${unit}: ${parameter} = ${value}: (must|this unit)`, 'm'));
    expect(output).not.toContain('time 1');
  });

  it('is looked for in each check that the units have, and no other', () => {
    const checks = configurations.flatMap(({ params }) =>
      designSources(params).flatMap(({ name, text }) =>
        [...text.matchAll(/\$display\("%m: (\w+) = %0d: [^"]+", \1\); \$finish;/g)].map(([, one]) => `${name.slice(5, -2)} ${one}`),
      ),
    );
    expect([...new Set(checks)].sort()).toEqual(wrong.map(([unit, parameter]) => `${unit} ${parameter}`).sort());
  });

  /** Parameters whose comment says what they may be, each with a value that it excludes. */
  const excluded = new Map(
    configurations
      .flatMap(({ params }) => designSources(params))
      .flatMap(({ name, text }) =>
        parametersOf(text).flatMap(({ name: parameter, giver, text: comment }) => {
          const value = giver === 'derived' ? undefined : excludedBy(comment);
          return value === undefined ? [] : [[`${name.slice(5, -2)} ${parameter}`, value] as const];
        }),
      ),
  );
  const checked = new Set(wrong.map(([unit, parameter]) => `${unit} ${parameter}`));

  it('is not elaborated where no check looks for it: what a comment excludes never begins', async () => {
    const others = [...excluded].filter(([which]) => !checked.has(which));
    expect(others.length).toBeGreaterThan(5);
    for (const [which, value] of others) {
      const [unit = '', parameter = ''] = which.split(' ');
      expect(await simulate(unit, `${parameter}=${value}`), `${which} = ${value}`).not.toContain('time 1');
    }
  });

  it('is silent when it can be', async () => {
    expect(await simulate('top')).toBe('time 1');
  });

  it('stops Verilator, too', async () => {
    const bench = { unit: 'tally', files: render(tiny, tally), macros: { ADD_BITS: 4, SUM_BITS: 33, SCALE: 1, SIGNED: 0 }, vectors: ['0'] };
    const executable = await buildBench('verilator', bench);
    await expect(runSimulation(executable, { plusargs: { max_cycles: 10 } })).rejects.toThrow(
      'tally_tb.dut: SUM_BITS = 33: must be ADD_BITS .. 32',
    );
  });
});
