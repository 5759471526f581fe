/** Signals of one window as a file for GTKWave, with a save file that shows what matters. */
import { rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { widths } from '../contract/widths.js';
import { derive } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import { requireOutput } from '../tools/output.js';
import { replaceFile } from '../util/write-file.js';
import { buildChip, wavesName } from './chip-run.js';
import type { Simulator } from './build.js';
import { runUnit, type Unit } from './unit.js';

/** Cycles shown before and after the window. */
const margin = 64;

type Signals = readonly (readonly [group: string, signals: Readonly<Record<string, number>>])[];

/** What is shown, with the bits of each signal: GTKWave finds a vector only by its range. */
function signalsOf(params: Params): Signals {
  const { slices, passes } = params.array;
  const { addressBits, busBytes } = params.port;
  const { lanes } = derive(params);
  const index = (count: number): number => Math.max(1, Math.ceil(Math.log2(count)));
  return [
    ['chip', { clk_i: 1, rst_i: 1, irq_o: 1 }],
    ['window', { window_start: 1, window_done: 1, window_code: 8, slice_fill: widths.POSITION.bits * slices, abort: 1 }],
    ['core', { 'u_core.pc_o': index(params.envelope.instructions), instruction: 128, issue: 1, mode: 3, issue_lanes: index(lanes + 1) }],
    ['waiting', { wait_stream: 1, wait_drain: 1, wait_vector: 1, wait_rows: 1, wait_dependency: 1 }],
    ['weight stream', { section_valid: 1, section_ready: 1, bias_valid: 1, bias_ready: 1, item_valid: 1, item_ready: 1 }],
    [
      'stored',
      {
        'u_core.out_valid': 1,
        'u_core.out_dst': 3,
        'u_core.out_feature': widths.FEATURE.bits,
        'u_core.out_pass': index(passes),
        'u_core.out_act': params.numerics.activationBits * lanes,
        'u_core.out16': 16 * lanes,
      },
    ],
    [
      'reads',
      {
        m_axi_arvalid: 1,
        m_axi_arready: 1,
        m_axi_araddr: addressBits,
        m_axi_arlen: 8,
        m_axi_rvalid: 1,
        m_axi_rready: 1,
        m_axi_rlast: 1,
        m_axi_rresp: 2,
        m_axi_rdata: 8 * busBytes,
      },
    ],
    [
      'writes',
      {
        m_axi_awvalid: 1,
        m_axi_awready: 1,
        m_axi_awaddr: addressBits,
        m_axi_awlen: 8,
        m_axi_wvalid: 1,
        m_axi_wready: 1,
        m_axi_wdata: 8 * busBytes,
        m_axi_bvalid: 1,
        m_axi_bresp: 2,
      },
    ],
  ];
}

/** A GTKWave save file: groups of signals, vectors in hexadecimal. */
export function saveFile(waves: string, simulator: Simulator, params: Params, from: number, to: number): string {
  const scope = simulator === 'verilator' ? 'TOP.chip_tb.u_top' : 'trexgen_main.bench.u_top';
  const lines = signalsOf(params).flatMap(([group, signals]) => [
    '@200',
    `-${group}`,
    ...Object.entries(signals).flatMap(([name, bits]) =>
      bits === 1 ? ['@28', `${scope}.${name}`] : ['@22', `${scope}.${name}[${bits - 1}:0]`],
    ),
  ]);
  return [
    `[*] cycles ${from} .. ${to}; a cycle takes ten units of time`,
    `[dumpfile] "${basename(waves)}"`,
    `[timestart] ${10 * from}`,
    `*-10.000000 ${10 * from} -1 -1`,
    `[treeopen] ${scope}.`,
    ...lines,
    '',
  ].join('\n');
}

export interface Waves {
  readonly file: string;
  readonly saveFile: string;
  readonly from: number;
  readonly to: number;
}

/** Run a unit again with the signals of one of its windows recorded; the cycles are those of the run before. */
export async function recordWindow(
  unit: Unit,
  simulator: Simulator,
  window: { readonly first: number; readonly last: number },
  out: string,
  name: string,
): Promise<Waves> {
  const executable = await buildChip({
    params: unit.params,
    simulator,
    beats: unit.beats,
    quick: true,
    waves: true,
    ...(unit.base === undefined ? {} : { base: unit.base }),
  });
  const from = Math.max(0, window.first - margin);
  const to = window.last + margin;
  const folder = join(out, `${name}-run`);
  const file = join(out, `${name}.fst`);
  await runUnit(executable, { ...unit, settings: { ...unit.settings, waves: { from, to } } }, folder);
  await rename(requireOutput(simulator, join(folder, wavesName)), file);
  const save = join(out, `${name}.gtkw`);
  replaceFile(save, saveFile(file, simulator, unit.params, from, to));
  return { file, saveFile: save, from, to };
}
