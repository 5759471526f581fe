#!/usr/bin/env node
import { constants } from 'node:os';
import { execa } from 'execa';
import { requireTools } from './find.js';
import { MissingToolError } from './run-tool.js';
import { tools } from './versions.js';

/**
 * npx trexgen-verilator: the installed Verilator with all arguments, standard streams and its exit code, once its
 * version is known to do; otherwise what to type, and exit code 2. It installs nothing.
 */
async function main(): Promise<number> {
  try {
    await requireTools(['verilator']);
  } catch (error) {
    if (!(error instanceof MissingToolError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return error.exitCode;
  }
  const child = execa(tools.verilator.command, process.argv.slice(2), { stdio: 'inherit', reject: false });
  // A terminal's Ctrl-C reaches the child by itself; both then end by its exit code.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  const { exitCode, signal } = await child;
  return exitCode ?? (signal === undefined ? 1 : 128 + constants.signals[signal]);
}

process.exitCode = await main();
