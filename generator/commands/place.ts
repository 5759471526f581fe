import { InvalidArgumentError, Option, type Command } from 'commander';
import { place, placeTools, postRouteTable, readPostRoute, type ParamsSource, type PlaceTool } from '../index.js';
import { alignColumns } from '../util/aligned.js';
import { addParamsOptions } from './options.js';
import { print, printError } from './print.js';

interface Options extends ParamsSource {
  readonly tool: PlaceTool;
  readonly unit?: string;
  readonly device?: string;
  readonly pins?: string;
  readonly clockMhz?: number;
  readonly from?: string;
  readonly out?: string;
  readonly json?: boolean;
}

function megahertz(text: string): number {
  const value = Number(text);
  if (!(value >= 1 && value <= 1000)) throw new InvalidArgumentError('must be a number of megahertz from 1 to 1000.');
  return value;
}

export function addPlace(program: Command): void {
  addParamsOptions(program.command('place'))
    .description('place and route with Vivado or nextpnr, if you have it: frequency, LUT, FF, DSP and BRAM after routing')
    .addOption(new Option('--tool <name>', 'what places and routes').choices(placeTools).makeOptionMandatory())
    .option('--unit <name>', 'one unit in place of the whole chip, as in pe_array')
    .option('--device <name>', 'part of Vivado, size of nextpnr-ecp5 (85k) or nextpnr-ice40 (hx8k), chip database of nextpnr-xilinx')
    .option('--pins <file>', 'nextpnr-xilinx: XDC file with places for clk_i, serial_i and folded_o')
    .option('--clock-mhz <number>', 'what the tool aims at (default: 100)', megahertz)
    .addOption(
      new Option('--from <folder>', 'read utilization.rpt and timing.rpt, nextpnr.json or nextpnr.log there; nothing is run').conflicts([
        'unit',
        'device',
        'pins',
        'clockMhz',
        'out',
        'preset',
        'config',
        'set',
      ]),
    )
    .option('--out <folder>', 'keep report.json, scripts, netlists and logs here')
    .option('--json', 'print JSON')
    .action(async ({ from, json = false, ...options }: Options) => {
      const report =
        from === undefined
          ? await place({ ...options, onStep: (step: string) => printError(`  ${step}\n`) })
          : { tool: options.tool, ...readPostRoute(options.tool, from) };
      print(json ? `${JSON.stringify(report, null, 2)}\n` : `${alignColumns(postRouteTable(report), 'lrr').join('\n')}\n`);
    });
}
