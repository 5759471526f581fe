#!/usr/bin/env node
import { exitCodes } from './commands/report-error.js';
import { runCli } from './commands/program.js';

/** Handles the end of output: who reads it may stop reading, as head does; a disk that it goes to may be full. */
function onOutputError(name: string): (error: NodeJS.ErrnoException) => void {
  return ({ code = 'unknown error' }) => {
    if (code === 'EPIPE') process.exit(process.exitCode ?? 0);
    // Where stderr itself fails, nobody can be told.
    if (name !== 'stderr')
      process.stderr.write(`${name}: cannot be written (${code}); check where the output goes and the space left there\n`);
    process.exit(exitCodes.failed);
  };
}

process.stdout.on('error', onOutputError('stdout'));
process.stderr.on('error', onOutputError('stderr'));

const exitCode = await runCli(process.argv.slice(2));
if (exitCode !== 0) process.exitCode = exitCode;
