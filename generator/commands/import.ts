import { Option, type Command } from 'commander';
import { importCheckpoint, type ImportCheckpointOptions, type ImportReport } from '../index.js';
import { print } from './print.js';

export function addImport(program: Command): void {
  program
    .command('import <source>')
    .description('take a pretrained encoder from its files: a Hugging Face folder (docs/import.md)')
    .requiredOption('--out <folder>', 'write the checkpoint here, for compress --checkpoint')
    .addOption(new Option('--head <head>', 'own: that of the source; none: the encoder alone').choices(['own', 'none']).default('own'))
    .option('--task <name>', 'name of the task in the checkpoint (default: that of the source)')
    .option('--json', 'print JSON')
    .action(async (source: string, { json = false, ...options }: Omit<ImportCheckpointOptions, 'source'> & { readonly json?: boolean }) => {
      const onReport = (report: ImportReport): void => print(json ? `${JSON.stringify(report, null, 2)}\n` : reportText(report));
      await importCheckpoint({ ...options, source, onReport });
      if (!json) print(`\n${options.out} written\n`);
    });
}

function reportText({ architecture, layers, width, mapped, host, unsupported }: ImportReport): string {
  const shape = layers === undefined || width === undefined ? '' : `, ${layers} ${layers === 1 ? 'layer' : 'layers'}, ${width} wide`;
  const lines = (title: string, items: readonly string[]): string[] =>
    items.map((item, i) => `${(i === 0 ? title : '').padEnd(13)}${item}`);
  return `${[
    ...lines('architecture', [`${architecture}${shape}`]),
    ...lines('mapped', [`${Object.keys(mapped).length} tensors`]),
    ...lines('host', host),
    ...lines('unsupported', unsupported.length === 0 ? ['nothing'] : [`${unsupported.length}, below`]),
  ].join('\n')}\n`;
}
