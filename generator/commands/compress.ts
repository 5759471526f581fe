import { Option, type Command } from 'commander';
import { outputKinds, compress, compressJson, compressText, formsJson, formsText, taskNames, type CompressOptions } from '../index.js';
import { addParamsOptions } from './options.js';
import { parseNumber, whole } from './parse.js';
import { print, printError } from './print.js';

interface Options extends CompressOptions {
  readonly factorize?: boolean;
  readonly code: boolean;
  readonly quantise: boolean;
  readonly weightsOnly?: boolean;
  readonly stats?: boolean;
  readonly json?: boolean;
}

export function addCompress(program: Command): void {
  addParamsOptions(program.command('compress'))
    .description('make a model small and write the image that the accelerator runs')
    .option(
      '--task <name>',
      `${taskNames.join(', ')}, or the path of a task of your own (docs/tasks.md): its data, and its trained model when no checkpoint is given`,
    )
    .option(
      '--checkpoint <folder>',
      'a folder with config.json and model.safetensors, dense or factorized (docs/checkpoint.md), or a Hugging Face folder (docs/import.md)',
    )
    .option('--inputs <file>', 'inputs in place of a task, one JSON object a line: calibrates and measures, by labels or the float model')
    .option('--banks <number>', 'banks that the supports are balanced for; a multiple of the columns, which are the default', parseNumber)
    .option('--k <number>', 'non-zeros in a column of W_D (default: 8)', parseNumber)
    .option('--rank <number>', 'inner dimension of the factorization (default: twice the width, within the envelope)', parseNumber)
    .option(
      '--budget <amount>',
      "choose rank, k or int8 for the layers of each role, so that the blocks' weights take at most this (150kB, 1.05MB) or the run does (400kcycles)",
    )
    .option('--loss <share>', 'the same, for the least bytes that lose at most this: 1 - mean cosine of the outputs', parseNumber)
    .option('--factorize', 'make factors of dense layers, whatever they lose (default without labels: only with a cosine of .98)')
    .option('--no-factorize', 'keep dense layers dense')
    .option('--no-code', 'do not refit W_D after W_S has been coded')
    .option('--weights-only', 'factorize by the weights alone, not by what they do to the calibration inputs')
    .option('--no-quantise', 'do not round W_D before calibration')
    .addOption(
      new Option('--outputs <kind>', 'what the chip stores of a row: all its outputs, or the index of the largest (default: all)').choices(
        outputKinds,
      ),
    )
    .option('--wide', 'uncoded: every weight in a container of 16 bits; the same numbers, for comparison')
    .option(
      '--activation-bits <number>',
      'width of stored activations, 4 .. 8 (default: numerics.activationBits of the hardware)',
      parseNumber,
    )
    .option('--percentile <share>', 'share of values that the activation scales represent without saturation', parseNumber)
    .option('--calibration-inputs <number>', 'training inputs that the scales are chosen on (default: 256)', parseNumber)
    .option('--validation-inputs <number>', 'validation inputs that every step is measured on; 0 for none (default: 200)', parseNumber)
    .option('--seed <number>', 'of the dictionary that factorization starts from (default: 1)', whole(2 ** 31 - 1))
    .option('--stats', 'print bytes by class, and the sparse stream against its entropy bound')
    .option('--out <file>', 'write the image, and its manifest beside it with .json')
    .option('--json', 'print JSON')
    .action(async ({ factorize, code, quantise, weightsOnly = false, stats = false, json = false, ...options }: Options) => {
      const { out } = options;
      const result = await compress({
        ...options,
        onProgress: (line) => printError(`${line}\n`),
        steps: { ...(factorize !== undefined && { factorize }), codeShared: code, quantiseValues: quantise, activations: !weightsOnly },
      });
      const { curve } = result;
      const text = json
        ? JSON.stringify({ ...compressJson(result), ...(curve !== undefined && { curve: formsJson(curve) }) }, null, 2)
        : [...(curve === undefined ? [] : [formsText(curve), '']), compressText(result, stats)].join('\n');
      print(`${text}\n${out === undefined || json ? '' : `\n${out} and ${out}.json written\n`}`);
    });
}
