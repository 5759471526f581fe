import { Option, type Command } from 'commander';
import { importCheckpoint, UserError, type ImportCheckpointOptions, type ImportReport } from '../index.js';
import { print, printError } from './print.js';
import { exitCodes } from './report-error.js';

interface ImportCommandOptions extends Omit<ImportCheckpointOptions, 'source'> {
  readonly json?: boolean;
}

export function addImport(program: Command): void {
  program
    .command('import <source>')
    .description(
      'take a pretrained encoder from its files: a Hugging Face folder, an ONNX file or a TensorFlow.js graph model (docs/import.md)',
    )
    .requiredOption('--out <folder>', 'write the checkpoint here, for compress --checkpoint')
    .addOption(new Option('--head <head>', 'own: that of the source; none: the encoder alone').choices(['own', 'none']).default('own'))
    .option('--from <tensor>', 'ONNX: features of tokens at which the encoder begins, where it is a part of a larger model')
    .option('--to <tensor>', 'ONNX: tensor at which it ends (default: the first output)')
    .option('--task <name>', 'name of the task in the checkpoint (default: that of the source)')
    .option(
      '--verify [file]',
      'run the source, or the ONNX file of the model, on random inputs and compare (default: the source, or model.onnx in the folder)',
    )
    .option('--json', 'print JSON')
    .action(async (source: string, { json = false, ...options }: ImportCommandOptions) => {
      let shown: ImportReport | undefined;
      const onReport = (report: ImportReport): void => {
        shown = report;
        if (!json) print(reportText(report));
      };
      try {
        shown = await importCheckpoint({ ...options, source, onReport });
      } catch (error) {
        if (json && error instanceof UserError) print(reportJson(withProblems(shown, error.problems)));
        throw error;
      }
      if (json) print(reportJson(shown));
      const { verify } = shown;
      if (!json && verify !== undefined) print(`\n${verificationText(verify)}\n`);
      if (verify?.equal === false) {
        const { file, largestDifference, largestValue } = verify;
        printError(`${file}: outputs differ by up to ${largestDifference}, of values of up to ${largestValue}; nothing is written\n`);
        process.exitCode = exitCodes.failed;
      } else if (!json) print(`\n${options.out} written\n`);
    });
}

/** What is known of the source where the report lists nothing that keeps it out: values that are not finite are found after it. */
function withProblems(report: ImportReport | undefined, problems: readonly string[]): ImportReport {
  if (report !== undefined && report.unsupported.length > 0) return report;
  const nothing = { architecture: undefined, layers: undefined, width: undefined, mapped: {}, host: [] };
  return { ...nothing, ...report, unsupported: problems };
}

/** All fields in every case; null stands for what is not known. */
function reportJson({ architecture, layers, width, ...rest }: ImportReport): string {
  return `${JSON.stringify({ architecture: architecture ?? null, layers: layers ?? null, width: width ?? null, ...rest }, null, 2)}\n`;
}

function verificationText({ inputs, output, largestDifference, largestValue }: NonNullable<ImportReport['verify']>): string {
  return `${inputs} random inputs through the source: ${output} differs by at most ${largestDifference.toExponential(1)}, of values of up to ${largestValue.toFixed(2)}`;
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
