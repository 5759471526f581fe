/** Place and route by Vivado or nextpnr, whichever of them is installed. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readSources } from '../../output/flows/yosys.js';
import type { Params } from '../../params/fields.js';
import { configHash, designSources } from '../../rtl/design.js';
import { renderText } from '../../rtl/render.js';
import { requireTools } from '../../tools/find.js';
import { readOutput } from '../../tools/output.js';
import { MissingToolError, runTool } from '../../tools/run-tool.js';
import { UserError } from '../../util/errors.js';
import { makeFolder, writeScratch } from '../../util/write-file.js';
import { withoutPrefix } from '../cell-counts.js';
import { pinsFile, pinsModule, writePins } from '../pins.js';
import { longestRun, moduleOf, yosys, type Work } from '../run-yosys.js';
import { parseNextpnrLog, parseNextpnrReport, type NextpnrName } from './nextpnr.js';
import type { PostRouteCounts, PostRouteReport } from './table.js';
import { parseVivado } from './vivado.js';

export const placeTools = ['vivado', 'nextpnr-ecp5', 'nextpnr-xilinx', 'nextpnr-ice40'] as const;
export type PlaceTool = (typeof placeTools)[number];

export interface PlaceRequest {
  readonly params: Params;
  readonly tool: PlaceTool;
  /** A unit's name without the prefix; the whole chip when left out. */
  readonly unit?: string;
  /** Part of Vivado, size of nextpnr-ecp5 and -ice40, chip database of nextpnr-xilinx. */
  readonly device?: string;
  /** Pins of nextpnr-xilinx: an XDC file with places for clk_i, serial_i and folded_o. */
  readonly pins?: string;
  /** What the tool aims at. */
  readonly clockMhz?: number;
  readonly folder: string;
  readonly onStep?: (step: string) => void;
}

/** Devices when none is asked for, and what they must look like; null where there is no default. */
const devices: Readonly<Record<PlaceTool, { readonly initial: string | null; readonly form: RegExp; readonly says: string }>> = {
  vivado: { initial: 'xc7a100tcsg324-1', form: /^x[a-z0-9]+-[a-z0-9-]+$/, says: 'a part, as in xc7a100tcsg324-1' },
  'nextpnr-ecp5': { initial: '85k', form: /^(um5g-|um-)?(12k|25k|45k|85k)$/, says: '12k, 25k, 45k or 85k, with um- or um5g- before it' },
  'nextpnr-xilinx': { initial: null, form: /./, says: 'the chip database, as in xc7a100t.bin' },
  'nextpnr-ice40': { initial: 'hx8k', form: /^(hx1k|hx4k|hx8k)$/, says: 'hx1k, hx4k or hx8k' },
};

const files = { utilization: 'utilization.rpt', timing: 'timing.rpt', json: 'nextpnr.json', log: 'nextpnr.log' } as const;
const packages: Readonly<Record<string, string>> = { hx1k: 'tq144', hx4k: 'tq144', hx8k: 'ct256' };
const defaultMhz = 100;

function deviceOf({ tool, device }: Pick<PlaceRequest, 'tool' | 'device'>): string {
  const { initial, form, says } = devices[tool];
  const found = device ?? initial;
  if (found === null || !form.test(found)) throw new UserError([`device = ${found ?? 'none'}: of ${tool} must be ${says}`]);
  return found;
}

function checkFiles({ tool, device, pins }: PlaceRequest): void {
  if (tool !== 'nextpnr-xilinx') {
    if (pins !== undefined) throw new UserError([`pins = ${pins}: is of nextpnr-xilinx alone; leave it out`]);
    return;
  }
  if (pins === undefined)
    throw new UserError(['pins = none: nextpnr-xilinx needs an XDC file with places for clk_i, serial_i and folded_o']);
  const missing = [
    ['device', device!],
    ['pins', pins],
  ].filter(([, path]) => !existsSync(path!));
  if (missing.length > 0) throw new UserError(missing.map(([name, path]) => `${name} = ${path}: cannot be read; give a file that exists`));
}

function readText(path: string): { file: string; text: string } {
  if (!existsSync(path)) throw new UserError([`${path}: is not there; expected a report of place and route`]);
  // Tools on Windows end lines with two characters.
  return { file: path, text: readFileSync(path, 'utf8').replaceAll('\r\n', '\n') };
}

/**
 * Counts in the reports of a tool that a folder holds, of this command or of somebody else's run.
 *
 * Errors   UserError with the file and the line that was expected
 */
export function readPostRoute(tool: PlaceTool, folder: string): PostRouteCounts {
  if (tool === 'vivado') return parseVivado(readText(join(folder, files.utilization)), readText(join(folder, files.timing)));
  const json = join(folder, files.json);
  if (existsSync(json)) return parseNextpnrReport(readFileSync(json, 'utf8'), tool, json);
  const { file, text } = readText(join(folder, files.log));
  return parseNextpnrLog(text, tool, file);
}

const synthesis: Readonly<Record<NextpnrName, string>> = {
  'nextpnr-ecp5': 'synth_ecp5 -nowidelut',
  'nextpnr-xilinx': 'synth_xilinx -family xc7 -nowidelut -flatten',
  'nextpnr-ice40': 'synth_ice40',
};

function nextpnrArguments(tool: NextpnrName, device: string, { pins, clockMhz = defaultMhz }: PlaceRequest): string[] {
  const common = ['--json', 'place.json', '--seed', '1', '--freq', String(clockMhz), '--timing-allow-fail'];
  // nextpnr-xilinx is older than `--report`.
  if (tool === 'nextpnr-xilinx') return ['--chipdb', resolve(device), '--xdc', resolve(pins!), ...common];
  const reported = [`--${device}`, ...common, '--report', files.json];
  return tool === 'nextpnr-ecp5'
    ? [...reported, '--package', 'CABGA381', '--speed', '6', '--lpf-allow-unconstrained']
    : [...reported, '--package', packages[device]!, '--pcf-allow-unconstrained'];
}

async function byNextpnr(work: Work, tool: NextpnrName, device: string, request: PlaceRequest): Promise<void> {
  await requireTools(['yosys']);
  await writePins(work, work.top);
  await yosys(
    work,
    'place',
    [
      readSources([...work.files, pinsFile]),
      `hierarchy -check -top ${pinsModule}`,
      ...(tool === 'nextpnr-ice40' ? ['setattr -unset ram_style */m:*'] : []),
      `${synthesis[tool]} -top ${pinsModule}`,
      'write_json place.json',
      '',
    ].join('\n'),
  );
  work.onStep?.(tool);
  await runTool({
    command: tool,
    arguments: nextpnrArguments(tool, device, request),
    folder: work.folder,
    logFile: join(work.folder, files.log),
    timeoutMs: longestRun,
  });
  if (tool !== 'nextpnr-xilinx') readOutput(tool, join(work.folder, files.json));
}

async function byVivado(work: Work, part: string, { clockMhz = defaultMhz }: PlaceRequest): Promise<void> {
  const periodNs = (1000 / clockMhz).toFixed(3);
  writeScratch(
    join(work.folder, 'place.tcl'),
    renderText('synth/place.tcl', { files: work.files.map((name) => ({ name })), top: work.top, part, periodNs }),
  );
  work.onStep?.('vivado');
  await runTool({
    command: 'vivado',
    arguments: ['-mode', 'batch', '-nojournal', '-nolog', '-source', 'place.tcl'],
    folder: work.folder,
    logFile: join(work.folder, 'vivado.log'),
    timeoutMs: longestRun,
  });
}

/** The version that a tool prints, in one line; that it is not there is one line, too. */
async function versionOf(tool: PlaceTool, folder: string): Promise<string> {
  const run = { command: tool, arguments: [tool === 'vivado' ? '-version' : '--version'], folder, logFile: join(folder, 'version.log') };
  const { output } = await runTool(run).catch((error: unknown) => {
    throw error instanceof MissingToolError
      ? new MissingToolError(`${tool}: not found (place and route); install it and put it on the PATH`)
      : error;
  });
  return /\b(?:Version |v)([\w.+-]+)/i.exec(output)?.[1] ?? 'unknown';
}

/**
 * Places and routes a configuration, or one unit of it.
 *
 * Errors   UserError for a unit or device that does not exist and reports without the lines that are expected; MissingToolError
 *          and ToolError for a missing and a failed tool
 */
export async function placeAndRoute(request: PlaceRequest): Promise<PostRouteReport> {
  const { params, tool, unit, folder } = request;
  const sources = designSources(params);
  const top = moduleOf(params, unit, sources);
  const device = deviceOf(request);
  checkFiles({ ...request, device });
  makeFolder(folder);
  const version = await versionOf(tool, folder);
  for (const { name, text } of sources) writeScratch(join(folder, name), text);
  const work: Work = { params, folder, top, files: sources.map(({ name }) => name), ...(request.onStep && { onStep: request.onStep }) };
  if (tool === 'vivado') await byVivado(work, device, request);
  else await byNextpnr(work, tool, device, request);
  return { top: withoutPrefix(top, params.prefix), configHash: configHash(params), tool, version, device, ...readPostRoute(tool, folder) };
}
