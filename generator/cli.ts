#!/usr/bin/env node
import { runCli } from './commands/program.js';

/** Whoever reads our output may stop reading, as head does. */
function onOutputError(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
  throw error;
}

process.stdout.on('error', onOutputError);
process.stderr.on('error', onOutputError);

const exitCode = await runCli(process.argv.slice(2));
if (exitCode !== 0) process.exitCode = exitCode;
