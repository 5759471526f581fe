import { builtInTasks } from '../data/built-in.js';
import { cacheState, emptyCache, type CacheState } from '../sim/cache-limit.js';
import { findTool, toolProblem } from '../tools/find.js';
import { atLeast, installHint, minimumNode, tools, type ToolName } from '../tools/versions.js';
import { packageVersion } from '../util/package.js';
import { installedVersion, peerNames, peers, peerVersion, type Peer, type PeerName } from '../util/peers.js';

export interface DoctorOptions {
  /** Remove all built simulations that no running process uses. */
  readonly clean?: boolean;
}

export interface ToolState {
  readonly name: string;
  readonly version: string | null;
  readonly minimum: string | null;
  readonly good: boolean;
  readonly purpose: string;
}

export interface PackageState {
  readonly name: string;
  readonly version: string | null;
  readonly wanted: string;
  readonly purpose: string;
}

/** What `doctor` finds; `trexgen doctor --json` prints it without `optional`. */
export interface Diagnosis {
  readonly version: string;
  /** Nothing is missing that everybody needs. */
  readonly good: boolean;
  readonly tools: readonly ToolState[];
  readonly packages: readonly PackageState[];
  /** Simulations that were built and are kept. */
  readonly cache: CacheState;
  readonly removed?: { readonly builds: number; readonly bytes: number };
  readonly problems: readonly string[];
  /** What to type for the tools that are missing. */
  readonly install: readonly string[];
  /** Lines about tools that only some commands need; what is wrong with them is no problem of the installation. */
  readonly optional: readonly string[];
}

/** What the user types to need a package: commands, and the tasks whose descriptions name it. */
function neededFor(name: PeerName): string {
  const { onlyFor }: Peer = peers[name];
  const tasks = builtInTasks.filter(({ packages }) => packages.includes(name)).map((task) => task.name);
  return [...(onlyFor === undefined ? [] : [onlyFor]), ...(tasks.length === 0 ? [] : [`--task ${tasks.join(', ')}`])].join('; ');
}

const packageStates = (): PackageState[] =>
  peerNames.map((name) => ({
    name,
    version: installedVersion(name) ?? null,
    wanted: peerVersion(name),
    purpose: `${peers[name].purpose}; only for ${neededFor(name)}`,
  }));

/** Tools and optional packages, their versions, what to type when one is missing, and what the cache of built simulations holds. */
export async function doctor({ clean = false }: DoctorOptions = {}): Promise<Diagnosis> {
  const removed = clean ? await emptyCache() : undefined;
  const cache = await cacheState();
  const found = await Promise.all((Object.keys(tools) as ToolName[]).map((name) => findTool(name)));
  const node: ToolState = {
    name: 'node',
    version: process.versions.node,
    minimum: minimumNode(),
    good: atLeast(process.versions.node, minimumNode()),
    purpose: 'everything',
  };
  const states = found.map(({ tool, version, state }): ToolState => ({
    name: tool.command,
    version: version ?? (state === 'missing' ? null : 'unreadable'),
    minimum: tool.minimum ?? null,
    good: state === 'good',
    purpose: tool.onlyFor === undefined ? tool.purpose : `${tool.purpose}; only for ${tool.onlyFor}`,
  }));
  const other = found.filter(({ state }) => state !== 'good');
  const bad = other.filter(({ tool }) => tool.onlyFor === undefined);
  const optional = other.filter(({ tool }) => tool.onlyFor !== undefined);
  const problems = [
    ...(node.good ? [] : [`node = ${node.version}: ${node.minimum} or later is needed; install it from https://nodejs.org`]),
    ...bad.flatMap((tool) => toolProblem(tool) ?? []),
  ];
  return {
    version: packageVersion(),
    good: problems.length === 0,
    tools: [node, ...states],
    packages: packageStates(),
    cache,
    ...(removed !== undefined && { removed }),
    problems,
    install: bad.length > 0 ? installHint(bad.map(({ tool }) => tool)) : [],
    optional: [
      ...optional.map((one) => `for ${one.tool.onlyFor}: ${toolProblem(one)}`),
      ...(optional.length > 0 ? installHint(optional.map(({ tool }) => tool)) : []),
    ],
  };
}
