import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { runCli } from '../../generator/commands/program.js';
import { presetParams } from '../../generator/params/presets.js';
import { parseNextpnrLog, parseNextpnrReport } from '../../generator/synth/post-route/nextpnr.js';
import { placeAndRoute } from '../../generator/synth/post-route/place.js';
import { parseVivado } from '../../generator/synth/post-route/vivado.js';
import { testNeeding } from '../support/tools.js';

const root = mkdtempSync(join(tmpdir(), 'trexgen-post-route-'));
afterAll(() => rmSync(root, { recursive: true }));

const utilization = `
| Device       : 7a100tcsg324-1
1. Slice Logic
--------------

+----------------------------+-------+-------+------------+-----------+-------+
|          Site Type         |  Used | Fixed | Prohibited | Available | Util% |
+----------------------------+-------+-------+------------+-----------+-------+
| Slice LUTs*                | 24143 |     0 |          0 |     63400 | 38.08 |
|   LUT as Logic             | 21011 |     0 |          0 |     63400 | 33.14 |
| Slice Registers            | 11302 |     0 |          0 |    126800 |  8.91 |
+----------------------------+-------+-------+------------+-----------+-------+

3. Memory
---------

+-------------------+------+-------+------------+-----------+-------+
|     Site Type     | Used | Fixed | Prohibited | Available | Util% |
+-------------------+------+-------+------------+-----------+-------+
| Block RAM Tile    | 77.5 |     0 |          0 |       135 | 57.41 |
|   RAMB36/FIFO*    |   70 |     0 |          0 |       135 | 51.85 |
+-------------------+------+-------+------------+-----------+-------+

4. DSP
------

+----------------+------+-------+------------+-----------+-------+
|    Site Type   | Used | Fixed | Prohibited | Available | Util% |
+----------------+------+-------+------------+-----------+-------+
| DSPs           |  111 |     0 |          0 |       240 | 46.25 |
|   DSP48E1 only |  111 |       |            |           |       |
+----------------+------+-------+------------+-----------+-------+
`;

const timing = `
------------------------------------------------------------------------------------------------
| Design Timing Summary
| ---------------------
------------------------------------------------------------------------------------------------

    WNS(ns)      TNS(ns)  TNS Failing Endpoints  TNS Total Endpoints      WHS(ns)      THS(ns)
    -------      -------  ---------------------  -------------------      -------      -------
     -2.500     -120.000                     71                30123        0.031        0.000


Timing constraints are not met.


------------------------------------------------------------------------------------------------
| Clock Summary
| -------------
------------------------------------------------------------------------------------------------

Clock  Waveform(ns)       Period(ns)      Frequency(MHz)
-----  ------------       ----------      --------------
clk_i  {0.000 5.000}      10.000          100.000


------------------------------------------------------------------------------------------------
| Intra Clock Table
| -----------------
------------------------------------------------------------------------------------------------

Clock             WNS(ns)      TNS(ns)
-----             -------      -------
clk_i              -2.500     -120.000
`;

const vivado = (change: { utilization?: [string, string]; timing?: [string, string] } = {}): ReturnType<typeof parseVivado> =>
  parseVivado(
    { file: 'utilization.rpt', text: utilization.replace(...(change.utilization ?? ['', ''])) },
    { file: 'timing.rpt', text: timing.replace(...(change.timing ?? ['', ''])) },
  );

describe('reports of Vivado', () => {
  test('give counts by their columns, and the frequency by period and slack', () => {
    expect(vivado()).toEqual({
      fmaxMhz: 80,
      lut: { used: 24143, available: 63400 },
      ff: { used: 11302, available: 126800 },
      dsp: { used: 111, available: 240 },
      bram: { used: 77.5, available: 135 },
    });
  });

  test('name the state of a routed design, and may say a plus', () => {
    const routed = vivado({ utilization: ['| Device ', '| Design State : Routed\n| Device '], timing: ['-2.500', '+2.500'] });
    expect(routed.fmaxMhz).toBe(133.33);
  });

  test('of UltraScale have other names for the same rows, and older ones no column Prohibited', () => {
    const older = utilization.replaceAll(' Prohibited |', '').replaceAll(/(\| +\d+ \| +0 \|) +0 \|/g, '$1');
    expect(parseVivado({ file: 'u', text: older }, { file: 't', text: timing }).lut).toEqual({ used: 24143, available: 63400 });
    expect(vivado({ utilization: ['Slice LUTs*', 'CLB LUTs*  '] }).lut).toEqual({ used: 24143, available: 63400 });
  });

  test.each([
    [
      { utilization: ['| DSPs ', '| DSPX '] },
      'utilization.rpt: has no row "| DSPs | Used | Fixed | Available | Util% |"; expected the text of report_utilization',
    ],
    [
      { utilization: ['| 24143 |', '|   n/a |'] },
      /^utilization.rpt: \| Slice LUTs\*.*: expected numbers in the columns Used and Available of its table$/,
    ],
    [
      { timing: ['| Design Timing Summary', '| Timing'] },
      'timing.rpt: has no table "Design Timing Summary" with WNS(ns); expected the text of report_timing_summary',
    ],
    [{ timing: ['-2.500', '    NA'] }, 'timing.rpt: WNS(ns) = NA: expected a number; the design has no path that a clock constrains'],
    [
      { timing: ['| Design Timing', '| Design State : Partially Routed\n| Design Timing'] },
      'timing.rpt: Design State : Partially Routed: expected Routed, a report of after route_design',
    ],
    [{ timing: ['-2.500', '  1e3 '] }, 'timing.rpt: WNS(ns) = 1e3: expected a number'],
    [
      { utilization: ['| Device ', '| Design State : Synthesized\n| Device '] },
      'utilization.rpt: Design State : Synthesized: expected Routed, a report of after route_design',
    ],
    [{ timing: ['-2.500', '10.000'] }, 'timing.rpt: WNS(ns) = 10: must be less than the period, 10 ns'],
    [
      { timing: ['clk_i  {0.000 5.000}', 'clk_i'] },
      'timing.rpt: Clock Summary has 0 lines "NAME {RISE FALL} PERIOD FREQUENCY"; expected one, of the one clock of the chip',
    ],
  ] as [Parameters<typeof vivado>[0], string | RegExp][])(
    'without a line that is expected are refused, and it is named: %j',
    (change, message) => {
      expect(() => vivado(change)).toThrow(message);
    },
  );
});

const log = `Info: Device utilisation:
Info: \t          DP16KD:      95/    108    87%
Info: \t      MULT18X18D:      72/     72   100%
Info: \t      TRELLIS_FF:   11308/  43848    25%
Info: \t    TRELLIS_COMB:   31410/  43848    71%

Info: Max frequency for clock '$glbnet$clk_i$TRELLIS_IO_IN': 61.02 MHz (FAIL at 100.00 MHz)
Info: Max delay <async> -> posedge: 2.00 ns
Info: Max frequency for clock '$glbnet$clk_i$TRELLIS_IO_IN': 48.30 MHz (FAIL at 100.00 MHz)
Info: Program finished normally.
`;
const json = {
  critical_paths: [],
  fmax: { $glbnet$clk_i: { achieved: 48.3, constraint: 100 } },
  utilization: {
    TRELLIS_COMB: { available: 43848, used: 31410 },
    TRELLIS_FF: { available: 43848, used: 11308 },
    MULT18X18D: { available: 72, used: 72 },
    DP16KD: { available: 108, used: 95 },
  },
};

describe('reports of nextpnr', () => {
  const ecp5 = {
    fmaxMhz: 48.3,
    lut: { used: 31410, available: 43848 },
    ff: { used: 11308, available: 43848 },
    dsp: { used: 72, available: 72 },
    bram: { used: 95, available: 108 },
  };

  test('say the same as its log, where the last frequency is that of the routed design', () => {
    expect(parseNextpnrReport(JSON.stringify(json), 'nextpnr-ecp5', 'r')).toEqual(ecp5);
    expect(parseNextpnrLog(log, 'nextpnr-ecp5', 'l')).toEqual(ecp5);
  });

  test('of Xilinx have no line for kinds that the design has none of, and half blocks of memory', () => {
    const text =
      'Info: Device utilisation:\nInfo:           SLICE_LUTX: 900/126800     0%\nInfo:            SLICE_FFX: 700/126800     0%\n' +
      'Info:             RAMB36E1:   2/  135     1%\nInfo:             RAMB18E1:   3/  270     1%\nInfo: other\n' +
      "Info: Max frequency for clock 'clk': 90.00 MHz (FAIL at 100.00 MHz)\nInfo: Program finished normally.\n";
    expect(parseNextpnrLog(text, 'nextpnr-xilinx', 'l')).toMatchObject({
      lut: { used: 900, available: 126800 },
      dsp: { used: 0, available: null },
      bram: { used: 3.5, available: 135 },
    });
  });

  test.each([
    ['{', 'r: is not valid JSON; expected the report of nextpnr --report'],
    [JSON.stringify({ ...json, fmax: {} }), 'r: has no "fmax"; expected the report of nextpnr --report'],
    [JSON.stringify({ ...json, fmax: { clk: { achieved: '48' } } }), 'r: fmax.clk: expected "achieved" in MHz, above 0'],
    [
      JSON.stringify({ ...json, utilization: { DP16KD: { used: 1 } } }),
      'r: utilization.DP16KD: expected the numbers "used" and "available"',
    ],
    [
      JSON.stringify({ ...json, utilization: { TRELLIS_FF: { used: 1, available: 2 } } }),
      'r: says nothing of TRELLIS_COMB; expected how many are used',
    ],
    [JSON.stringify({ ...json, fmax: { clk: null } }), 'r: fmax.clk: expected "achieved" in MHz, above 0'],
    [
      JSON.stringify({ ...json, utilization: { TRELLIS_FF: null } }),
      'r: utilization.TRELLIS_FF: expected the numbers "used" and "available"',
    ],
    [
      JSON.stringify({ ...json, utilization: { TRELLIS_FF: { used: 9, available: 3 } } }),
      'r: utilization.TRELLIS_FF: used = 9 exceeds available = 3',
    ],
    ['null', 'r: has no "utilization"; expected the report of nextpnr --report'],
  ])('without what is expected are refused, and it is named: %s', (text, message) => {
    expect(() => parseNextpnrReport(text, 'nextpnr-ecp5', 'r')).toThrow(message);
  });

  test('logs without what is expected are refused, and it is named', () => {
    expect(() => parseNextpnrLog(log.replace('Device', 'The'), 'nextpnr-ecp5', 'l')).toThrow(
      'l: has no line "Info: Device utilisation:" with "Info: NAME: USED/AVAILABLE" below',
    );
    expect(() => parseNextpnrLog(log.replaceAll('Max frequency', 'Frequency'), 'nextpnr-ecp5', 'l')).toThrow(
      'l: has no line "Max frequency for clock \'NAME\': NUMBER MHz"; expected it after routing',
    );
    expect(() => parseNextpnrLog(log.replace('Info: Program finished', 'ERROR: Routing failed'), 'nextpnr-ecp5', 'l')).toThrow(
      'l: ERROR: Routing failed normally.: place and route has failed',
    );
    expect(() => parseNextpnrLog(log.replace('Info: Program', 'Info: Nothing'), 'nextpnr-ecp5', 'l')).toThrow(
      'l: has no line "Info: Program finished normally."; expected the whole log of place and route',
    );
  });
});

async function cli(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const texts = { out: '', err: '' };
  const [out, err] = [process.stdout.write, process.stderr.write];
  process.stdout.write = (chunk: string | Uint8Array): boolean => (texts.out += String(chunk)) !== '';
  process.stderr.write = (chunk: string | Uint8Array): boolean => (texts.err += String(chunk)) !== '';
  try {
    return { code: await runCli(['place', ...argv]), ...texts };
  } finally {
    [process.stdout.write, process.stderr.write] = [out, err];
  }
}

describe('trexgen place', () => {
  test('reads reports that are there, as a table and as JSON', async () => {
    writeFileSync(join(root, 'utilization.rpt'), utilization);
    writeFileSync(join(root, 'timing.rpt'), timing);
    expect(await cli('--tool', 'vivado', '--from', root)).toEqual({
      code: 0,
      err: '',
      out: expect.stringMatching(
        /^ +used +of\nFmax, MHz +80 *\nLUT +24,143 +63,400\nFF +11,302 +126,800\nDSP +111 +240\nBRAM +77.5 +135\n$/,
      ) as string,
    });
    const { out } = await cli('--tool', 'vivado', '--from', root, '--json');
    for (const [name, text] of Object.entries({ 'utilization.rpt': utilization, 'timing.rpt': timing }))
      writeFileSync(join(root, name), text.replaceAll('\n', '\r\n'));
    expect(await cli('--tool', 'vivado', '--from', root, '--json')).toEqual({ code: 0, err: '', out });
    expect(JSON.parse(out)).toMatchObject({ tool: 'vivado', fmaxMhz: 80, bram: { used: 77.5, available: 135 } });
  });

  test.each([
    [['--tool', 'nextpnr-ecp5', '--from', root], /nextpnr\.log: is not there; expected a report of place and route\n$/],
    [['--tool', 'vivado', '--preset', 'tiny', '--device', 'Artix'], /^device = Artix: of vivado must be a part, as in xc7a100tcsg324-1\n$/],
    [['--tool', 'nextpnr-ecp5', '--preset', 'tiny', '--device', '99k'], /^device = 99k: of nextpnr-ecp5 must be 12k, 25k, 45k or 85k/],
    [
      ['--tool', 'nextpnr-xilinx', '--preset', 'tiny'],
      /^device = none: of nextpnr-xilinx must be the chip database, as in xc7a100t.bin\n$/,
    ],
    [['--tool', 'nextpnr-xilinx', '--preset', 'tiny', '--device', 'x.bin'], /^pins = none: nextpnr-xilinx needs an XDC file with places/],
    [
      ['--tool', 'nextpnr-xilinx', '--preset', 'tiny', '--device', 'x.bin', '--pins', 'y'],
      /^device = x.bin: cannot be read; .*\npins = y: cannot/,
    ],
    [['--tool', 'vivado', '--preset', 'tiny', '--pins', 'y'], /^pins = y: is of nextpnr-xilinx alone; leave it out\n$/],
    [['--tool', 'vivado', '--preset', 'tiny', '--unit', 'alu'], /^unit = alu: is not in this design; /],
    [['--tool', 'quartus'], /vivado, nextpnr-ecp5, nextpnr-xilinx, nextpnr-ice40/],
    [['--tool', 'vivado', '--preset', 'tiny', '--clock-mhz', '0'], /must be a number of megahertz from 1 to 1000/],
  ])('refuses %j with what must be', async (argv, message) => {
    const { code, err } = await cli(...argv);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(message) as string });
  });

  test('says in one line that a tool is not there', async () => {
    const path = process.env['PATH'];
    process.env['PATH'] = root;
    try {
      expect(await cli('--tool', 'vivado', '--preset', 'tiny')).toMatchObject({
        code: 2,
        err: 'vivado: not found (place and route); install it and put it on the PATH\n',
      });
    } finally {
      process.env['PATH'] = path;
    }
  });

  testNeeding(
    ['nextpnr-ice40'],
    'runs nextpnr where it is, and its JSON and its log give the same counts',
    async () => {
      const folder = join(root, 'ice40');
      const { fmaxMhz, lut, ff, bram } = await placeAndRoute({ params: presetParams('tiny'), tool: 'nextpnr-ice40', unit: 'fifo', folder });
      expect(fmaxMhz).toBeGreaterThan(10);
      expect(lut.used).toBeGreaterThan(20);
      expect(lut.available).toBe(7680);
      expect(ff).toBeNull();
      expect(bram.available).toBe(32);
      const fromLog = parseNextpnrLog(readFileSync(join(folder, 'nextpnr.log'), 'utf8'), 'nextpnr-ice40', 'log');
      expect(fromLog).toMatchObject({ lut, bram });
      expect(fromLog.fmaxMhz).toBeCloseTo(fmaxMhz, 1);
    },
    180_000,
  );
});
