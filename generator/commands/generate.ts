import { join } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { defaultFlowOptions, generate, type GenerateOptions } from '../index.js';
import { addParamsOptions } from './options.js';
import { print, printError } from './print.js';

/** Frequency with up to three places, so that the period is what was asked for. */
function megahertz(text: string): number {
  if (!/^\d+(\.\d{1,3})?$/.test(text) || Number(text) < 1 || Number(text) > 5000)
    throw new InvalidArgumentError('must be a number 1 .. 5000 with at most three places.');
  return Number(text);
}

export function addGenerate(program: Command): void {
  addParamsOptions(program.command('generate'))
    .description('write the Verilog of an accelerator, collateral for synthesis and hosts, and a manifest')
    .requiredOption('--out <folder>', 'a new or empty folder, or one that an earlier generate wrote')
    .option('--force', 'replace files that have changed since, or that others wrote; never the file of the memory macro')
    .option('--clock-mhz <number>', 'clock of the timing constraints', megahertz, defaultFlowOptions.clockMhz)
    .option('--json', 'print the manifest')
    .action(async ({ json = false, ...options }: GenerateOptions & { readonly json?: boolean }) => {
      const { out } = options;
      const { manifest, kept } = await generate(options);
      const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
      const text = `${out}: ${manifest.topModule}, ${manifest.files.length} files, ${bytes} bytes, configuration ${manifest.configHash}`;
      if (kept !== undefined)
        printError(`${join(out, kept)}: kept as it is, because it is yours; to get a fresh one, move it away and generate again\n`);
      print(`${json ? JSON.stringify(manifest, null, 2) : text}\n`);
    });
}
