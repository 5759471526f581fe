import type { Command } from 'commander';
import { findTool, toolProblem, type FoundTool } from '../tools/find.js';
import { packageVersion } from '../util/package.js';
import { installedVersion, peerNames, peers, peerVersion } from '../util/peers.js';
import { atLeast, installHint, minimumNode, tools, type ToolName } from '../tools/versions.js';
import { cacheState, emptyCache, type CacheState } from '../sim/cache-limit.js';
import { addCacheOption } from './options.js';
import { print } from './print.js';
import { exitCodes } from './report-error.js';
import { alignColumns } from '../util/aligned.js';

interface Row {
  readonly name: string;
  readonly version: string | null;
  readonly minimum: string | null;
  readonly good: boolean;
  readonly purpose: string;
}

function formatRows(rows: readonly Row[]): string[] {
  const cells = [
    ['tool', 'version', 'minimum', 'for'],
    ...rows.map(({ name, version, minimum, purpose }) => [name, version ?? 'missing', minimum ?? 'any', purpose]),
  ];
  return alignColumns(cells, 'llll');
}

interface PackageRow {
  readonly name: string;
  readonly version: string | null;
  readonly wanted: string;
  readonly purpose: string;
}

const packageRows = (): PackageRow[] =>
  peerNames.map((name) => ({
    name,
    version: installedVersion(name) ?? null,
    wanted: peerVersion(name),
    purpose: `${peers[name].purpose}; only for ${peers[name].onlyFor}`,
  }));

function formatPackages(rows: readonly PackageRow[]): string[] {
  const cells = [
    ['optional package', 'version', 'wanted', 'for'],
    ...rows.map(({ name, version, wanted, purpose }) => [name, version ?? 'missing', wanted, purpose]),
  ];
  const other = rows.filter(({ version, wanted }) => version !== wanted).map(({ name, wanted }) => `${name}@${wanted}`);
  return ['', ...alignColumns(cells, 'llll'), ...(other.length > 0 ? [`  for all of them: npm install ${other.join(' ')}`] : [])];
}

/** Tools that only some commands need: what is wrong with them is no problem of the installation. */
function formatOptional(found: readonly FoundTool[]): string[] {
  if (found.length === 0) return [];
  return [
    '',
    'optional tools that are missing or too old:',
    ...found.map((one) => `for ${one.tool.onlyFor}: ${toolProblem(one)}`),
    ...installHint(found.map(({ tool }) => tool)),
  ];
}

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`;

function formatCache(
  { folder, builds, bytes, limitBytes }: CacheState,
  removed: { readonly builds: number; readonly bytes: number } | undefined,
): string[] {
  return [
    '',
    `built simulations: ${builds}, ${megabytes(bytes)} of at most ${megabytes(limitBytes)}, in ${folder}`,
    ...(removed === undefined
      ? []
      : [`removed: ${removed.builds}, ${megabytes(removed.bytes)}${builds > 0 ? '; the rest is in use' : ''}`]),
  ];
}

const nodeIsGood = (): boolean => atLeast(process.versions.node, minimumNode());

function toolRows(found: readonly FoundTool[]): Row[] {
  return [
    { name: 'node', version: process.versions.node, minimum: minimumNode(), good: nodeIsGood(), purpose: 'everything' },
    ...found.map(({ tool, version, state }) => ({
      name: tool.command,
      version: version ?? (state === 'missing' ? null : 'unreadable'),
      minimum: tool.minimum ?? null,
      good: state === 'good',
      purpose: tool.onlyFor === undefined ? tool.purpose : `${tool.purpose}; only for ${tool.onlyFor}`,
    })),
  ];
}

/** What `npm start` would fail for, what to type, and the tools that some other commands lack. */
function problemsOf(found: readonly FoundTool[]): { problems: string[]; install: string[]; optional: FoundTool[] } {
  const other = found.filter(({ state }) => state !== 'good');
  const needed = other.filter(({ tool }) => tool.onlyFor === undefined);
  return {
    problems: [
      ...(nodeIsGood() ? [] : [`node = ${process.versions.node}: ${minimumNode()} or later is needed; install it from https://nodejs.org`]),
      ...needed.flatMap((tool) => toolProblem(tool) ?? []),
    ],
    install: needed.length > 0 ? installHint(needed.map(({ tool }) => tool)) : [],
    optional: other.filter(({ tool }) => tool.onlyFor !== undefined),
  };
}

export function addDoctor(program: Command): void {
  addCacheOption(program.command('doctor'))
    .description(
      'print the tools and optional packages, their versions, what to type when one is missing, and what the cache of built simulations holds',
    )
    .option('--clean', 'remove all built simulations that no running process uses')
    .option('--json', 'print JSON')
    .action(async ({ clean = false, json = false }: { clean?: boolean; json?: boolean }) => {
      const removed = clean ? await emptyCache() : undefined;
      const cache = await cacheState();
      const found = await Promise.all((Object.keys(tools) as ToolName[]).map((name) => findTool(name)));
      const packages = packageRows();
      const { problems, install, optional } = problemsOf(found);
      print(
        json
          ? `${JSON.stringify({ version: packageVersion(), good: problems.length === 0, tools: toolRows(found), packages, cache, ...(removed !== undefined && { removed }), problems, install: install.map((line) => line.trim()) }, null, 2)}\n`
          : `${[...formatRows(toolRows(found)), ...formatPackages(packages), ...formatCache(cache, removed), ...formatOptional(optional), ...(problems.length > 0 ? [''] : []), ...problems, ...install].join('\n')}\n`,
      );
      if (problems.length > 0) process.exitCode = exitCodes.usage;
    });
}
