import { execa } from 'execa';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { ToolError } from '../util/errors.js';
import { printableLine } from '../util/printable.js';
import { shellCommand, shellWord } from '../util/shell.js';
import { openLog } from '../util/write-file.js';
import { groupLeader, watchGroup } from './process-group.js';
import { installHint, tools, type Tool } from './versions.js';

/** An external program that is not installed, or too old: the user's to change, with the exit code of bad input. */
export class MissingToolError extends ToolError {
  override readonly exitCode = 2;
  constructor(message: string) {
    super(message);
    this.name = 'MissingToolError';
  }
}

/** An external program that took longer than it may. */
export class TimeoutError extends ToolError {
  constructor(message: string) {
    super(message);
    this.name = 'TimeoutError';
  }
}

export interface ToolRun {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly folder: string;
  /** Everything that the program prints, in the order of printing. */
  readonly logFile: string;
  readonly timeoutMs?: number;
  /** Exit codes that are an answer, not a failure; 0 when left out. */
  readonly accepted?: readonly number[];
  /** Callback when the program has been started: what is done meanwhile does not delay it. */
  readonly onStart?: (() => void) | undefined;
}

export interface ToolResult {
  readonly exitCode: number;
  readonly output: string;
}

const shownLines = 20;

/** What to type to install a program, when it is one that we know. */
function hintFor(command: string): string[] {
  const known = Object.values<Tool>(tools).filter((tool) => tool.command === command);
  return known.length > 0 ? installHint(known) : [];
}

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}

/**
 * Run an external program with a log of its own, as everything does that builds, simulates, synthesises or places.
 *
 * Errors   ToolError with the command, the folder, the log file and its last lines; of it TimeoutError after timeoutMs, MissingToolError
 *          when there is no such program
 */
export async function runTool(run: ToolRun): Promise<ToolResult> {
  // Both streams go to one file without a pipe between, so that the log keeps the order of printing.
  const log = openLog(run.logFile);
  const running = execa(run.command, run.arguments, {
    ...groupLeader,
    cwd: run.folder,
    reject: false,
    buffer: false,
    stdin: 'ignore',
    stdout: log.stream,
    stderr: log.stream,
  });
  const watch = watchGroup(running.pid, run.timeoutMs);
  run.onStart?.();
  const result = await running.finally(() => {
    watch.stop();
    log.close();
  });
  const output = await readFile(run.logFile, 'utf8');
  const accepted = run.accepted ?? [0];
  if (!watch.timedOut() && result.exitCode !== undefined && accepted.includes(result.exitCode))
    return { exitCode: result.exitCode, output };
  const how = watch.timedOut()
    ? `took longer than ${run.timeoutMs} ms`
    : result.exitCode !== undefined
      ? `ended with exit code ${result.exitCode}`
      : result.signal !== undefined
        ? `was ended by ${result.signal}`
        : `could not be started (${result.cause instanceof Error ? result.cause.message : 'no reason given'})`;
  const missing = result.exitCode === undefined && isMissing(result.cause) && existsSync(run.folder);
  throw new (watch.timedOut() ? TimeoutError : missing ? MissingToolError : ToolError)(
    [
      `${run.command} ${how}`,
      `  command: ${shellCommand([run.command, ...run.arguments])}`,
      `  folder:  ${shellWord(run.folder)}`,
      `  log:     ${shellWord(run.logFile)}`,
      ...output
        .split('\n')
        .filter((line) => line.trim() !== '')
        .slice(-shownLines)
        .map((line) => `  | ${printableLine(line)}`),
      ...(missing ? hintFor(run.command) : []),
    ].join('\n'),
  );
}
