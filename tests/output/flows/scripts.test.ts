import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { presetParams } from '../../../generator/params/presets.js';
import { runTool } from '../../../generator/tools/run-tool.js';
import { inGenerated, smallestParams, textOf } from '../../support/generated.js';
import { placeStandIn } from '../../support/stand-in.js';
import { isInstalled, testNeeding } from '../../support/tools.js';

const patienceMs = 300_000;
const liberty = '/usr/share/qflow/tech/osu018/osu018_stdcells.lib';

async function run(folder: string, command: string, ...argv: readonly string[]): Promise<string> {
  return (await runTool({ command, arguments: argv, folder, logFile: join(folder, `${command}.log`), timeoutMs: patienceMs })).output;
}

/** A script that stops where the long work begins: every file is read, the hierarchy checked. */
function stopEarly(text: string): string {
  const whole = text.split('\n');
  const at = whole.findIndex((line) => line.startsWith('synth'));
  const [command = '', ...options] = whole[at]!.split(' ');
  return [
    ...whole.slice(0, at),
    `${command} -run begin:${command === 'synth' ? 'coarse' : 'prepare'} ${options.join(' ')}`,
    'check -assert',
    '',
  ].join('\n');
}

describe('the file lists', () => {
  it(
    'are all that Icarus needs for the bench that comes along, and that Verilator needs to find no fault',
    async () => {
      await inGenerated(presetParams('tiny'), async (folder) => {
        expect(
          await run(folder, 'iverilog', '-g2005', '-Wall', '-s', 'trex_smoke_tb', '-o', 'smoke.vvp', '-f', 'trex.f', 'trex_smoke_tb.v'),
        ).toBe('');
        expect(await run(folder, 'vvp', '-n', 'smoke.vvp')).toBe('PASS\n');
        expect(await run(folder, 'verilator', '--lint-only', '-Wall', '--top-module', 'trex_top', '-f', 'trex.f')).toBe('');
      });
    },
    patienceMs,
  );

  it(
    'are all that both simulators need with latches and macros for memories, whatever the prefix and the reset',
    async () => {
      await inGenerated(smallestParams('latch', 'acc', 'aresetn'), async (folder) => {
        expect(
          await run(folder, 'iverilog', '-g2005', '-Wall', '-s', 'acc_smoke_tb', '-o', 'smoke.vvp', '-f', 'acc_sky130.f', 'acc_smoke_tb.v'),
        ).toBe('');
        expect(await run(folder, 'vvp', '-n', 'smoke.vvp')).toBe('PASS\n');
        expect(await run(folder, 'verilator', '--lint-only', '-Wall', '--top-module', 'acc_top', '-f', 'acc_sky130.f')).toBe('');
      });
    },
    patienceMs,
  );

  it(
    'leads to a bench that fails when the reset has another level than its name says',
    async () => {
      await inGenerated(smallestParams('block', 'trex', 'aresetn'), async (folder, design) => {
        writeFileSync(join(folder, 'trex_top.v'), textOf(design, 'trex_top.v').replace('rst_i = !aresetn', 'rst_i = aresetn'));
        await run(folder, 'iverilog', '-g2005', '-s', 'trex_smoke_tb', '-o', 'smoke.vvp', '-f', 'trex.f', 'trex_smoke_tb.v');
        expect(await run(folder, 'vvp', '-n', 'smoke.vvp')).toBe('no answer\nFAIL\n');
      });
    },
    patienceMs,
  );

  it(
    'leads to a bench that fails when a register has another value',
    async () => {
      await inGenerated(smallestParams(), async (folder, design) => {
        writeFileSync(join(folder, 'trex_registers.v'), textOf(design, 'trex_registers.v').replace("32'h54524558", "32'h54524559"));
        await run(folder, 'iverilog', '-g2005', '-s', 'trex_smoke_tb', '-o', 'smoke.vvp', '-f', 'trex.f', 'trex_smoke_tb.v');
        expect(await run(folder, 'vvp', '-n', 'smoke.vvp')).toBe('address 000: data 54524559, response 00, interrupt 0\nFAIL\n');
      });
    },
    patienceMs,
  );
});

describe('the scripts for yosys', () => {
  it.each([
    ['fpga', 'block'],
    ['asic', 'macro'],
    ['asic', 'latch'],
  ] as const)(
    'read every source and find the hierarchy whole: %s, memories %s',
    async (name, memory) => {
      await inGenerated(smallestParams(memory), async (folder, design) => {
        if (name === 'asic') writeFileSync(join(folder, 'cells.lib'), 'library (none) { }\n');
        writeFileSync(join(folder, 'early.ys'), stopEarly(textOf(design, `trex_${name}.ys`)));
        expect(await run(folder, 'yosys', '-q', '-s', 'early.ys')).toBe('');
      });
    },
    patienceMs,
  );

  it(
    'run to their end on a small design with the ports of the real one: xc7',
    async () => {
      await inGenerated(smallestParams(), async (folder, design) => {
        placeStandIn(folder, design);
        expect(await run(folder, 'yosys', '-q', '-s', 'trex_fpga.ys')).not.toMatch(/ERROR|Warning/);
        expect(readFileSync(join(folder, 'trex_fpga.txt'), 'utf8')).toMatch(/FDRE +\d+/);
        expect(existsSync(join(folder, 'trex_fpga.edif'))).toBe(true);
      });
    },
    patienceMs,
  );

  testNeeding(
    ['sta', ...(existsSync(liberty) ? [] : ['osu018_stdcells.lib'])],
    'make a netlist that OpenSTA reads with the constraints, which leave out nothing but the interrupt',
    async () => {
      await inGenerated(
        smallestParams('macro'),
        async (folder, design) => {
          placeStandIn(folder, design);
          writeFileSync(join(folder, 'sky130_sram_1kbyte_1rw1r_32x256_8.v'), textOf(design, 'sky130_sram_1kbyte_1rw1r_32x256_8.v'));
          symlinkSync(liberty, join(folder, 'cells.lib'));
          await run(folder, 'yosys', '-q', '-s', 'trex_asic.ys');
          writeFileSync(
            join(folder, 'sta.tcl'),
            [
              'read_liberty cells.lib',
              'read_verilog trex_asic.v',
              'link_design trex_top',
              'read_sdc trex.sdc',
              'puts BEGIN',
              'check_setup -verbose',
              'puts END',
              'report_clock_properties',
              'report_checks -from m_axi_rvalid',
              'report_checks -to m_axi_arvalid',
              'puts "irq:"',
              'report_checks -to irq_o',
              'exit',
            ].join('\n'),
          );
          const output = await run(folder, 'sta', '-exit', 'sta.tcl');
          expect(output).not.toContain('Error');
          expect(/BEGIN\n([\s\S]*)END/.exec(output)?.[1]).toBe(
            'Warning: There is 1 output port missing set_output_delay.\n  irq_o\nWarning: There is 1 unconstrained endpoint.\n  irq_o\n',
          );
          expect(output).toMatch(/clk_i +12\.50 /);
          expect(output).toMatch(/3\.75 +3\.75 . input external delay/);
          expect(output).toMatch(/-3\.75 +\S+ +output external delay/);
          expect(output.slice(output.indexOf('irq:'))).toContain('No paths found');
        },
        { clockMhz: 80 },
      );
    },
    patienceMs,
  );
});

it('is known whether the tools that are only useful are here', () => {
  expect(isInstalled('yosys')).toBe(true);
  expect(isInstalled('no-such-program')).toBe(false);
});
