import { describe, expect, test } from 'vitest';
import { parseLiberty } from '../../generator/synth/liberty.js';
import { truthTable } from '../../generator/synth/liberty-function.js';
import { countUnits, tableOf, total, type SynthReport } from '../../generator/synth/cell-counts.js';
import {
  buffersByUnit,
  cellsByUnit,
  flipFlopsWithEnable,
  instancesOf,
  parseMemories,
  parseStat,
  plainName,
} from '../../generator/synth/stat.js';
import { fpgaTargets } from '../../generator/synth/targets.js';
import { instancesIn, longestByUnit, parseNextpnr, parseSta } from '../../generator/synth/timing.js';
import { cpuSeconds } from '../support/cpu.js';

const stat = `
4. Printing statistics.

=== $paramod$1f\\trex_fifo ===

   Number of wires:                 12
   Number of cells:                  3
     $paramod\\trex_ram\\W=8      2
     LUT4                            5

   Chip area for module '$paramod$1f\\trex_fifo': 10.500000

=== $paramod\\trex_ram\\W=8 ===

   Number of cells:                  2
     DP16KD                          1
     TRELLIS_FF                      7

=== trex_top ===

   Number of cells:                  4
     $paramod$1f\\trex_fifo          3
     $paramod\\trex_ram\\W=8      1
     CCU2C                           2

   Chip area for module '\\trex_top': 1.000000

=== design hierarchy ===

   trex_top                          1
     $paramod$1f\\trex_fifo          3

   Number of cells:                 99
     LUT4                           99
`;

describe('statistics of yosys', () => {
  test('modules are counted as often as they stand in the design', () => {
    const units = cellsByUnit(parseStat(stat), 'trex_top');
    expect(units).toEqual([
      {
        unit: 'trex_top',
        instances: 1,
        cells: { CCU2C: 2 },
        area: 1,
        within: { cells: { CCU2C: 2, LUT4: 15, DP16KD: 7, TRELLIS_FF: 49 }, area: 32.5 },
      },
      {
        unit: 'trex_fifo',
        instances: 3,
        cells: { LUT4: 15 },
        area: 31.5,
        within: { cells: { LUT4: 15, DP16KD: 6, TRELLIS_FF: 42 }, area: 31.5 },
      },
      {
        unit: 'trex_ram',
        instances: 7,
        cells: { DP16KD: 7, TRELLIS_FF: 49 },
        area: 0,
        within: { cells: { DP16KD: 7, TRELLIS_FF: 49 }, area: 0 },
      },
    ]);
    const counts = countUnits(units, 'trex', fpgaTargets.ecp5.weight);
    expect(counts.map(({ unit, lut, ff, ramBlocks, within }) => [unit, lut, ff, ramBlocks, within])).toEqual([
      ['top', 4, 0, 0, 19],
      ['fifo', 15, 0, 0, 15],
      ['ram', 0, 49, 7, 0],
    ]);
    expect(total(counts, 'cells')).toBe(2 + 15 + 56);
  });

  test('a module of a generated name counts under its own', () => {
    expect(['$paramod$1f\\trex_fifo', '$paramod\\trex_ram\\W=8', 'trex_top'].map(plainName)).toEqual(['trex_fifo', 'trex_ram', 'trex_top']);
  });

  test('a top that is not there is said', () => {
    expect(() => cellsByUnit(parseStat(stat), 'trex_core')).toThrow('yosys: no module trex_core');
  });

  test('statistics without a number of cells are said, as counts of newer releases stand before the word', () => {
    const counted = [
      '=== top ===',
      '',
      '        +----------Local Count, excluding submodules.',
      '        |',
      '       98 cells',
      '       98   LUT4',
      '',
    ];
    expect(() => parseStat(counted.join('\n'))).toThrow(
      'yosys: no number of cells of top in its statistics; see whether trexgen doctor finds the right program',
    );
  });

  test('buffers of a module count as often as it stands in the design', () => {
    const added = new Map([
      ['$paramod$1f\\trex_fifo', 2],
      ['$paramod\\trex_ram\\W=8', 1],
    ]);
    expect(buffersByUnit(added, instancesOf(parseStat(stat), 'trex_top'))).toEqual(
      new Map([
        ['trex_top', 0],
        ['trex_fifo', 6],
        ['trex_ram', 7],
      ]),
    );
  });

  test('black boxes are listed with their sizes, the largest first', () => {
    const dump =
      'module $paramod$1f\\trex_fifo\n  cell \\trexgen_memory \\a\n    parameter \\WIDTH 8\n    parameter \\WORDS 64\n    parameter \\WR_BITS 22\n  end\nend\n' +
      'module \\trex_top\n  cell \\trexgen_memory \\b\n    parameter \\WIDTH 128\n    parameter \\WORDS 1024\n    parameter \\WR_BITS 0\n  end\nend\n';
    expect(parseMemories(dump, instancesOf(parseStat(stat), 'trex_top'))).toEqual([
      { words: 1024, bits: 128, count: 1, readOnly: true },
      { words: 64, bits: 8, count: 3 },
    ]);
  });
});

describe('flip-flops with an enable', () => {
  test('are those whose name says so, with a reset or without; latches are none', () => {
    const cells = {
      $_DFF_P_: 5,
      $_DFFE_PP_: 20,
      $_SDFF_PP0_: 3,
      $_SDFFE_PP0P_: 4,
      $_SDFFCE_PN0P_: 6,
      $_DFFSR_PPP_: 1,
      $_DLATCH_P_: 9,
      $_MUX_: 50,
    };
    const text = `=== top ===\n\n   Number of cells: 98\n${Object.entries(cells)
      .map(([cell, count]) => `     ${cell} ${count}`)
      .join('\n')}\n`;
    expect(flipFlopsWithEnable(cellsByUnit(parseStat(text), 'top'))).toEqual({ count: 30, of: 39 });
  });
});

describe('the table of a library', () => {
  const report: SynthReport = {
    target: 'asic',
    family: 'demo',
    top: 'top',
    configHash: '',
    tool: 'yosys',
    version: '',
    cells: 30,
    ff: 2,
    gateEquivalents: 40,
    buffers: 5,
    bufferCell: 'BUFX4',
    longestPathNs: 6.97,
    byUnit: { fifo: { instances: 1, cells: 30, ff: 2, gateEquivalents: 40, within: 40, buffers: 5, pathNs: 6.97 } },
  };

  test('buffers stand beside the longest path', () => {
    expect(tableOf(report)).toEqual([
      ['unit', 'instances', 'cells', 'FF', 'gate equivalents', 'with all inside', 'BUFX4 added for timing', 'longest path to it, ns'],
      ['fifo', '1', '30', '2', '40', '40', '5', '7'],
      ['all', '', '30', '2', '40', '', '5', '7'],
    ]);
  });

  test('a library without a buffer is said', () => {
    expect(tableOf({ ...report, buffers: 0, bufferCell: null })[0]!.at(-2)).toBe('no buffer in the library');
  });
});

describe('timing', () => {
  test('a path of OpenSTA lasts from edge to edge, set-up included', () => {
    const text =
      'Startpoint: u_a/_1_ (rising edge-triggered flip-flop clocked by clk)\nEndpoint: u_b/_2_ (rising edge-triggered flip-flop clocked by clk)\n           2.13   slack (MET)\n\n' +
      'Startpoint: u_c/_1_ (x)\nEndpoint: u_d/_2_ (x)\n          -1.50   slack (VIOLATED)\n';
    expect(parseSta(text, 10)).toEqual([
      { from: 'u_c/_1_', to: 'u_d/_2_', ns: 11.5 },
      { from: 'u_a/_1_', to: 'u_b/_2_', ns: 7.87 },
    ]);
  });

  test('the longest path to a unit counts over all its instances; ports belong to the top', () => {
    const netlist =
      "module \\$paramod$1f\\trex_fifo (clk_i);\n  DFF _1_ (\n    .D(1'b0)\n  );\nendmodule\nmodule trex_core (clk_i, \\a[0] );\n  \\$paramod$1f\\trex_fifo  \\gen_lane[0].u_fifo  (\n  DFF _9_ (\nendmodule\n" +
      'module trex_top(clk_i);\n  trex_core u_core (\n  \\$paramod$1f\\trex_fifo  u_fifo (\nendmodule\n';
    const text =
      'Endpoint  Delay\n-----\nu_core/gen_lane[0].u_fifo/_1_/D (DFF)  9.84    6.68    3.16 (MET)\nu_fifo/gen_mem.q[1].u_q/D (DFF)  9.84  6.00   3.00 (MET)\n' +
      'u_core/_9_/D (DFF)   9.84   10.09   -0.25 (VIOLATED)\nout_o[1] (output)   10.00    0.17    9.83 (MET)\n';
    expect(longestByUnit(text, 10, 'trex_top', instancesIn(netlist))).toEqual(
      new Map([
        ['trex_fifo', 7],
        ['trex_core', 10.25],
        ['trex_top', 0.17],
      ]),
    );
  });

  test('the last frequency of nextpnr is that of the routed design', () => {
    expect(
      parseNextpnr(
        "Info: Max frequency for clock 'clk_i$SB_IO_IN_$glb_clk': 99.00 MHz (PASS)\nInfo: Max frequency for clock 'clk_i$SB_IO_IN_$glb_clk': 80.00 MHz (PASS)\n",
      ),
    ).toBe(12.5);
    expect(() => parseNextpnr('ERROR')).toThrow('no frequency');
  });
});

describe('functions of Liberty', () => {
  const tableOf = (text: string): string | undefined => truthTable(text, ['A', 'B', 'C'])?.map(Number).join('');

  test.each([
    ['(!(A B))', '11101110'],
    ["A'", '10101010'],
    ["(A*B)'", '11101110'],
    ['A & B | C', '00011111'],
    ['A + B C', '01010111'],
    ['A ^ B & C', '01010110'],
    ['!A B', '00100010'],
    ['A ^ 1', '10101010'],
    ["!(A)''", '10101010'],
  ])('%s', (text, table) => {
    expect(tableOf(text)).toBe(table);
  });

  test.each(['A &', '(A', 'A)', 'D', '', 'A ? B'])('%j is none', (text) => {
    expect(tableOf(text)).toBeUndefined();
  });
});

describe('Liberty files', () => {
  const input = (name: string): string => `pin (${name}) { direction : input; }`;
  const inverter = (name: string, area: number): string =>
    `cell (${name}) { area : ${area}; ${input('A')} pin (Y) { direction : output; function : "(!A)"; } }`;
  const good = `library (demo) {
    /* a comment with a } brace */
    cell (NAND2X2) { area : 30; ${input('A')} ${input('B')} pin (Y) { direction : output; function : "(A B)'"; } }
    cell (SMALL_GATE) { area : 24; ${input('A')} ${input('B')} pin ("Y") { direction : output; function : "(!A) | (!B)"; timing () { related_pin : "A"; } } }
    cell (NAND2_BUT_NOR) { area : 20; ${input('A')} ${input('B')} pin (Y) { direction : output; function : "!(A+B)"; } }
    cell (BUF) { area : 9; ${input('A')} pin (Y) { direction : output; function : "A"; } }
    ${inverter('N1', 10)} ${inverter('N2', 12)} ${inverter('N4', 16)}
    cell (DFFSR) { ff (Q1, QN1) { next_state : "D"; clocked_on : "CLK"; clear : "R"; } pin (Q) { function : "Q1"; } }
    cell (DFF) { ff (Q1, QN1) { next_state : "D"; clocked_on : "CLK"; } pin (QN) { function : "QN1"; } pin (Q) { function : "Q1"; } }
    cell (LAT) { latch (Q1, QN1) { enable : "G"; } }
  }`;

  test('gate, flip-flop and driver are found, whatever their names', () => {
    expect(parseLiberty('demo.lib', good)).toMatchObject({
      file: 'demo.lib',
      library: 'demo',
      gateArea: 24,
      driver: 'N2',
      flipFlop: { cell: 'DFF', clock: 'CLK', data: 'D', output: 'Q' },
      sequential: new Set(['DFFSR', 'DFF', 'LAT']),
      buffer: { cell: 'BUF', input: 'A', output: 'Y' },
    });
  });

  test('the buffer is the middle one of those worth their area; none is no error', () => {
    const withBuffers = (...cells: readonly (readonly [name: string, area: number, drive: number, more?: string])[]): string =>
      good.replace(
        /cell \(BUF\).*\n/,
        cells
          .map(
            ([name, area, drive, more = '']) =>
              `cell (${name}) { area : ${area}; ${more} ${input('I')} pin (Z) { direction : output; max_capacitance : ${drive}; function : "I"; } }\n`,
          )
          .join(''),
      );
    const chosen = (source: string): string | undefined => parseLiberty('a.lib', source).buffer?.cell;
    expect(chosen(withBuffers(['B4', 32, 1.95], ['B2', 24, 0.98], ['CLK1', 72, 1.96], ['DELAY', 90, 0.5]))).toBe('B4');
    expect(chosen(withBuffers(['B1', 10, 1], ['B2', 20, 2], ['B3', 30, 3], ['B2_NOT', 15, 1.5, 'dont_use : true;']))).toBe('B2');
    expect(parseLiberty('a.lib', withBuffers(['B1', 10, 1])).buffer).toEqual({ cell: 'B1', input: 'I', output: 'Z' });
    expect(chosen(withBuffers())).toBeUndefined();
  });

  test('inputs and clocks of every cell are known', () => {
    const source = good.replace(
      'cell (LAT) { latch (Q1, QN1) { enable : "G"; } }',
      `cell (LAT) { latch (Q1, QN1) { enable : "!G"; data_in : "D"; } ${input('G')} ${input('D')} pin (Q) { direction : output; function : "Q1"; } }
      cell (NEG) { ff (Q1, QN1) { next_state : "D"; clocked_on : "(!CLK)"; } ${input('CLK')} ${input('D')} pin (Q) { direction : output; function : "Q1"; } }`,
    );
    const { pins } = parseLiberty('a.lib', source);
    expect(pins.get('LAT')).toEqual({ inputs: new Set(['G', 'D']), clocks: new Set(['G']) });
    expect(pins.get('NEG')).toEqual({ inputs: new Set(['CLK', 'D']), clocks: new Set(['CLK']) });
    expect(pins.get('NAND2X2')).toEqual({ inputs: new Set(['A', 'B']), clocks: new Set() });
  });

  test('thousands of spaces and Windows line ends change nothing, nor the time', async () => {
    const plain = parseLiberty('a.lib', good);
    expect(parseLiberty('a.lib', good.replaceAll('\n', '\r\n'))).toEqual(plain);
    const spaced = [good.replaceAll(' ', ' '.repeat(1000)), `library${' '.repeat(5e5)} ${good}`];
    expect(await cpuSeconds(() => spaced.forEach((source) => expect(parseLiberty('a.lib', source)).toEqual(plain)))).toBeLessThan(2);
  });

  test('names of several in quotation marks, and groups deeper than any', () => {
    expect(parseLiberty('a.lib', good.replace('cell (DFF) { ff (Q1, QN1)', 'cell (DFF) { ff ("Q1" , "QN1")')).flipFlop.cell).toBe('DFF');
    expect(() => parseLiberty('a.lib', 'x () {'.repeat(1e5))).toThrow('a.lib: is not a Liberty file: x () lies more than 64 groups deep');
    expect(truthTable('('.repeat(1e5), ['A'])).toBeUndefined();
  });

  test('what does not parse is said in one line with the file', () => {
    expect(() => parseLiberty('a.lib', 'module x; endmodule')).toThrow(
      'liberty = a.lib: is not a Liberty file: no library (..) { .. } in it',
    );
    expect(() => parseLiberty('a.lib', good.slice(0, -5))).toThrow(
      /a\.lib: is not a Liberty file: (library \(demo\)|cell \(LAT\)) does not end/,
    );
    expect(() => parseLiberty('a.lib', good.replaceAll(/\(A B\)'|\(!A\) \| \(!B\)/g, 'A B'))).toThrow('a.lib: has no NAND of two inputs');
    expect(() => parseLiberty('a.lib', good.replace('cell (DFF)', 'cell (DFF) { area : 1; } other (DFF)'))).toThrow(
      'a.lib: has no flip-flop with a rising clock',
    );
  });
});
