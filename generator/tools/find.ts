import { execa } from 'execa';
import { groupLeader, watchGroup } from './process-group.js';
import { MissingToolError } from './run-tool.js';
import { atLeast, installHint, tools, type Tool, type ToolName } from './versions.js';

export interface FoundTool {
  readonly tool: Tool;
  readonly state: 'good' | 'missing' | 'old' | 'unknown';
  /** Version that it prints; undefined when it is missing or prints no version that we understand. */
  readonly version?: string;
}

const patienceMs = 60_000;

/** Start a program for its version and compare it with the oldest that will do. */
export async function findTool(name: ToolName, { timeoutMs = patienceMs }: { readonly timeoutMs?: number } = {}): Promise<FoundTool> {
  const tool: Tool = tools[name];
  const running = execa(tool.command, tool.versionArguments, { ...groupLeader, reject: false, all: true, stdin: 'ignore' });
  const watch = watchGroup(running.pid, timeoutMs, () => {
    running.stdout.destroy();
    running.stderr.destroy();
  });
  const { all, exitCode } = await running.finally(watch.stop);
  if (running.pid === undefined) return { tool, state: 'missing' };
  const version = exitCode === undefined ? undefined : tool.pattern.exec(all ?? '')?.[1];
  if (version === undefined) return { tool, state: 'unknown' };
  return { tool, version, state: tool.minimum === undefined || atLeast(version, tool.minimum) ? 'good' : 'old' };
}

/** What is wrong with a tool, in one line; undefined for a good one. */
export function toolProblem({ tool: { command, minimum, purpose }, state, version }: FoundTool): string | undefined {
  switch (state) {
    case 'good':
      return undefined;
    case 'missing':
      return `${command}: not found (${purpose}); install it`;
    case 'old':
      return `${command} = ${version}: ${minimum} or later is needed (${purpose}); upgrade it`;
    case 'unknown':
      return `${command}: prints no version that can be read; ${minimum ?? 'any version'} or later is needed (${purpose})`;
  }
}

/**
 * Make sure that tools are there and new enough.
 *
 * Errors   MissingToolError that lists every one that is not, and what to type
 */
export async function requireTools(names: readonly ToolName[]): Promise<void> {
  const bad = (await Promise.all(names.map((name) => findTool(name)))).filter(({ state }) => state !== 'good');
  if (bad.length === 0) return;
  throw new MissingToolError([...bad.map(toolProblem), ...installHint(bad.map(({ tool }) => tool))].join('\n'));
}
