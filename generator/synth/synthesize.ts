/** Synthesis of a configuration, or of one unit of it. */
import { symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { refuse } from '../util/errors.js';
import { readSources } from '../output/flows/yosys.js';
import type { Params } from '../params/fields.js';
import { configHash, designSources } from '../rtl/design.js';
import { renderText } from '../rtl/render.js';
import { findTool, requireTools } from '../tools/find.js';
import { readOutput } from '../tools/output.js';
import { runTool } from '../tools/run-tool.js';
import type { ToolName } from '../tools/versions.js';
import { makeFolder, writeScratch } from '../util/write-file.js';
import { bufferNets } from './buffers.js';
import { readLiberty, type Liberty } from './liberty.js';
import { byUnit, total, withoutPrefix, type SynthReport, type UnitCounts } from './cell-counts.js';
import { fpga } from './fpga.js';
import { memoryGates } from './memory-gates.js';
import { longestRun, moduleOf, readStat, yosys, type Found, type Work } from './run-yosys.js';
import { buffersByUnit, cellsByUnit, flipFlopsWithEnable, instancesOf, parseMemories } from './stat.js';
import type { TargetName } from './targets.js';
import { instancesIn, longestByUnit, parseSta } from './timing.js';

export interface SynthRequest {
  readonly params: Params;
  readonly target: TargetName;
  /** A unit's name without the prefix; the whole chip when left out. */
  readonly unit?: string;
  /** Asic only. */
  readonly liberty?: string;
  /** Asic only: nanoseconds that the mapper aims at, before area; when left out area comes first. */
  readonly periodNs?: number;
  /** Scripts, netlists and logs; made when it is not there. */
  readonly folder: string;
  readonly onStep?: (step: string) => void;
}

export const defaultLiberty = '/usr/share/qflow/tech/osu018/osu018_stdcells.lib';
/** Memories from so many bits on are black boxes of an ASIC. */
const smallestMemory = 256;
/** Asic: what abc sizes for when nothing is asked of it. */
const relaxedNs = 10;
/** Asic: on every output while abc sizes. */
const loadFemtofarads = 50;
/** Most endpoints that OpenSTA lists; more than any design here has. */
const mostEndpoints = 1_000_000;

export function toolsFor(target: TargetName): ToolName[] {
  return target === 'asic' ? ['yosys', 'sta'] : target === 'ice40' ? ['yosys', 'nextpnr-ice40'] : ['yosys'];
}

/**
 * Options of abc: without a period the script of yosys, whose area rewriting (`dc2`, `ifraig`, `scorr`) makes a ripple carry of
 * every adder, which costs a third of the speed. With a period the adders stay as yosys has made them, in logarithmic depth.
 */
function abcOptions(periodNs: number | undefined): string {
  const target = Math.round((periodNs ?? relaxedNs) * 1000);
  const script = [
    'strash',
    'dch,-f',
    `map,-B,0.9,-D,${target}`,
    'topo',
    'buffer,-c',
    `upsize,-D,${target}`,
    `dnsize,-D,${target}`,
    'stime,-p',
  ];
  return `-constr drive.constr -D ${target}${periodNs === undefined ? '' : ` -script +${script.join(';')}`}`;
}

/**
 * Errors   UserError for a unit that does not exist, a Liberty file that does not parse, a folder that cannot be written;
 *          ToolError for a missing or failed tool
 */
export async function synthesize(request: SynthRequest): Promise<SynthReport> {
  const { params, target, unit, folder } = request;
  const sources = designSources(params);
  const top = moduleOf(params, unit, sources);
  if (target !== 'asic')
    refuse([
      ...(request.periodNs !== undefined ? [`period = ${request.periodNs} ns: is an aim of asic alone; leave it out`] : []),
      ...(request.liberty !== undefined ? [`liberty = ${request.liberty}: is of asic alone; leave it out`] : []),
    ]);
  const liberty = target === 'asic' ? readLiberty(request.liberty ?? defaultLiberty) : undefined;
  await requireTools(toolsFor(target));
  makeFolder(folder);
  for (const { name, text } of sources) writeScratch(join(folder, name), text);
  const work: Work = { ...request, top, files: sources.map(({ name }) => name) };
  const { version = '' } = await findTool('yosys');
  const common = { top: withoutPrefix(top, params.prefix), configHash: configHash(params), tool: 'yosys', version };
  return target === 'asic' ? { ...common, ...(await asic(work, liberty!)) } : { ...common, ...(await fpga(work, target)) };
}

/** The netlist that is timed, and the buffers that one instance of a module got in it; none where the library has no buffer. */
function netlistToTime({ folder }: Work, liberty: Liberty): { file: string; netlist: string; added?: ReadonlyMap<string, number> } {
  const netlist = readOutput('yosys', join(folder, 'mapped.v'));
  if (liberty.buffer === undefined) return { file: 'mapped.v', netlist };
  const buffered = bufferNets(netlist, liberty.buffer, liberty.pins);
  writeScratch(join(folder, 'buffered.v'), buffered.netlist);
  return { file: 'buffered.v', ...buffered };
}

/** A plain name: yosys, abc and Tcl quote each in its own way. */
const libertyName = 'cells.lib';

function writeAsicFiles(folder: string, liberty: Liberty): void {
  for (const file of ['memory_map.v', 'memory_box.v'] as const)
    writeScratch(join(folder, file), renderText(`synth/${file}`, file === 'memory_map.v' ? { smallest: smallestMemory } : {}));
  const { cell, clock, data, output } = liberty.flipFlop;
  writeScratch(join(folder, 'memory_edge.v'), renderText('synth/memory_edge.v', { cell, clock, data, output }));
  writeScratch(
    join(folder, 'drive.constr'),
    `${liberty.driver === undefined ? '' : `set_driving_cell ${liberty.driver}\n`}set_load ${loadFemtofarads}\n`,
  );
  symlinkSync(resolve(liberty.file), join(folder, libertyName));
}

function asicScript({ files, top, periodNs }: Work): string {
  return [
    readSources(files),
    'read_verilog -lib memory_box.v',
    `hierarchy -check -top ${top}`,
    `synth -top ${top} -run begin:fine`,
    'techmap -map memory_map.v',
    `synth -top ${top} -run fine:check`,
    'tee -q -o enables.stat stat',
    `dfflibmap -liberty ${libertyName}`,
    `abc -liberty ${libertyName} ${abcOptions(periodNs)}`,
    'opt_clean',
    `tee -q -o map.stat stat -liberty ${libertyName}`,
    'tee -q -o memories.txt dump -m */t:trexgen_memory',
    // OpenSTA reads no concatenations, no constants, no undriven bits, and no parameters.
    'techmap -map memory_edge.v',
    'setundef -zero -undriven',
    'hilomap -hicell VCC Y -locell GND Y',
    'splitnets -ports',
    'splitnets',
    'opt_clean',
    'write_verilog -noattr -nodec mapped.v',
    '',
  ].join('\n');
}

function timingScript(netlistFile: string, top: string, clockNs: number): string {
  return [
    `read_liberty ${libertyName}`,
    `read_verilog ${netlistFile}`,
    `link_design ${top}`,
    `create_clock -name clk -period ${clockNs} [get_ports clk_i]`,
    // Ports are timed like the flip-flops behind them, without a delay of their own.
    'set_input_delay 0 -clock clk [all_inputs]',
    'set_output_delay 0 -clock clk [all_outputs]',
    'report_checks -path_delay max -group_count 5',
    `report_checks -path_delay max -group_count ${mostEndpoints} -format end`,
    'exit',
    '',
  ].join('\n');
}

function asicCounts(units: ReturnType<typeof cellsByUnit>, prefix: string, liberty: Liberty): UnitCounts[] {
  return units.map(({ unit, instances, cells, area, within }) => ({
    unit: withoutPrefix(unit, prefix),
    instances,
    cells: Object.values(cells).reduce((sum, count) => sum + count, 0),
    ff: Object.entries(cells).reduce((sum, [type, count]) => sum + (liberty.sequential.has(type) ? count : 0), 0),
    gateEquivalents: Math.round(area / liberty.gateArea),
    within: Math.round(within.area / liberty.gateArea),
  }));
}

async function asic(work: Work, liberty: Liberty): Promise<Found> {
  const { folder, params, top, onStep } = work;
  const clockNs = work.periodNs ?? relaxedNs;
  writeAsicFiles(folder, liberty);
  await yosys(work, 'map', asicScript(work));
  const modules = readStat(work, 'map');
  const counts = asicCounts(cellsByUnit(modules, top), params.prefix, liberty);
  const instances = instancesOf(modules, top);
  const memories = parseMemories(readOutput('yosys', join(folder, 'memories.txt')), instances);
  const memoryGateEquivalents = await memoryGates(work, memories, liberty, abcOptions(work.periodNs));
  const { file: netlistFile, netlist, added } = netlistToTime(work, liberty);
  const buffers = added && buffersByUnit(added, instances);
  writeScratch(join(folder, 'timing.tcl'), timingScript(netlistFile, top, clockNs));
  onStep?.('OpenSTA');
  const { output: text } = await runTool({
    command: 'sta',
    arguments: ['-exit', 'timing.tcl'],
    folder,
    logFile: join(folder, 'timing.log'),
    timeoutMs: longestRun,
  });
  const paths = parseSta(text, clockNs);
  const longest = longestByUnit(text, clockNs, top, instancesIn(netlist));
  const timed = counts.map((unit): UnitCounts => {
    const name = `${params.prefix}_${unit.unit}`;
    const pathNs = longest.get(name);
    return { ...unit, ...(buffers && { buffers: buffers.get(name) ?? 0 }), ...(pathNs !== undefined && { pathNs }) };
  });
  return {
    target: 'asic',
    family: liberty.library,
    cells: total(counts, 'cells'),
    ff: total(counts, 'ff'),
    ffWithEnable: flipFlopsWithEnable(cellsByUnit(readStat(work, 'enables'), top)),
    gateEquivalents: total(counts, 'gateEquivalents'),
    memoryGateEquivalents,
    memories,
    memoryBits: memories.reduce((sum, { words, bits, count }) => sum + words * bits * count, 0),
    buffers: total(timed, 'buffers'),
    bufferCell: liberty.buffer?.cell ?? null,
    ...(paths[0] && { longestPathNs: paths[0].ns }),
    paths,
    byUnit: byUnit(timed),
  };
}
