import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { portsOf } from '../../../generator/output/flows/ports.js';
import { presetParams } from '../../../generator/params/presets.js';
import { makeParams } from '../../../generator/params/params.js';
import { renderDesign, type Design } from '../../../generator/output/design-manifest.js';
import { runTool } from '../../../generator/tools/run-tool.js';
import { inGenerated, smallestParams, textOf } from '../../support/generated.js';
import { randomParams } from '../../support/random-params.js';
import { testNeeding } from '../../support/tools.js';

const small = renderDesign(makeParams({ ...presetParams('small'), prefix: 'acc' }), { clockMhz: 250 });
const verilogOf = ({ manifest, files }: Design): string[] =>
  files.map(({ name }) => name).filter((name) => name.endsWith('.v') && name !== `${manifest.params.prefix}_smoke_tb.v`);

/** CAPI2 as far as it is used here; FuseSoC's own schema is in fusesoc/capi2/json_schema.py. */
const fileset = z.strictObject({ files: z.array(z.string()).min(1), file_type: z.enum(['verilogSource-2005', 'xdc']) });
const target = z.strictObject({
  description: z.string().optional(),
  default_tool: z.string().optional(),
  filesets: z.array(z.string()).min(1),
  toplevel: z.string(),
  tools: z
    .strictObject({
      verilator: z.strictObject({ mode: z.literal('lint-only'), verilator_options: z.array(z.string()) }).optional(),
      icarus: z.strictObject({ iverilog_options: z.array(z.string()) }).optional(),
      vivado: z.strictObject({ part: z.string(), pnr: z.literal('none') }).optional(),
    })
    .optional(),
});
const coreSchema = z.strictObject({
  name: z.string().regex(/^[\w.-]+:[\w.-]+:[\w.-]+:\d+\.\d+\.\d+$/),
  description: z.string(),
  filesets: z.record(z.string(), fileset),
  targets: z.record(z.string(), target),
});

function coreOf(design: Design): z.infer<typeof coreSchema> {
  const [first, ...rest] = textOf(design, `${design.manifest.params.prefix}.core`).split('\n');
  expect(first).toBe('CAPI=2:');
  return coreSchema.parse(parseYaml(rest.join('\n')));
}

describe('the FuseSoC core', () => {
  it('follows the schema and names files, modules and filesets that exist', () => {
    const core = coreOf(small);
    expect(Object.keys(core.targets)).toEqual(['default', 'lint', 'sim', 'synth']);
    expect(core.filesets['rtl']?.files).toEqual(verilogOf(small));
    const names = new Set(small.files.map(({ name }) => name));
    expect(
      Object.values(core.filesets)
        .flatMap(({ files }) => files)
        .filter((name) => !names.has(name)),
    ).toEqual([]);
    for (const { filesets, toplevel, default_tool: tool, tools = {} } of Object.values(core.targets)) {
      expect(filesets.filter((name) => core.filesets[name] === undefined)).toEqual([]);
      const texts = filesets.flatMap((name) => core.filesets[name]!.files).map((name) => textOf(small, name));
      expect(texts.some((text) => text.includes(`module ${toplevel}`))).toBe(true);
      expect(Object.keys(tools)).toEqual(tool === undefined ? [] : [tool]);
    }
  });

  it('has targets lint and sim that hold when their tools are run as FuseSoC runs them', async () => {
    await inGenerated(smallestParams(), async (folder, design) => {
      const { filesets, targets } = coreOf(design);
      const filesOf = (name: string): string[] => targets[name]!.filesets.flatMap((one) => filesets[one]!.files);
      const run = async (command: string, ...argv: readonly string[]): Promise<string> =>
        (await runTool({ command, arguments: argv, folder, logFile: join(folder, 'run.log') })).output;
      const { lint, sim } = targets;
      expect(
        await run(
          'verilator',
          '--lint-only',
          ...lint!.tools!.verilator!.verilator_options,
          '--top-module',
          lint!.toplevel,
          ...filesOf('lint'),
        ),
      ).toBe('');
      await run('iverilog', ...sim!.tools!.icarus!.iverilog_options, '-s', sim!.toplevel, '-o', 'sim.vvp', ...filesOf('sim'));
      expect(await run('vvp', '-n', 'sim.vvp')).toBe('PASS\n');
    });
  }, 120_000);
});

const path = z.string().regex(/^(dir|pdk_dir)::[\w./-]+$/);
const openlaneSchema = z.strictObject({
  DESIGN_NAME: z.string(),
  VERILOG_FILES: z.array(path).min(1),
  CLOCK_PORT: z.string(),
  CLOCK_PERIOD: z.number().positive(),
  BASE_SDC_FILE: path,
  DESIGN_IS_CORE: z.boolean(),
  FP_SIZING: z.literal('relative'),
  FP_CORE_UTIL: z.number().min(1).max(99),
  PL_TARGET_DENSITY: z.number().gt(0).lt(1),
  VERILOG_FILES_BLACKBOX: z.array(path).optional(),
  EXTRA_LEFS: z.array(path).optional(),
  EXTRA_GDS_FILES: z.array(path).optional(),
  EXTRA_LIBS: z.array(path).optional(),
});

describe('the OpenLane configuration', () => {
  const configOf = (design: Design) => openlaneSchema.parse(JSON.parse(textOf(design, `${design.manifest.params.prefix}_openlane.json`)));
  const local = (paths: readonly string[]): string[] => paths.filter((one) => one.startsWith('dir::')).map((one) => one.slice(5));

  it('follows the schema, with the sources, the clock and its constraints', () => {
    const config = configOf(small);
    expect(config).toMatchObject({ DESIGN_NAME: 'acc_top', CLOCK_PORT: 'clk_i', CLOCK_PERIOD: 4, BASE_SDC_FILE: 'dir::acc.sdc' });
    expect(local(config.VERILOG_FILES)).toEqual(verilogOf(small));
    expect(config.EXTRA_LEFS).toBeUndefined();
  });

  it('puts macros of sky130 in the place of memories when those are to be macros', () => {
    const design = renderDesign(smallestParams('macro'));
    const config = configOf(design);
    const sources = local([...config.VERILOG_FILES, ...config.VERILOG_FILES_BLACKBOX!]);
    expect(sources.toSorted()).toEqual(
      verilogOf(design)
        .filter((name) => name !== 'trex_ram_macro.v')
        .sort(),
    );
    expect([config.EXTRA_LEFS, config.EXTRA_GDS_FILES, config.EXTRA_LIBS].map((views) => views?.[0])).toEqual([
      'pdk_dir::libs.ref/sky130_sram_macros/lef/sky130_sram_1kbyte_1rw1r_32x256_8.lef',
      'pdk_dir::libs.ref/sky130_sram_macros/gds/sky130_sram_1kbyte_1rw1r_32x256_8.gds',
      'pdk_dir::libs.ref/sky130_sram_macros/lib/sky130_sram_1kbyte_1rw1r_32x256_8_TT_1p8V_25C.lib',
    ]);
  });
});

/** A Tcl that answers every vendor command and writes down all calls; unknown names that are not the vendor's stay errors. */
const recorder = (script: string, argv: readonly string[]): string => `
proc record {args} {
  foreach word $args { puts -nonewline "[string map [list \\n { } \\t { }] $word]\\t" }
  puts ""
}
proc vendor {answer names} {
  foreach name $names { proc $name {args} "record $name {*}\\$args; return [list $answer]" }
}
namespace eval ipx {}
vendor {} {create_project add_files set_property update_compile_order launch_runs wait_on_run open_run report_utilization report_timing_summary
  ipx::package_project ipx::remove_all_bus_interface ipx::remove_memory_map ipx::remove_address_space ipx::infer_bus_interface
  ipx::associate_bus_interfaces ipx::add_memory_map ipx::create_xgui_files ipx::update_checksums ipx::check_integrity ipx::save_core
  create_clock set_input_delay set_output_delay set_false_path}
vendor OLD {ipx::get_memory_maps ipx::get_address_spaces}
vendor CORE {ipx::current_core}
vendor 100% {get_property}
foreach name {get_filesets get_files get_runs get_ports get_clocks ipx::get_bus_interfaces ipx::add_bus_parameter ipx::add_address_block ipx::get_user_parameters} {
  proc $name args [string map [list NAME $name] {return "<NAME:[join [lindex $args 0] { }]>"}]
}
set argv {${argv.join(' ')}}
source ${script}
`;

async function callsOf(folder: string, script: string, ...argv: readonly string[]): Promise<string[][]> {
  writeFileSync(join(folder, 'recorder.tcl'), recorder(script, argv));
  const { output } = await runTool({ command: 'tclsh', arguments: ['recorder.tcl'], folder, logFile: join(folder, 'tcl.log') });
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) =>
      line
        .split('\t')
        .slice(0, -1)
        .map((word) => word.replaceAll(folder, 'HERE')),
    );
}

const named = (calls: readonly (readonly string[])[], name: string): (readonly string[])[] =>
  calls.filter(([first]) => first === name).map((call) => call.slice(1));
const words = (text: string): string[] => text.trim().split(/\s+/);

describe('the Tcl for Vivado, with the commands of Vivado recorded', () => {
  testNeeding(['tclsh'], 'makes a project of files that exist, synthesised out of context on the part that is asked for', async () => {
    await inGenerated(small.manifest.params, async (folder, design) => {
      const calls = await callsOf(folder, 'acc_project.tcl', 'xcku5p-ffvb676-2-e', 'out');
      expect(named(calls, 'create_project')).toEqual([['-force', '-part', 'xcku5p-ffvb676-2-e', 'acc', 'out']]);
      expect(named(calls, 'add_files')).toEqual([
        ...verilogOf(design).map((name) => ['-norecurse', '-fileset', 'sources_1', `HERE/${name}`]),
        ['-norecurse', '-fileset', 'constrs_1', 'HERE/acc.xdc'],
      ]);
      expect(named(calls, 'set_property')[0]).toEqual(['top', 'acc_top', '<get_filesets:sources_1>']);
      expect(calls.map(([name]) => name).slice(-6)).toEqual([
        'launch_runs',
        'wait_on_run',
        'get_property',
        'open_run',
        'report_utilization',
        'report_timing_summary',
      ]);
      const byItself = await callsOf(folder, 'acc_project.tcl');
      expect(named(byItself, 'create_project')).toEqual([['-force', '-part', 'xc7a100tcsg324-1', 'acc', 'HERE/acc_vivado']]);
    });
  });

  for (const [reset, polarity] of [
    ['rst_i', 'ACTIVE_HIGH'],
    ['aresetn', 'ACTIVE_LOW'],
  ] as const)
    testNeeding(
      ['tclsh'],
      `packages an IP with both buses, clock, reset ${reset} and interrupt, what its bursts are, and the registers at 4 KiB`,
      async () => {
        const { params } = small.manifest;
        await inGenerated(
          makeParams({ ...params, port: { ...params.port, reset, burstBeats: 32, outstandingReads: 16 } }),
          async (folder, design) => {
            const calls = await callsOf(folder, 'acc_package_ip.tcl');
            expect(named(calls, 'add_files').map((call) => call.at(-1))).toEqual(
              [...verilogOf(design), 'acc.xdc'].map((name) => `HERE/${name}`),
            );
            const ports = portsOf(textOf(design, 'acc_top.v')).map(({ name }) => name);
            const interfaces = named(calls, 'ipx::infer_bus_interface').map(([list, kind, core]) => ({ ports: words(list!), kind, core }));
            expect(interfaces).toEqual([
              { ports: ports.filter((name) => name.startsWith('s_axil_')), kind: 'xilinx.com:interface:aximm_rtl:1.0', core: 'CORE' },
              { ports: ports.filter((name) => name.startsWith('m_axi_')), kind: 'xilinx.com:interface:aximm_rtl:1.0', core: 'CORE' },
              { ports: ['clk_i'], kind: 'xilinx.com:signal:clock_rtl:1.0', core: 'CORE' },
              { ports: [reset], kind: 'xilinx.com:signal:reset_rtl:1.0', core: 'CORE' },
              { ports: ['irq_o'], kind: 'xilinx.com:signal:interrupt_rtl:1.0', core: 'CORE' },
            ]);
            expect(interfaces.flatMap((one) => one.ports).toSorted()).toEqual(ports.toSorted());
            expect(named(calls, 'ipx::associate_bus_interfaces')).toEqual([
              ['-busif', 's_axil', '-clock', 'clk_i', 'CORE'],
              ['-busif', 'm_axi', '-clock', 'clk_i', 'CORE'],
              ['-clock', 'clk_i', '-reset', reset, 'CORE'],
            ]);
            expect(named(calls, 'set_property')).toEqual(
              expect.arrayContaining([
                ['value', polarity, '<ipx::add_bus_parameter:POLARITY>'],
                ['value', 'LEVEL_HIGH', '<ipx::add_bus_parameter:SENSITIVITY>'],
                ['slave_memory_map_ref', 's_axil', '<ipx::get_bus_interfaces:s_axil>'],
                ['range', '4096', '<ipx::add_address_block:registers>'],
                ['enablement_value', 'false', '<ipx::get_user_parameters:ADDR_BITS>'],
                ['enablement_value', 'false', '<ipx::get_user_parameters:BUS_BYTES>'],
              ]),
            );
            const stated = named(calls, 'set_property').flatMap(([property, value, of]) =>
              property === 'value' ? [[/:(\w+)( .*)?>/.exec(of!)![1], value]] : [],
            );
            expect(stated).toEqual([
              ['POLARITY', polarity],
              ['SENSITIVITY', 'LEVEL_HIGH'],
              ['NUM_READ_OUTSTANDING', '16'],
              ['NUM_WRITE_OUTSTANDING', '16'],
              ['MAX_BURST_LENGTH', '32'],
              ['HAS_BURST', '1'],
              ['SUPPORTS_NARROW_BURST', '0'],
              ['NUM_READ_OUTSTANDING', '1'],
              ['NUM_WRITE_OUTSTANDING', '1'],
              ['MAX_BURST_LENGTH', '1'],
            ]);
            expect(calls.at(-1)).toEqual(['ipx::save_core', 'CORE']);
          },
        );
      },
    );

  testNeeding(
    ['tclsh'],
    'is given constraints that name every port but the clock once, with the period that generate was given',
    async () => {
      await inGenerated(
        small.manifest.params,
        async (folder, design) => {
          for (const file of ['acc.xdc', 'acc.sdc']) {
            if (file === 'acc.sdc') writeFileSync(join(folder, file), textOf(design, file).replace(/^set_clock_uncertainty.*$/m, ''));
            const calls = await callsOf(folder, file);
            expect(named(calls, 'create_clock')).toEqual([['-name', 'clk_i', '-period', '4.000', '<get_ports:clk_i>']]);
            expect(named(calls, 'set_false_path')).toEqual([['-to', '<get_ports:irq_o>']]);
            const delayed = (name: string): string[] =>
              named(calls, name).flatMap((call) => {
                expect(call).toContain('1.200');
                return words(/<get_ports:(.*)>/.exec(call.at(-1)!)![1]!);
              });
            const of = (direction: string): string[] =>
              portsOf(textOf(design, 'acc_top.v'))
                .filter((port) => port.direction === direction && !['clk_i', 'irq_o'].includes(port.name))
                .map(({ name, high }) => (high === undefined ? name : `${name}*`));
            expect(delayed('set_input_delay')).toEqual(of('input'));
            expect(delayed('set_output_delay')).toEqual(of('output'));
          }
        },
        { clockMhz: 250 },
      );
    },
  );
});

describe('what is generated beside the Verilog', () => {
  const configurations = [
    ...['tiny', 'small', 'paper'].map(presetParams),
    smallestParams('macro'),
    ...Array.from({ length: 6 }, (_, seed) => randomParams(seed)),
  ];

  it.each(configurations.map((params, i) => [i, params] as const))(
    'holds neither dates nor absolute paths, and only files that the manifest lists: %i',
    (_, params) => {
      const { files, manifest } = renderDesign(params);
      expect(manifest.files.map(({ name }) => name)).toEqual(files.slice(0, -1).map(({ name }) => name));
      expect(new Set(files.map(({ name }) => name)).size).toBe(files.length);
      for (const { name, text } of files) {
        expect({ name, found: /(?:^|[\s"'(])\/(?:home|tmp|usr|work|root)\b|\b20[2-9]\d-\d\d/.exec(text)?.[0] }).toEqual({
          name,
          found: undefined,
        });
      }
    },
  );

  it('has the same reset in every file, whatever it is', () => {
    for (const [reset, other] of [
      ['rst_i', 'aresetn'],
      ['aresetn', 'rst_i'],
    ] as const) {
      const design = renderDesign(smallestParams('block', 'trex', reset));
      for (const name of ['trex_top.v', 'trex_smoke_tb.v', 'trex.sdc', 'trex.xdc', 'trex_package_ip.tcl', 'trex_regs.rdl']) {
        expect({ name, found: textOf(design, name).includes(reset) }).toEqual({ name, found: true });
      }
      for (const { name, text } of design.files) {
        // Inside the top the reset is active high, in every unit.
        if (!name.endsWith('.v') || name === 'trex_smoke_tb.v')
          expect({ name, other: text.includes(other) }).toEqual({ name, other: false });
        else if (name !== 'trex_top.v') expect({ name, found: text.includes('aresetn') }).toEqual({ name, found: false });
      }
    }
  });

  it('finds every port of the top, each with its direction and width', () => {
    const text = textOf(small, 'acc_top.v');
    const header = text.slice(text.indexOf('module'), text.indexOf(');\n', text.indexOf(') (')));
    expect(portsOf(text)).toHaveLength(header.match(/^ {2}(input|output) /gm)!.length);
    expect(portsOf(text)).toEqual(
      expect.arrayContaining([
        { name: 'clk_i', direction: 'input', high: undefined },
        { name: 'irq_o', direction: 'output', high: undefined },
        { name: 'm_axi_wdata', direction: 'output', high: '8*BUS_BYTES-1' },
        { name: 's_axil_araddr', direction: 'input', high: '11' },
      ]),
    );
  });
});
