import { InvalidArgumentError, Option, type Command } from 'commander';
import { defaultLiberty, synth, synthTable, targetNames, type ParamsSource, type SynthReport, type TargetName } from '../index.js';
import { alignColumns } from '../util/aligned.js';
import { addParamsOptions } from './options.js';
import { print, printError } from './print.js';

interface Options extends ParamsSource {
  readonly target: TargetName;
  readonly unit?: string;
  readonly liberty?: string;
  readonly period?: number;
  readonly out?: string;
  readonly json?: boolean;
}

function positiveNs(text: string): number {
  const value = Number(text);
  if (!(value >= 0.001 && value <= 1000)) throw new InvalidArgumentError('must be a number of nanoseconds from 0.001 to 1000.');
  return value;
}

const number = (value: number): string => value.toLocaleString('en-US');

function formatReport(report: SynthReport): string {
  const { target, family, top, configHash, tool, version, placed, longestPathNs, paths, memories, memoryBits, mapping } = report;
  const { multipliers, lutPerMac, estimatedPeriodNs, delays, ffWithEnable, memoryGateEquivalents } = report;
  const table = synthTable(report);
  return [
    `${top} of configuration ${configHash} for ${target} (${family}), ${tool} ${version}`,
    ...(mapping === undefined ? [] : [`units with the hierarchy kept; all: ${mapping}`]),
    '',
    ...alignColumns(table, `l${'r'.repeat((table[0]?.length ?? 1) - 1)}`),
    ...(memories === undefined || memories.length === 0
      ? []
      : [
          '',
          `${number(memoryBits ?? 0)} bits of memory are black boxes, about ${number(memoryGateEquivalents ?? 0)} gate equivalents more if they were flip-flops: ${memories.map(({ words, bits, count }) => `${count} of ${number(words)} x ${bits}`).join(', ')}`,
        ]),
    ...(ffWithEnable === undefined ? [] : ['', `${number(ffWithEnable.count)} of ${number(ffWithEnable.of)} flip-flops have an enable`]),
    ...(lutPerMac === undefined ? [] : ['', `${lutPerMac} LUT for each of ${multipliers} multipliers of the array, everything included`]),
    ...(estimatedPeriodNs === undefined
      ? []
      : ['', `estimated period ${estimatedPeriodNs} ns on ${delays}, before placement; longest paths between units:`]),
    ...(longestPathNs === undefined
      ? []
      : [
          '',
          `longest path ${longestPathNs} ns${placed === undefined ? '' : `: ${placed.unit} on ${placed.device}, placed and routed by ${placed.tool} ${placed.version}`}`,
        ]),
    ...(paths ?? []).map(({ from, to, ns }) => `  ${ns.toFixed(3)} ns  ${from} -> ${to}`),
    '',
  ].join('\n');
}

export function addSynth(program: Command): void {
  addParamsOptions(program.command('synth'))
    .description(
      'synthesise a configuration with yosys: cells by unit; for asic longest paths by OpenSTA, for ice40 place and route by nextpnr',
    )
    .addOption(new Option('--target <family>', 'what to map to').choices(targetNames).makeOptionMandatory())
    .option('--unit <name>', 'one unit in place of the whole chip, as in pe_array')
    .option('--liberty <file>', `library of asic (default: ${defaultLiberty})`)
    .option('--period <ns>', 'clock period that asic is mapped for, before area; left out, area comes first', positiveNs)
    .option('--out <folder>', 'keep report.json, scripts, netlists and logs here')
    .option('--json', 'print JSON')
    .action(async ({ period, json = false, ...options }: Options) => {
      const report = await synth({
        ...options,
        ...(period !== undefined && { periodNs: period }),
        onStep: (step: string) => printError(`  ${step}\n`),
      });
      print(json ? `${JSON.stringify(report, null, 2)}\n` : formatReport(report));
      if (options.out !== undefined) printError(`results: ${options.out}\n`);
    });
}
