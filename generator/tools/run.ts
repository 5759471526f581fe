import { execa } from 'execa';
import { readFile } from 'node:fs/promises';
import { openLog } from '../util/write-file.js';
import { installHint, tools, type Tool } from './versions.js';

/** An external program that failed, crashed or ran out of time: exit code 1, unlike the user's own errors. */
export class ToolError extends Error {
  readonly exitCode = 1;
  constructor(message: string) {
    super(message);
    this.name = 'ToolError';
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
  /** Called when the program has been started: what is done meanwhile does not delay it. */
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
 * Run an external program; the only way in which this project does.
 *
 * Errors   ToolError with the command, the folder, the log file and its last lines
 */
export async function runTool(run: ToolRun): Promise<ToolResult> {
  // Both streams go to one file without a pipe between, so that the log keeps the order of printing.
  const log = openLog(run.logFile);
  const running = execa(run.command, run.arguments, {
    cwd: run.folder, reject: false, buffer: false, stdin: 'ignore', stdout: log.stream, stderr: log.stream, ...(run.timeoutMs === undefined ? {} : { timeout: run.timeoutMs }),
  });
  run.onStart?.();
  const result = await running.finally(log.close);
  const output = await readFile(run.logFile, 'utf8');
  const accepted = run.accepted ?? [0];
  if (!result.timedOut && result.exitCode !== undefined && accepted.includes(result.exitCode)) return { exitCode: result.exitCode, output };
  const how = result.timedOut ? `took longer than ${run.timeoutMs} ms`
    : result.exitCode !== undefined ? `ended with exit code ${result.exitCode}`
    : result.signal !== undefined ? `was ended by ${result.signal}` : `could not be started (${result.cause instanceof Error ? result.cause.message : 'no reason given'})`;
  throw new ToolError([
    `${run.command} ${how}`,
    `  command: ${[run.command, ...run.arguments].join(' ')}`,
    `  folder:  ${run.folder}`,
    `  log:     ${run.logFile}`,
    ...output.split('\n').filter((line) => line.trim() !== '').slice(-shownLines).map((line) => `  | ${line}`),
    ...(result.exitCode === undefined && isMissing(result.cause) ? hintFor(run.command) : []),
  ].join('\n'));
}
