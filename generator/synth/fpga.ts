/** Synthesis for FPGAs: cells by unit with the hierarchy kept, all of them without it, and an estimate of the period. */
import { join } from 'node:path';
import { readSources } from '../output/flows/yosys.js';
import { derive } from '../params/derived.js';
import { findTool } from '../tools/find.js';
import { readOutput } from '../tools/output.js';
import { runTool } from '../tools/run-tool.js';
import { byUnit, countUnits, total, withoutPrefix, type SynthReport, type UnitCounts } from './cell-counts.js';
import type { DelayTable } from './delays.js';
import { longestPaths } from './longest-path.js';
import { readNetlist } from './netlist.js';
import { pinsFile, pinsModule, writePins } from './pins.js';
import { longestRun, readStat, yosys, type Found, type Work } from './run-yosys.js';
import { cellsByUnit, parseStat } from './stat.js';
import { fpgaTargets, type FpgaTarget, type TargetName } from './targets.js';
import { parseNextpnr } from './timing.js';

/** What nextpnr places: iCE40 HX8K, 7,680 logic cells, no multipliers. */
const device = { name: 'hx8k', package: 'ct256', logicCells: 7680 };
/** How many of the longest paths are reported. */
const reportedPaths = 5;

/** A script that maps the module by `command` and leaves NAME.stat. */
function mapScript(
  { files, top }: Work,
  { name, command, target: { memoryStyles, mapLuts } }: { name: string; command: string; target: FpgaTarget },
): string[] {
  const steps =
    mapLuts === undefined
      ? [`${command} -top ${top}`]
      : [`${command} -top ${top} -run begin:map_luts`, ...mapLuts.commands, `${command} -top ${top} -run finalize:`];
  return [
    readSources(files),
    `hierarchy -check -top ${top}`,
    // A family without LUT memories refuses the style.
    ...(memoryStyles ? [] : ['setattr -unset ram_style */m:*']),
    ...steps,
    `tee -q -o ${name}.stat stat`,
  ];
}

/** Counts are of the flat netlist, which is what would be placed; those of units are with the hierarchy kept, and add up to a little more. */
export async function fpga(work: Work, target: Exclude<TargetName, 'asic'>): Promise<Found> {
  const { params, top, unit } = work;
  const chosen: FpgaTarget = fpgaTargets[target];
  const { family, flat, byUnit: command, mapLuts, weight, delays } = chosen;
  const { pairedColumns } = params.array;
  if (pairedColumns > 0 && chosen.pairs !== true)
    work.onStep?.(`array.pairedColumns = ${pairedColumns}: saves nothing here, the multipliers of ${family} take no 25 x 8 bits`);
  await yosys(work, 'map', [...mapScript(work, { name: 'map', command, target: chosen }), ''].join('\n'));
  const counts = countUnits(cellsByUnit(readStat(work, 'map'), top), params.prefix, weight);
  await yosys(
    work,
    'flat',
    [
      ...mapScript(work, { name: 'flat', command: flat, target: chosen }),
      ...(delays === undefined ? [] : ['setattr -unset src */w:* */c:*', 'write_json flat.json']),
      '',
    ].join('\n'),
  );
  const all = countUnits(cellsByUnit(readStat(work, 'flat'), top), params.prefix, weight);
  const lut = total(all, 'lut');
  const sums = { cells: total(all, 'cells'), lut, ff: total(all, 'ff'), dsp: total(all, 'dsp'), ramBlocks: total(all, 'ramBlocks') };
  const { multipliers } = derive(params);
  const perMac = unit === undefined ? { multipliers, lutPerMac: Math.round((10 * lut) / multipliers) / 10 } : {};
  const mapping = mapLuts === undefined ? flat : `${flat}; ${mapLuts.summary}`;
  const found = { target, family, mapping, ...sums, ...perMac, ...estimate(work, delays), byUnit: byUnit(counts) };
  return target === 'ice40' ? { ...found, ...(await place(work, counts)) } : found;
}

/** The longest paths of the flat netlist by the delays of the family. */
function estimate({ folder, top }: Work, delays: DelayTable | undefined): Pick<SynthReport, 'estimatedPeriodNs' | 'delays' | 'paths'> {
  if (delays === undefined) return {};
  const module = readNetlist(join(folder, 'flat.json')).modules[top];
  const paths = module === undefined ? [] : longestPaths(module, delays).slice(0, reportedPaths);
  return { ...(paths[0] && { estimatedPeriodNs: paths[0].ns }), delays: delays.device, paths };
}

/** The module behind its shift register, mapped; its logic cells. */
async function wrap(work: Work, module: string): Promise<number> {
  const { folder } = work;
  const inputs = await writePins(work, module);
  await yosys(
    work,
    'place',
    [
      readSources([...work.files, pinsFile]),
      `hierarchy -check -top ${pinsModule}`,
      'setattr -unset ram_style */m:*',
      `synth_ice40 -top ${pinsModule} -json place.json`,
      'tee -q -o place.stat stat',
      '',
    ].join('\n'),
  );
  const [top] = parseStat(readOutput('yosys', join(folder, 'place.stat')));
  const count = (pattern: RegExp): number =>
    Object.entries(top?.cells ?? {}).reduce((sum, [cell, n]) => sum + (pattern.test(cell) ? n : 0), 0);
  // A logic cell has one of each; flip-flops of a shift register stand alone.
  return count(/^SB_LUT4$/) + inputs;
}

/** Places and routes the first of these that the device holds: the unit asked for or the whole chip, the array, the register file. */
async function place(work: Work, counts: readonly UnitCounts[]): Promise<Pick<SynthReport, 'longestPathNs' | 'placed'>> {
  const { folder, params, onStep } = work;
  const all = total(counts, 'lut');
  const candidates = work.unit !== undefined ? [work.top] : [work.top, `${params.prefix}_pe_array`, `${params.prefix}_trf`];
  for (const module of candidates) {
    const unit = withoutPrefix(module, params.prefix);
    const luts = module === work.top ? all : (counts.find((found) => found.unit === unit)?.lut ?? 0);
    if (luts > device.logicCells || (await wrap(work, module)) > device.logicCells) continue;
    onStep?.(`nextpnr-ice40, ${unit}`);
    const { output } = await runTool({
      command: 'nextpnr-ice40',
      folder,
      logFile: join(folder, 'nextpnr.log'),
      timeoutMs: longestRun,
      arguments: [
        `--${device.name}`,
        '--package',
        device.package,
        '--json',
        'place.json',
        '--pcf-allow-unconstrained',
        '--seed',
        '1',
        '--freq',
        '50',
        '--timing-allow-fail',
      ],
    });
    const { version = '' } = await findTool('nextpnr-ice40');
    return {
      longestPathNs: parseNextpnr(output),
      placed: { device: `iCE40 ${device.name.toUpperCase()}, ${device.package}`, unit, tool: 'nextpnr-ice40', version },
    };
  }
  return {};
}
