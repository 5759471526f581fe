import { Option, type Command } from 'commander';
import { UserError } from '../util/errors.js';
import { importFolder } from '../import/read-folder.js';
import type { ImportReport } from '../import/imported.js';
import { requireOwnFolder, saveImport } from '../import/save.js';
import { withOutFiles } from './out.js';
import { print } from './print.js';
import { join } from 'node:path';

interface ImportCommandOptions {
  readonly out: string;
  readonly head: 'own' | 'none';
  readonly task?: string;
  readonly json?: boolean;
}

export function addImport(program: Command): void {
  program
    .command('import <source>')
    .description('take a pretrained encoder from its files: a Hugging Face folder (docs/import.md)')
    .requiredOption('--out <folder>', 'write the checkpoint here, for compress --checkpoint')
    .addOption(new Option('--head <head>', 'own: that of the source; none: the encoder alone').choices(['own', 'none']).default('own'))
    .option('--task <name>', 'name of the task in the checkpoint (default: that of the source)')
    .option('--json', 'print JSON')
    .action(async (source: string, { out, head, task, json = false }: ImportCommandOptions) => {
      requireOwnFolder(out);
      await withOutFiles([join(out, 'config.json'), join(out, 'model.safetensors')], 'import', () => {
        const imported = importFolder(source, {
          head,
          task,
          onReport: (report) => print(json ? `${JSON.stringify(report, null, 2)}\n` : reportText(report)),
        });
        if (imported.report.unsupported.length > 0) throw new UserError(imported.report.unsupported);
        saveImport(out, imported);
      });
      if (!json) print(`\n${out} written\n`);
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
