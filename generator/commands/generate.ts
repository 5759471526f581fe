import type { Command } from 'commander';
import { loadParams, type ParamsSource } from '../params/load.js';
import { renderDesign } from '../rtl/manifest.js';
import { writeDesign } from '../rtl/write.js';
import { addParamsOptions } from './options.js';

interface GenerateOptions extends ParamsSource {
  readonly out: string;
  readonly json?: boolean;
}

export function addGenerate(program: Command): void {
  addParamsOptions(program.command('generate'))
    .description('write the Verilog of an accelerator with its manifest')
    .requiredOption('--out <folder>', 'a new or empty folder, or one that an earlier generate wrote')
    .option('--json', 'print the manifest')
    .action(async ({ out, json = false, ...source }: GenerateOptions) => {
      const design = renderDesign(await loadParams(source));
      await writeDesign(design, out);
      const { manifest } = design;
      const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
      const text = `${out}: ${manifest.topModule}, ${manifest.files.length} files, ${bytes} bytes, configuration ${manifest.configHash}`;
      process.stdout.write(`${json ? JSON.stringify(manifest, null, 2) : text}\n`);
    });
}
