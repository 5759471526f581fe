/** The client of testbench/driver/run_requests.c: the files that it reads and the one that it writes. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { policies, type Policy } from '../../generator/contract/codes.js';
import { counters } from '../../generator/contract/registers.js';
import { countersFrom, type Counters } from '../../generator/host/host-script.js';
import { tokensOf } from '../../generator/host/memory-map.js';
import { driverModel } from '../../generator/host/model.js';
import type { Image } from '../../generator/program/image.js';
import { runTool } from '../../generator/tools/run-tool.js';
import type { Pace } from './served-chip.js';

export interface Done {
  readonly tag: number;
  readonly code: number;
  readonly cause: number;
  readonly window: number;
  readonly output: readonly number[];
}

/** Requests as run_requests.c reads them: for each its tokens, its tag and its rows. */
export function requestsFile(image: Image, requests: readonly Int8Array[], lengths = tokensOf(image, requests)): Buffer {
  const word = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    return bytes;
  };
  return Buffer.concat([
    word(requests.length),
    ...requests.flatMap((rows, r) => [word(lengths[r]!), word(1000 + r), Buffer.from(rows.buffer, rows.byteOffset, rows.length)]),
  ]);
}

/** Completions and counters as run_requests.c leaves them. */
export function parseResults(bytes: Buffer, image: Image, requests: number): { readonly done: Done[]; readonly counters: Counters } {
  const { outputBytes } = driverModel(image);
  let at = 0;
  const word = (): number => bytes.readUInt32LE((at += 4) - 4);
  const done = Array.from({ length: requests }, (): Done => {
    const [tag, code, cause, window, rows] = [word(), word(), word(), word(), word()] as const;
    const output = Array.from({ length: rows * outputBytes }, () => bytes.readInt8(at++));
    return { tag, code, cause, window, output };
  });
  const values = countersFrom(Array.from({ length: 2 * counters.length }, word), 0);
  if (at !== bytes.length) throw new Error(`${bytes.length} bytes of results, ${at} are read`);
  return { done, counters: values };
}

/** The client in C, from files to a file; all of them lie in the folder of the program. */
export async function runClient(
  folder: string,
  model: Uint8Array,
  file: Uint8Array,
  policy: Policy,
  ringLog2: number,
  pace: Pace = [0, 0, 0],
  polls = false,
  hangs = false,
  damage?: number,
) {
  await writeFile(join(folder, 'model.bin'), model);
  await writeFile(join(folder, 'requests.bin'), file);
  const run = await runTool({
    command: join(folder, 'run_requests'),
    arguments: [
      'model.bin',
      'requests.bin',
      'results.bin',
      String(policies.indexOf(policy)),
      String(ringLog2),
      ...pace.map(String),
      polls ? '1' : '0',
      hangs ? '1' : '0',
      ...(damage === undefined ? [] : [String(damage)]),
    ],
    folder,
    logFile: join(folder, 'run.log'),
    accepted: [0, 11, 12, 13, 15, 16],
  });
  return { exitCode: run.exitCode, results: await readFile(join(folder, 'results.bin')) };
}
