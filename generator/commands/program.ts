import { Command } from 'commander';
import { packageVersion } from '../index.js';
import { addCompress } from './compress.js';
import { addDiff } from './diff.js';
import { addDisasm } from './disasm.js';
import { addDoctor } from './doctor.js';
import { addEvaluate } from './evaluate.js';
import { addExplain } from './explain.js';
import { addGenerate } from './generate.js';
import { addImport } from './import.js';
import { addInit } from './init.js';
import { addInspect } from './inspect.js';
import { print, printError } from './print.js';
import { reportError } from './report-error.js';
import { addReproduce } from './reproduce.js';
import { addRun } from './run.js';
import { addSchema } from './schema.js';
import { addSimulate } from './simulate.js';
import { addStart } from './start.js';
import { addSweep } from './sweep.js';
import { addPlace } from './place.js';
import { addSynth } from './synth.js';
import { addTrace } from './trace.js';
import { addTrain } from './train.js';

/** The command line: one line a verb. */
export function makeProgram(): Command {
  const program = new Command('trexgen')
    .description('Small weights, the accelerator that computes on them, and the proof that both agree.')
    .version(packageVersion())
    .showHelpAfterError('(--help lists commands and options)')
    .configureOutput({ writeOut: print, writeErr: printError })
    .exitOverride();
  addInit(program);
  addSchema(program);
  addInspect(program);
  addGenerate(program);
  addTrain(program);
  addImport(program);
  addCompress(program);
  addStart(program);
  addRun(program);
  addSimulate(program);
  addEvaluate(program);
  addTrace(program);
  addReproduce(program);
  addSweep(program);
  addSynth(program);
  addPlace(program);
  addDiff(program);
  addExplain(program);
  addDisasm(program);
  addDoctor(program);
  return program;
}

/** Run a command line; its exit code, unless the command has set process.exitCode itself. */
export async function runCli(argv: readonly string[]): Promise<number> {
  try {
    await makeProgram().parseAsync(argv, { from: 'user' });
    return 0;
  } catch (error) {
    const { exitCode, text } = reportError(error, process.env['TREXGEN_DEBUG'] === '1');
    if (text !== '') printError(`${text}\n`);
    return exitCode;
  }
}
